import { zstdDecompressSync } from "node:zlib";
import { SpitError } from "../errors.ts";
import {
  type ByteSource,
  createByteQueue,
  memorySource,
  queueSource,
} from "./byte_source.ts";
import { tooLarge } from "./gzip.ts";
import { releaseMemory } from "./memory.ts";

const MAGIC = 0xfd2fb528;
/** Magic of a frame without content; its last four bits are free. */
const SKIPPABLE_MAGIC = 0x184d2a50;
/** Longest content of a block. */
const MAX_BLOCK = 1 << 17;
/** Largest window that the library accepts. */
const MAX_WINDOW = 1 << 27;
/** Smallest buffer: those of a few bytes are parts of one that is shared. */
const MIN_BUFFER = 1 << 16;

/**
 * Decompresses a zstd file of one or more frames (RFC 8878). Other bytes after the last
 * frame are ignored.
 *
 * The ends of the frames are found here: `zstdDecompressSync` decompresses only the first
 * frame of its input, and returns the content of a truncated one without an error. The
 * stream of Deno 2.9.6 is not used, because damage in it ends the process.
 *
 * @param maxBytes Largest allowed content. Decompression takes at most twice as much
 *   memory, with the compressed bytes.
 * @throws {SpitError} `broken_zstd` for a truncated or damaged file; `too_large`;
 *   `unsupported_compression` for a window of more than 128 MiB.
 */
export function inflateZstd(
  compressed: Uint8Array,
  maxBytes: number,
): ByteSource {
  const frames = findFrames(compressed);
  const [first] = frames;
  const available = 2 * maxBytes - compressed.length;
  if (first !== undefined && frames.length === 1) {
    // A single frame, which is usual, is not copied.
    const content = inflateFrame(first, maxBytes, available);
    return { ...memorySource(content), close: () => releaseMemory(content) };
  }
  const inflated = createByteQueue();
  for (const frame of frames) {
    const room = (available - inflated.end) / 2;
    const content = inflateFrame(frame, maxBytes - inflated.end, room);
    inflated.append(content);
    releaseMemory(content);
  }
  return queueSource(inflated);
}

interface Frame {
  readonly bytes: Uint8Array;
  /** Memory that its decompression needs. */
  readonly window: number;
  /** Upper bound of the length of its content. */
  readonly maxLength: number;
}

/**
 * Returns the content of a frame.
 *
 * @param maxBytes Largest allowed content.
 * @param room Memory for the content and the window together.
 */
function inflateFrame(
  { bytes, window, maxLength }: Frame,
  maxBytes: number,
  room: number,
): Uint8Array {
  const most = Math.floor(Math.min(maxBytes, room - window));
  if (most < 1) throw tooLarge(maxBytes);
  try {
    const content = zstdDecompressSync(bytes, {
      // In a buffer of this length, of which only what is used takes memory, the content
      // is not copied.
      chunkSize: Math.max(MIN_BUFFER, Math.min(maxLength, most) + 1),
      maxOutputLength: most,
    });
    return new Uint8Array(content.buffer, content.byteOffset, content.length);
  } catch (cause) {
    // Longer than `maxOutputLength`, or than the system can allocate.
    if (cause instanceof RangeError) throw tooLarge(maxBytes);
    const what = /checksum/.test(String(cause))
      ? "has a wrong checksum, so any pixel may be wrong"
      : "is damaged: a block is invalid";
    throw broken(what, cause);
  }
}

/** Finds all frames with content. */
function findFrames(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 4 <= bytes.length;) {
    const magic = view.getUint32(at, true);
    if ((magic & ~15) === SKIPPABLE_MAGIC) {
      if (at + 8 > bytes.length) throw endsEarly();
      at += 8 + view.getUint32(at + 4, true);
    } else if (magic === MAGIC) {
      const frame = measureFrame(view, at);
      frames.push({ ...frame, bytes: bytes.subarray(at, frame.end) });
      at = frame.end;
    } else break;
  }
  return frames;
}

/** Numbers of bytes of the identifier of a dictionary and of the content's length, by flag. */
const DICTIONARY_BYTES = [0, 1, 2, 4];
const LENGTH_BYTES = [0, 2, 4, 8];

/** Reads the header of a frame and those of its blocks. */
function measureFrame(view: DataView, start: number) {
  const flags = readByte(view, start + 4);
  const isSingle = (flags & 0x20) !== 0;
  const hasChecksum = (flags & 4) !== 0;
  if ((flags & 8) !== 0) throw broken("has an invalid header");
  let at = start + 5;
  const windowFlags = isSingle ? 0 : readByte(view, at++);
  at += DICTIONARY_BYTES[flags & 3]!;
  const lengthBytes = isSingle && flags >> 6 === 0
    ? 1
    : LENGTH_BYTES[flags >> 6]!;
  const window = isSingle
    ? readLength(view, at, lengthBytes)
    : 2 ** (10 + (windowFlags >> 3)) * (1 + (windowFlags & 7) / 8);
  if (window > MAX_WINDOW) {
    const what =
      `the file is compressed with zstd and a window of ${window} bytes: unpack it first`;
    throw new SpitError("unsupported_compression", what);
  }
  at += lengthBytes;
  let maxLength = 0;
  for (let isLast = false; !isLast;) {
    const block = readByte(view, at) | readByte(view, at + 1) << 8 |
      readByte(view, at + 2) << 16;
    isLast = (block & 1) !== 0;
    const kind = block >> 1 & 3;
    const size = block >> 3;
    if (kind === 3 || size > MAX_BLOCK) {
      throw broken("is damaged: a block is invalid");
    }
    // Raw, one byte that is repeated, or compressed.
    maxLength += kind === 2 ? MAX_BLOCK : size;
    at += 3 + (kind === 1 ? 1 : size);
  }
  const end = at + (hasChecksum ? 4 : 0);
  if (end > view.byteLength) throw endsEarly();
  return { end, window, maxLength };
}

function readByte(view: DataView, at: number): number {
  if (at >= view.byteLength) throw endsEarly();
  return view.getUint8(at);
}

/** Reads the length of a content; one of two bytes begins at 256. */
function readLength(view: DataView, at: number, bytes: number): number {
  let length = bytes === 2 ? 256 : 0;
  for (let k = 0; k < bytes; k++) length += readByte(view, at + k) * 256 ** k;
  return length;
}

function endsEarly(): SpitError {
  return broken("ends early: is the file truncated?");
}

function broken(what: string, cause?: unknown): SpitError {
  return new SpitError("broken_zstd", `the zstd stream ${what}`, { cause });
}
