/**
 * bzip2, inflated whole: its blocks cannot be told apart without decoding.
 * The only place that imports `seek-bzip`, which comes without types.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- scripts outside this checkout have no import map of ours
import seekBzip from "npm:seek-bzip@2.0.0";
import { SpitError } from "../errors.ts";

interface BzipStream {
  readByte(): number;
  writeByte(byte: number): void;
}

interface SeekBzip {
  readonly Stream: new () => BzipStream;
  decode(input: BzipStream, output: BzipStream): void;
}

const bzip = seekBzip as unknown as SeekBzip;
const FIRST_CAPACITY = 1 << 20;

/**
 * Inflates bzip2, stream after stream; what follows the last and is not bzip2
 * is ignored, as bzip2(1) does.
 *
 * @param compressed The whole file.
 * @param maxBytes Inflated bytes beyond which it is refused.
 * @throws {SpitError} `broken_bzip2`: cut or damaged. `too_large`.
 */
export function inflateBzip2(
  compressed: Uint8Array,
  maxBytes: number,
): Uint8Array {
  let inflated = new Uint8Array(Math.min(FIRST_CAPACITY, maxBytes));
  let length = 0;
  const output = new bzip.Stream();
  output.writeByte = (byte) => {
    if (length === inflated.length) {
      if (length >= maxBytes) throw tooLarge(maxBytes);
      const larger = new Uint8Array(Math.min(2 * length, maxBytes));
      larger.set(inflated);
      inflated = larger;
    }
    inflated[length++] = byte;
  };
  let at = 0;
  const input = new bzip.Stream();
  // The library would take the end of its bytes for the end of the stream.
  input.readByte = () => {
    if (at >= compressed.length) throw new RangeError(ENDS_EARLY);
    return compressed[at++]!;
  };
  try {
    do bzip.decode(input, output); while (beginsStream(compressed, at));
  } catch (error) {
    if (error instanceof SpitError) throw error;
    throw new SpitError(
      "broken_bzip2",
      `the bzip2 stream is damaged or cut: ${reasonOf(error)}`,
      { cause: error },
    );
  }
  return inflated.subarray(0, length);
}

function beginsStream(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x42 && bytes[at + 1] === 0x5a && bytes[at + 2] === 0x68;
}

function tooLarge(maxBytes: number): SpitError {
  return new SpitError(
    "too_large",
    `the file inflates to more than ${maxBytes} bytes, the limit set against bombs`,
  );
}

const ENDS_EARLY = "it ends early";

/** The library has other words for these; some of its errors are slips of its own. */
function reasonOf(error: unknown): string {
  const { message } = error as Error;
  if (message === ENDS_EARLY) return ENDS_EARLY;
  return /CRC/.test(message) ? "a checksum is wrong" : "a block makes no sense";
}
