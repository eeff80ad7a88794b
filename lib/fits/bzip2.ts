/**
 * bzip2, inflated whole: its blocks cannot be told apart without decoding.
 * The only place that imports `seek-bzip`, which comes without types.
 *
 * @module
 */
import seekBzip from "seek-bzip";
import { SpitError } from "../errors.ts";

interface BzipStream {
  readByte(): number;
  writeByte(byte: number): void;
  eof(): boolean;
}

interface SeekBzip {
  readonly Stream: new () => BzipStream;
  readonly Err: { readonly NOT_BZIP_DATA: number };
  decode(input: BzipStream, output: BzipStream, multistream: boolean): void;
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
  let inflated = new Uint8Array(FIRST_CAPACITY);
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
  try {
    bzip.decode(endingSource(compressed), output, true);
  } catch (error) {
    if (error instanceof SpitError) throw error;
    if (!(length > 0 && isForeign(error))) {
      throw new SpitError(
        "broken_bzip2",
        `the bzip2 stream is damaged or cut: ${String(error)}`,
        {},
        error,
      );
    }
  }
  return inflated.subarray(0, length);
}

/** A source that fails at the end of its bytes, where the library would read on. */
function endingSource(bytes: Uint8Array): BzipStream {
  const source = new bzip.Stream();
  let at = 0;
  source.eof = () => at >= bytes.length;
  source.readByte = () => {
    if (at >= bytes.length) throw new RangeError("the stream ends early");
    return bytes[at++]!;
  };
  return source;
}

function isForeign(error: unknown): boolean {
  return error instanceof Error && "errorCode" in error &&
    error.errorCode === bzip.Err.NOT_BZIP_DATA;
}

function tooLarge(maxBytes: number): SpitError {
  return new SpitError(
    "too_large",
    `the file inflates to more than ${maxBytes} bytes, the limit set against bombs`,
  );
}
