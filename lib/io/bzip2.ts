/**
 * bzip2 decompression. The only file that imports `seek-bzip`, which has no types.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- scripts outside this checkout have no import map of ours
import seekBzip from "npm:seek-bzip@2.0.0";
import { SpitError } from "../errors.ts";
import { type ByteQueue, createByteQueue } from "./byte_source.ts";
import { tooLarge } from "./gzip.ts";

interface BzipStream {
  readByte(): number;
  writeByte(byte: number): void;
}

const bzip = seekBzip as unknown as {
  readonly Stream: new () => BzipStream;
  decode(input: BzipStream, output: BzipStream): void;
};
/** Decompressed bytes that are appended to the queue at once. */
const PIECE = 1 << 16;

/**
 * Decompresses a bzip2 file of one or more streams. As in bzip2(1), other bytes after
 * the last stream are ignored.
 *
 * @param maxBytes Largest allowed result.
 * @throws {SpitError} `broken_bzip2` for a truncated or damaged file; `too_large`.
 */
export function inflateBzip2(
  compressed: Uint8Array,
  maxBytes: number,
): ByteQueue {
  const inflated = createByteQueue();
  const piece = new Uint8Array(PIECE);
  let filled = 0;
  const flush = () => {
    if (inflated.end + filled > maxBytes) throw tooLarge(maxBytes);
    inflated.append(piece.subarray(0, filled));
    filled = 0;
  };
  const output = new bzip.Stream();
  output.writeByte = (byte) => {
    piece[filled++] = byte;
    if (filled === PIECE) flush();
  };
  let at = 0;
  const input = new bzip.Stream();
  // Without this, the library takes the end of the bytes for the end of the stream.
  input.readByte = () => {
    if (at >= compressed.length) throw new RangeError(ENDS_EARLY);
    return compressed[at++]!;
  };
  try {
    do bzip.decode(input, output); while (beginsStream(compressed, at));
    flush();
  } catch (error) {
    if (error instanceof SpitError) throw error;
    const reason = describeReason(error);
    const what = `the bzip2 stream is damaged or truncated: ${reason}`;
    throw new SpitError("broken_bzip2", what, { cause: error });
  }
  return inflated;
}

function beginsStream(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x42 && bytes[at + 1] === 0x5a && bytes[at + 2] === 0x68;
}

const ENDS_EARLY = "it ends early";

/** Some errors of the library are TypeErrors from its own code. */
function describeReason(error: unknown): string {
  const { message } = error as Error;
  if (message === ENDS_EARLY) return ENDS_EARLY;
  return /CRC/.test(message) ? "a checksum is wrong" : "a block is invalid";
}
