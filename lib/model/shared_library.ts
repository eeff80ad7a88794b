/**
 * What there is to know of a Linux shared library without running it.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { SpitError } from "../errors.ts";

/** Program headers and entries of the dynamic section, as ELF numbers them. */
const LOAD = 1, DYNAMIC = 2, NEEDED = 1, STRING_TABLE = 5;

/** Most bytes of a library that are held at once. */
const CHUNK = 1 << 22;

/**
 * Names of the libraries that another is linked to, in their order.
 *
 * @param path A 64-bit little-endian ELF file; nothing but its tables is read.
 * @throws {SpitError} `io` when it is none; what reading throws passes through.
 */
export function neededBy(path: string): string[] {
  using file = Deno.openSync(path);
  const head = readAt(file, 0, 64);
  if (head.getUint32(0) !== 0x7f454c46 || head.getUint16(4) !== 0x0201) {
    throw new SpitError("io", `${path} is no shared library for this machine`);
  }
  const entrySize = head.getUint16(54, true);
  const program = readAt(
    file,
    wordAt(head, 32),
    entrySize * head.getUint16(56, true),
  );
  const segments = Array.from(
    { length: program.byteLength / entrySize },
    (_, k) => ({
      kind: program.getUint32(k * entrySize, true),
      place: wordAt(program, k * entrySize + 8),
      address: wordAt(program, k * entrySize + 16),
      size: wordAt(program, k * entrySize + 32),
    }),
  );

  const dynamic = segments.find(({ kind }) => kind === DYNAMIC);
  if (dynamic === undefined) return [];
  const section = readAt(file, dynamic.place, dynamic.size);
  const entries = Array.from(
    { length: Math.floor(section.byteLength / 16) },
    (_, k) => [wordAt(section, 16 * k), wordAt(section, 16 * k + 8)] as const,
  );
  const address = entries.find(([tag]) => tag === STRING_TABLE)?.[1] ?? 0;
  const home = segments.find((segment) =>
    segment.kind === LOAD && address >= segment.address &&
    address < segment.address + segment.size
  );
  if (home === undefined) return [];
  const strings = home.place + address - home.address;
  return entries
    .filter(([tag]) => tag === NEEDED)
    .map(([, start]) => textAt(file, strings + start));
}

/**
 * Whether a text stands in a file, byte by byte.
 *
 * @throws What reading throws.
 */
export function holdsText(path: string, text: string): boolean {
  using file = Deno.openSync(path);
  const wanted = Buffer.from(text, "latin1");
  const buffer = Buffer.alloc(CHUNK + wanted.length);
  // The end of each chunk is looked at again, for a text across two of them.
  let kept = 0;
  while (true) {
    const read = file.readSync(buffer.subarray(kept));
    if (read === null) return false;
    const seen = buffer.subarray(0, kept + read);
    if (seen.includes(wanted)) return true;
    kept = Math.min(wanted.length - 1, seen.length);
    buffer.copyWithin(0, seen.length - kept, seen.length);
  }
}

/** Whether the dynamic linker finds and loads a library, by its name or its path. */
export function loads(library: string): boolean {
  try {
    Deno.dlopen(library, {}).close();
    return true;
  } catch {
    return false;
  }
}

function readAt(file: Deno.FsFile, place: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  file.seekSync(place, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < length) {
    const read = file.readSync(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  // What a file that ends early does not have reads as zeros, and fails the checks.
  return new DataView(bytes.buffer);
}

/** A text that ends with a zero. */
function textAt(file: Deno.FsFile, place: number): string {
  const bytes = Buffer.from(readAt(file, place, 256).buffer);
  return bytes.toString("latin1", 0, Math.max(0, bytes.indexOf(0)));
}

function wordAt(view: DataView, place: number): number {
  return Number(view.getBigUint64(place, true));
}
