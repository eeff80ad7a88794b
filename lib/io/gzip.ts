import type { Buffer } from "node:buffer";
import {
  crc32,
  createInflateRaw,
  type InflateRaw,
  inflateRawSync,
} from "node:zlib";
import { SpitError } from "../errors.ts";
import { type ByteSource, createByteQueue } from "./byte_source.ts";
import { chooseWindowSize, forwardSource } from "./forward_source.ts";

/** Compressed bytes per step; deflate expands each to at most 1032 bytes. */
const FEED = 1 << 16;
const DEFLATE_RATIO = 1032;
const OUTPUT_CHUNK = 1 << 18;

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
 * are kept, or a quarter of `maxBytes`, so that pixels can be read after all headers;
 * reading further back starts decompression again.
 *
 * Member headers and trailers are parsed here, and `node:zlib` inflates the raw
 * streams: its gunzip discards decompressed bytes when garbage follows. Small members
 * are inflated at once, because a stream takes 300 KB and a turn of the event loop.
 *
 * @throws {SpitError} When read: `broken_gzip` for a truncated or damaged file, with
 *   the decompressed byte, or without one when the checksum fails, since any byte may
 *   be wrong then; `too_large`.
 */
export function gzipSource(
  compressed: ByteSource,
  maxBytes: number,
  windowSize = chooseWindowSize(maxBytes),
): ByteSource {
  const window = createByteQueue();
  let consumed = 0;
  /** Compressed bytes from an offset on, of which small members are inflated. */
  let ahead = { start: 0, bytes: new Uint8Array(0) };
  let chunkSize = MIN_CHUNK;
  let member: Member | undefined;
  let ended = false;
  let failure: SpitError | undefined;

  function restart(): void {
    member?.inflater.destroy();
    member = undefined;
    window.clear();
    consumed = 0;
    ahead = { start: 0, bytes: new Uint8Array(0) };
    ended = false;
    failure = undefined;
  }

  /** Throws at the limit, before the bytes are copied. */
  function keep(bytes: Uint8Array): void {
    if (window.end + bytes.length > maxBytes) throw tooLarge(maxBytes);
    window.append(bytes);
  }

  /** Decompresses the next step; `false` at the end. Bytes before damage are delivered first. */
  async function advance(): Promise<boolean> {
    if (failure !== undefined) throw failure;
    // Before a step, since the bytes of a step have to be read before they are dropped.
    window.drop(window.end - windowSize);
    const before = window.end;
    try {
      if (member !== undefined) await feed(member);
      else if (!ended) await startMember();
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      failure = error;
      if (window.end === before) throw failure;
    }
    return !ended;
  }

  async function startMember(): Promise<void> {
    const isFirst = consumed === 0;
    if (await inflateSmallMember()) return;
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
      if (opened.error !== undefined) return;
      opened.crc = crc32(output, opened.crc);
      opened.length += output.length;
      try {
        keep(output);
      } catch (error) {
        // The rest of the input would be inflated to as much as 1032 times its size.
        opened.error = error;
        inflater.destroy();
      }
    });
    member = opened;
  }

  /** Inflates the next member if it is whole within the bytes read ahead. */
  async function inflateSmallMember(): Promise<boolean> {
    if (ahead.start + ahead.bytes.length < consumed + FEED / 2) {
      const bytes = new Uint8Array(FEED);
      const count = await compressed.readInto(consumed, bytes);
      ahead = { start: consumed, bytes: bytes.subarray(0, count) };
    }
    const bytes = ahead.bytes.subarray(consumed - ahead.start);
    const header = memberHeaderLength(bytes);
    if (header === undefined) return false;
    const small = inflateMember(bytes.subarray(header), SMALL, chunkSize);
    if (small === undefined) return false;
    keep(small.bytes);
    consumed += header + small.read;
    chunkSize = chooseChunkSize(small.bytes.length);
    return true;
  }

  async function feed(open: Member): Promise<void> {
    const input = new Uint8Array(FEED);
    const count = await compressed.readInto(open.start + open.fed, input);
    if (count === 0) {
      throw broken("ends early: is the file truncated?", window.end);
    }
    open.fed += count;
    await inflate(open.inflater, input.subarray(0, count));
    if (open.error instanceof SpitError) throw open.error;
    if (open.error !== undefined) {
      throw broken(`is damaged: ${String(open.error)}`, window.end, open.error);
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
        window.end,
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

  return forwardSource(compressed, { window, advance, restart }, {
    maxRatio: DEFLATE_RATIO,
    windowSize,
  });
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

/** Limits of an output buffer. */
const MIN_CHUNK = 1 << 12;
const MAX_CHUNK = 1 << 26;

/** Largest member that {@linkcode gzipSource} inflates at once. */
const SMALL = 1 << 18;

/**
 * Chooses the size of the output buffer of a member from an expected length, which may be
 * wrong. A buffer of that size is never copied.
 */
function chooseChunkSize(length: number, maxBytes = SMALL): number {
  return Math.max(MIN_CHUNK, Math.min(length + 1, MAX_CHUNK, maxBytes + 1));
}

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
  const { buffer, byteOffset, length } = compressed;
  const view = new DataView(buffer, byteOffset, length);
  // A file with one member ends with its length.
  const expected = length < 4 ? 0 : view.getUint32(length - 4, true);
  let chunkSize = chooseChunkSize(expected, maxBytes);
  let first: Uint8Array | undefined;
  const queue = createByteQueue();
  let size = 0;
  for (let at = 0; at < length;) {
    const header = memberHeaderLength(compressed.subarray(at));
    // As in gzip(1), other bytes after the last member are ignored.
    if (header === undefined) break;
    const deflated = compressed.subarray(at + header);
    const member = inflateMember(deflated, maxBytes - size, chunkSize);
    if (member === undefined) return undefined;
    // A single member is not copied.
    if (first === undefined) first = member.bytes;
    else {
      if (queue.end === 0) queue.append(first);
      queue.append(member.bytes);
    }
    size += member.bytes.length;
    at += header + member.read;
    chunkSize = chooseChunkSize(member.bytes.length, maxBytes - size);
  }
  if (queue.end < size || first === undefined) return first;
  const whole = new Uint8Array(size);
  queue.copy(0, whole);
  return whole;
}

/** Decompresses one member; `read` is its compressed length with the trailer. */
function inflateMember(
  deflated: Uint8Array,
  maxBytes: number,
  chunkSize: number,
): { bytes: Uint8Array; read: number } | undefined {
  if (maxBytes < 1 || deflated.length < 8) return undefined;
  const { buffer: memory, byteOffset } = deflated;
  const view = new DataView(memory, byteOffset, deflated.length);
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
