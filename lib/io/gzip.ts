import type { Buffer } from "node:buffer";
import {
  crc32,
  createInflateRaw,
  type InflateRaw,
  inflateRawSync,
} from "node:zlib";
import { SpitError } from "../errors.ts";
import type { ByteSource } from "./byte_source.ts";
import { concat } from "../std.ts";

/** Compressed bytes per step; deflate expands each to at most 1032 bytes. */
const FEED = 1 << 16;
const DEFLATE_RATIO = 1032;
const OUTPUT_CHUNK = 1 << 18;
/** Decompressed bytes kept for reading backwards. */
const WINDOW = 1 << 28;

interface Member {
  readonly inflater: InflateRaw;
  /** Offset of the deflate stream in the compressed bytes. */
  readonly start: number;
  fed: number;
  crc: number;
  length: number;
  error?: unknown;
}

/**
 * Creates a source that decompresses a gzip file of one or more members as it is
 * read. As in gzip(1), other bytes after the last member are ignored. The last 256 MiB
 * are kept, so that pixels can be read after all headers; reading further back starts
 * decompression again.
 *
 * Member headers and trailers are parsed here, and `node:zlib` inflates the raw
 * streams: its gunzip discards decompressed bytes when garbage follows.
 *
 * @throws {SpitError} When read: `broken_gzip` for a truncated or damaged file, with
 *   the decompressed byte, or without one when the checksum fails, since any byte may
 *   be wrong then; `too_large`.
 */
export function gzipSource(
  compressed: ByteSource,
  maxBytes: number,
  windowSize = WINDOW,
): ByteSource {
  let window: { readonly start: number; readonly bytes: Uint8Array }[] = [];
  let windowBytes = 0;
  let produced = 0;
  let consumed = 0;
  let member: Member | undefined;
  let ended = false;
  let failure: SpitError | undefined;

  function restart(): void {
    member?.inflater.destroy();
    member = undefined;
    window = [];
    windowBytes = produced = consumed = 0;
    ended = false;
    failure = undefined;
  }

  function keep(bytes: Uint8Array): void {
    window.push({ start: produced, bytes });
    produced += bytes.length;
    windowBytes += bytes.length;
  }

  /** Decompresses the next step; `false` at the end. Bytes before damage are delivered first. */
  async function advance(): Promise<boolean> {
    if (failure !== undefined) throw failure;
    // Before a step, since the bytes of a step have to be read before they are dropped.
    while (windowBytes > windowSize) {
      windowBytes -= window.shift()!.bytes.length;
    }
    const before = produced;
    try {
      if (member !== undefined) await feed(member);
      else if (!ended) await startMember();
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      failure = error;
      if (produced === before) throw failure;
    }
    return !ended;
  }

  async function startMember(): Promise<void> {
    const isFirst = consumed === 0;
    const start = await skipMemberHeader(compressed, consumed);
    if (start === undefined) {
      if (isFirst) throw broken("is truncated in its header", 0);
      ended = true;
      return;
    }
    const inflater = createInflateRaw({ chunkSize: OUTPUT_CHUNK });
    const opened: Member = { inflater, start, fed: 0, crc: 0, length: 0 };
    inflater.on("error", (error: unknown) => opened.error = error);
    inflater.on("data", (output: Buffer) => {
      opened.crc = crc32(output, opened.crc);
      opened.length += output.length;
      keep(output);
    });
    member = opened;
  }

  async function feed(open: Member): Promise<void> {
    const input = new Uint8Array(FEED);
    const count = await compressed.readInto(open.start + open.fed, input);
    if (count === 0) {
      throw broken("ends early: is the file truncated?", produced);
    }
    open.fed += count;
    await inflate(open.inflater, input.subarray(0, count));
    if (produced > maxBytes) throw tooLarge(maxBytes);
    if (open.error !== undefined) {
      throw broken(`is damaged: ${String(open.error)}`, produced, open.error);
    }
    // Unconsumed input means that the deflate stream is complete.
    if (open.inflater.bytesWritten < open.fed) await finishMember(open);
  }

  async function finishMember(open: Member): Promise<void> {
    const end = open.start + open.inflater.bytesWritten;
    const trailer = new Uint8Array(8);
    if (await compressed.readInto(end, trailer) < 8) {
      throw broken(
        "ends before its checksum: is the file truncated?",
        produced,
      );
    }
    const view = new DataView(trailer.buffer);
    if (
      view.getUint32(0, true) !== open.crc >>> 0 ||
      view.getUint32(4, true) !== open.length % 2 ** 32
    ) {
      throw broken("has a wrong checksum, so any pixel may be wrong");
    }
    open.inflater.destroy();
    member = undefined;
    consumed = end + 8;
  }

  function copyFromWindow(offset: number, target: Uint8Array): number {
    let filled = 0;
    for (const { start, bytes } of window) {
      const skip = offset + filled - start;
      if (filled === target.length || skip < 0) break;
      if (skip >= bytes.length) continue;
      const part = bytes.subarray(skip, skip + target.length - filled);
      target.set(part, filled);
      filled += part.length;
    }
    return filled;
  }

  async function reach(offset: number): Promise<number> {
    while (produced < offset && await advance());
    return Math.min(offset, produced);
  }

  async function readInto(offset: number, target: Uint8Array): Promise<number> {
    if (offset < produced - windowBytes) restart();
    let filled = 0;
    while (true) {
      filled += copyFromWindow(offset + filled, target.subarray(filled));
      if (filled === target.length || !await advance()) return filled;
    }
  }

  // There is one position, so concurrent reads wait for each other.
  let queue: Promise<unknown> = Promise.resolve();
  function queued<T>(act: () => Promise<T>): Promise<T> {
    const result = queue.then(act);
    queue = result.catch(() => {});
    return result;
  }

  return {
    maxLength: compressed.maxLength * DEFLATE_RATIO,
    reach: (offset) => queued(() => reach(offset)),
    readInto: (offset, target) => queued(() => readInto(offset, target)),
    close() {
      restart();
      compressed.close();
    },
  };
}

/** Returns the offset of the deflate stream of the member at `offset`, or `undefined` without a member. */
async function skipMemberHeader(
  compressed: ByteSource,
  offset: number,
): Promise<number | undefined> {
  // Names and comments may have any length.
  for (let room = 512;; room *= 16) {
    const head = new Uint8Array(room);
    const count = await compressed.readInto(offset, head);
    const length = memberHeaderLength(head.subarray(0, count));
    if (length !== undefined) return offset + length;
    if (count < room || head[0] !== 0x1f || head[1] !== 0x8b) return undefined;
  }
}

/** Writes input and waits until all its output has been delivered. */
async function inflate(inflater: InflateRaw, input: Uint8Array): Promise<void> {
  await new Promise<void>((done) => {
    inflater.once("close", done);
    inflater.write(input, () => {
      inflater.off("close", done);
      done();
    });
  });
  while (inflater.readableLength > 0 && !inflater.destroyed) {
    await new Promise((done) => setTimeout(done, 0));
  }
}

function broken(what: string, byte?: number, cause?: unknown): SpitError {
  return new SpitError("broken_gzip", `the gzip stream ${what}`, {
    byte,
    cause,
  });
}

/** Returns the error for a compressed file that is too large. */
export function tooLarge(maxBytes: number): SpitError {
  return new SpitError(
    "too_large",
    `the file inflates to more than ${maxBytes} bytes, the limit that protects against decompression bombs`,
  );
}

/** Limits of the output buffer, whose size is the length in the trailer, which may be wrong. */
const MIN_CHUNK = 1 << 16;
const MAX_CHUNK = 1 << 26;

/** Result with `info: true`, which the types of `node:zlib` lack. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * Decompresses a gzip file of one or more members at once, which is twice as fast as
 * {@linkcode gzipSource}.
 *
 * @param maxBytes Largest allowed result.
 * @returns The content, or `undefined` on any error, for which {@linkcode gzipSource}
 *   throws and of which it delivers the undamaged part.
 */
export function inflateGzip(
  compressed: Uint8Array,
  maxBytes: number,
): Uint8Array | undefined {
  const parts: Uint8Array[] = [];
  let length = 0;
  let at = 0;
  while (at < compressed.length) {
    const header = memberHeaderLength(compressed.subarray(at));
    // As in gzip(1), other bytes after the last member are ignored.
    if (header === undefined) break;
    const member = inflateMember(
      compressed.subarray(at + header),
      maxBytes - length,
    );
    if (member === undefined) return undefined;
    parts.push(member.bytes);
    length += member.bytes.length;
    at += header + member.read;
  }
  // A single member needs no copy.
  return parts.length > 1 ? concat(parts) : parts[0];
}

/** Decompresses one member; `read` is its compressed length with the trailer. */
function inflateMember(
  deflated: Uint8Array,
  maxBytes: number,
): { bytes: Uint8Array; read: number } | undefined {
  if (maxBytes < 1 || deflated.length < 8) return undefined;
  const { buffer: memory, byteOffset } = deflated;
  const view = new DataView(memory, byteOffset, deflated.length);
  // A file with one member ends with its length; a buffer of that size is never copied.
  const length = view.getUint32(deflated.length - 4, true);
  const chunkSize = Math.max(MIN_CHUNK, Math.min(length + 1, MAX_CHUNK));
  let inflated: Inflated;
  try {
    inflated = inflateRawSync(deflated, {
      chunkSize,
      info: true,
      maxOutputLength: maxBytes,
    }) as unknown as Inflated;
  } catch {
    return undefined;
  }
  const { buffer, engine: { bytesWritten: end } } = inflated;
  // `slice` of a Buffer, unlike that of a Uint8Array, does not copy.
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  if (
    end + 8 > deflated.length ||
    view.getUint32(end, true) !== crc32(bytes) ||
    view.getUint32(end + 4, true) !== bytes.length % 2 ** 32
  ) return undefined;
  return { bytes, read: end + 8 };
}

/** Flags of a member header. */
const HAS_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/** Returns `undefined` when the bytes are not a gzip header, or end within it. */
function memberHeaderLength(bytes: Uint8Array): number | undefined {
  if (
    bytes.length < 10 || bytes[0] !== 0x1f || bytes[1] !== 0x8b ||
    bytes[2] !== 8
  ) return undefined;
  const flags = bytes[3]!;
  let at = 10;
  if (flags & HAS_EXTRA) {
    if (at + 2 > bytes.length) return undefined;
    at += 2 + bytes[at]! + 256 * bytes[at + 1]!;
  }
  for (const text of [HAS_NAME, HAS_COMMENT]) {
    if (!(flags & text)) continue;
    const end = at > bytes.length ? -1 : bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if (flags & HAS_CRC) at += 2;
  return at <= bytes.length ? at : undefined;
}
