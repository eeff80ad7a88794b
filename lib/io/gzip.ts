/**
 * A gzip stream as a source of bytes, inflated as far as it is asked for.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import {
  crc32,
  createInflateRaw,
  type InflateRaw,
  inflateRawSync,
} from "node:zlib";
import { SpitError } from "../errors.ts";
import type { ByteSource } from "./byte_source.ts";
import { concatBytes } from "./memory.ts";

/** Compressed bytes fed at a time; deflate makes at most 1032 bytes of each. */
const FEED = 1 << 16;
const DEFLATE_RATIO = 1032;
const OUTPUT_CHUNK = 1 << 18;
/** Inflated bytes kept for going back without inflating anew. */
const WINDOW = 1 << 28;

interface Chunk {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** One gzip member (RFC 1952) while it is being inflated. */
interface Member {
  readonly inflater: InflateRaw;
  /** Offset of its deflate stream in the compressed bytes. */
  readonly start: number;
  fed: number;
  crc: number;
  length: number;
  error: unknown;
}

/**
 * Inflates gzip, member after member; what follows the last member and is not
 * gzip is ignored, as gzip(1) does. The last 256 MiB inflated are kept, so that
 * headers can be looked through first and pixels read after; to go back further,
 * it starts again.
 *
 * Member headers and trailers are read here and node's raw inflate does the
 * rest: its gunzip drops bytes already inflated when garbage follows.
 *
 * @param compressed The compressed bytes.
 * @param maxBytes Inflated bytes beyond which the stream is refused.
 * @param kept Inflated bytes kept for going back.
 * @throws {SpitError} (when read) `broken_gzip`: cut or damaged, with the inflated
 * byte; without one when the checksum shows that any byte may be wrong.
 * `too_large`: more than `maxBytes`.
 */
export function gzipSource(
  compressed: ByteSource,
  maxBytes: number,
  kept = WINDOW,
): ByteSource {
  let window: Chunk[] = [];
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

  /** Inflates some more; `false` at the end. What came before damage is delivered first. */
  async function advance(): Promise<boolean> {
    if (failure !== undefined) throw failure;
    // Before a feed, not within it: what it yields has to be read first.
    while (windowBytes > kept) windowBytes -= window.shift()!.bytes.length;
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
      if (isFirst) throw broken("is cut in its first bytes", 0);
      ended = true;
      return;
    }
    const inflater = createInflateRaw({ chunkSize: OUTPUT_CHUNK });
    const opened: Member = {
      inflater,
      start,
      fed: 0,
      crc: 0,
      length: 0,
      error: undefined,
    };
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
    if (count === 0) throw broken("ends early: was it cut?", produced);
    open.fed += count;
    await inflate(open.inflater, input.subarray(0, count));
    if (produced > maxBytes) throw tooLarge(maxBytes);
    if (open.error !== undefined) {
      throw broken(`is damaged: ${String(open.error)}`, produced, open.error);
    }
    // Input left over means that the deflate stream is complete.
    if (open.inflater.bytesWritten < open.fed) await finishMember(open);
  }

  async function finishMember(open: Member): Promise<void> {
    const end = open.start + open.inflater.bytesWritten;
    const trailer = new Uint8Array(8);
    if (await compressed.readInto(end, trailer) < 8) {
      throw broken("ends before its checksum: was it cut?", produced);
    }
    const view = new DataView(trailer.buffer);
    if (
      view.getUint32(0, true) !== open.crc >>> 0 ||
      view.getUint32(4, true) !== open.length % 2 ** 32
    ) {
      throw broken("fails its checksum, so any pixel may be wrong", undefined);
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

  // Reads that overlap in time must queue: there is one cursor.
  let queue: Promise<unknown> = Promise.resolve();
  function queued<T>(act: () => Promise<T>): Promise<T> {
    const result = queue.then(act);
    queue = result.catch(() => {});
    return result;
  }

  return {
    atMost: compressed.atMost * DEFLATE_RATIO,
    reach: (offset) => queued(() => reach(offset)),
    readInto: (offset, target) => queued(() => readInto(offset, target)),
    close() {
      restart();
      compressed.close();
    },
  };
}

/** Offset of the deflate stream of the member at `offset`; `undefined` when there is none. */
async function skipMemberHeader(
  compressed: ByteSource,
  offset: number,
): Promise<number | undefined> {
  // Names and comments may be of any length: look farther until the header ends.
  for (let room = 512;; room *= 16) {
    const head = new Uint8Array(room);
    const count = await compressed.readInto(offset, head);
    const length = memberHeaderLength(head.subarray(0, count));
    if (length !== undefined) return offset + length;
    if (count < room || head[0] !== 0x1f || head[1] !== 0x8b) return undefined;
  }
}

/** Feeds input and waits until all that it yields has been delivered. */
async function inflate(
  inflater: InflateRaw,
  input: Uint8Array,
): Promise<void> {
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
  const place = byte === undefined ? {} : { byte };
  return new SpitError("broken_gzip", `the gzip stream ${what}`, {
    ...place,
    cause,
  });
}

function tooLarge(maxBytes: number): SpitError {
  return new SpitError(
    "too_large",
    `the file inflates to more than ${maxBytes} bytes, the limit set against gzip bombs`,
  );
}

/** Room for the first piece, when the trailer cannot be meant; and the most that it is trusted for. */
const LEAST_CHUNK = 1 << 16;
const MOST_CHUNK = 1 << 26;

/** What node's types leave out: with `info`, zlib says how far it read. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/**
 * Inflates all members of a gzip file, each in one call: twice as fast as piece by
 * piece, for files that fit into memory.
 *
 * @param compressed The whole file.
 * @param maxBytes Inflated bytes beyond which it is left.
 * @returns `undefined` when anything is wrong: {@linkcode gzipSource} says what, and gives
 *   what comes before it.
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
    // What follows the last member and is not gzip is ignored, as gzip(1) does.
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
  // The parts of a file with one member need no copy.
  return parts.length > 1 ? concatBytes(parts) : parts[0];
}

/** A member's bytes, and how many compressed ones it takes with its trailer. */
function inflateMember(
  deflated: Uint8Array,
  maxBytes: number,
): { bytes: Uint8Array; read: number } | undefined {
  if (maxBytes < 1) return undefined;
  const view = new DataView(
    deflated.buffer,
    deflated.byteOffset,
    deflated.length,
  );
  if (deflated.length < 8) return undefined;
  // A file of one member ends with its length: a buffer of that size is never copied.
  const length = view.getUint32(deflated.length - 4, true);
  const chunkSize = Math.max(LEAST_CHUNK, Math.min(length + 1, MOST_CHUNK));
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
  // A plain view: a Buffer slices and prints otherwise.
  const bytes = new Uint8Array(
    buffer.buffer,
    buffer.byteOffset,
    buffer.length,
  );
  if (
    end + 8 > deflated.length ||
    view.getUint32(end, true) !== crc32(bytes) ||
    view.getUint32(end + 4, true) !== bytes.length % 2 ** 32
  ) return undefined;
  return { bytes, read: end + 8 };
}

const HAS_CRC = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/**
 * Bytes before the deflate stream of a member.
 *
 * @param bytes From the first byte of the member on.
 * @returns `undefined` when they are none, or end within it.
 */
export function memberHeaderLength(bytes: Uint8Array): number | undefined {
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
