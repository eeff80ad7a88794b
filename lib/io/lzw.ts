import { SpitError } from "../errors.ts";
import { type ByteSource, createByteQueue } from "./byte_source.ts";
import { chooseWindowSize, forwardSource } from "./forward_source.ts";
import { tooLarge } from "./gzip.ts";

const HEADER_LENGTH = 3;
/** Bits of the third byte: the width of the longest codes, unused bits, and block mode. */
const WIDTH_BITS = 0x1f;
const UNUSED_BITS = 0x60;
const BLOCK_MODE = 0x80;
const MIN_WIDTH = 9;
const MAX_WIDTH = 16;
/** In block mode, the code that empties the dictionary. */
const CLEAR = 256;
/** Compressed bytes per step. */
const FEED = 1 << 16;
/** Largest part of the content that is yielded. */
const MAX_PART = 1 << 18;
/** Longest string of the dictionary: the first has two bytes, and each may extend the one before it. */
const MAX_STRING = (1 << MAX_WIDTH) - 255;

/**
 * Creates a source that decompresses a `.Z` file of compress(1) as it is read. The format
 * has neither a length nor a checksum, so a truncated file ends early, without an error.
 *
 * @throws {SpitError} When read: `broken_compress` for a damaged file, with the
 *   decompressed byte; `too_large`.
 */
export function lzwSource(
  compressed: ByteSource,
  maxBytes: number,
  windowSize = chooseWindowSize(maxBytes),
): ByteSource {
  const window = createByteQueue();
  let parts = inflateLzw(compressed);
  let failure: unknown;

  async function advance(): Promise<boolean> {
    if (failure !== undefined) throw failure;
    // Before a step, since the bytes of a step have to be read before they are dropped.
    window.drop(window.end - windowSize);
    try {
      const { done, value } = await parts.next();
      if (done) return false;
      if (window.end + value.length > maxBytes) throw tooLarge(maxBytes);
      window.append(value);
      return true;
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  function restart(): void {
    window.clear();
    parts = inflateLzw(compressed);
    failure = undefined;
  }

  return forwardSource(compressed, { window, advance, restart }, {
    // A code of at least nine bits stands for one string.
    maxRatio: MAX_STRING,
    windowSize,
  });
}

/**
 * Decompresses a `.Z` file: LZW (T. Welch, "A technique for high-performance data
 * compression", IEEE Computer 17(6), 1984) with codes of 9 to 16 bits.
 *
 * Codes are stored lowest bits first, in groups of eight. When their width changes, and
 * after a code that empties the dictionary, the rest of the group is unused.
 *
 * @returns Parts of the content, in memory that the next part overwrites.
 * @throws {SpitError} `broken_compress`.
 */
async function* inflateLzw(
  compressed: ByteSource,
): AsyncGenerator<Uint8Array, void, void> {
  const { isBlockMode, maxWidth, maxCodes } = await readLzwHeader(compressed);
  const first = isBlockMode ? CLEAR + 1 : CLEAR;
  // A code above 255 stands for the string of its prefix and one more byte.
  const prefixes = new Uint16Array(maxCodes);
  const lastBytes = new Uint8Array(maxCodes);
  const lengths = new Uint16Array(maxCodes).fill(1, 0, 256);
  const input = new Uint8Array(FEED);
  let offset = HEADER_LENGTH, at = 0, end = 0;
  const output = new Uint8Array(MAX_PART);
  let filled = 0, yielded = 0;
  let width = MIN_WIDTH, codes = first, previous = -1, firstByte = 0;

  while (true) {
    if (end - at < MAX_WIDTH) {
      input.copyWithin(0, at, end);
      end -= at;
      at = 0;
      const count = await compressed.readInto(offset, input.subarray(end));
      offset += count;
      end += count;
    }
    const start = at;
    const size = Math.min(width, end - start);
    const bits = 8 * size - width;
    if (bits < 0) break;
    at += size;
    const mask = (1 << width) - 1;
    for (let bit = 0; bit <= bits; bit += width) {
      const from = start + (bit >> 3);
      const word = input[from]! | input[from + 1]! << 8 |
        input[from + 2]! << 16;
      const code = word >> (bit & 7) & mask;
      if (code === CLEAR && isBlockMode) {
        width = MIN_WIDTH;
        codes = first;
        previous = -1;
        break;
      }
      if (code > codes || (previous < 0 ? code > 255 : code === maxCodes)) {
        yield output.subarray(0, filled);
        throw broken("contains an invalid code", yielded + filled);
      }
      // The code that is defined next stands for the previous string and its first byte.
      const isNext = code === codes;
      const length = isNext ? lengths[previous]! + 1 : lengths[code]!;
      if (filled + length > output.length) {
        yield output.subarray(0, filled);
        yielded += filled;
        filled = 0;
      }
      let to = filled += length;
      if (isNext) output[--to] = firstByte;
      let rest = isNext ? previous : code;
      while (rest > 255) {
        output[--to] = lastBytes[rest]!;
        rest = prefixes[rest]!;
      }
      output[--to] = firstByte = rest;
      if (previous >= 0 && codes < maxCodes) {
        prefixes[codes] = previous;
        lastBytes[codes] = firstByte;
        lengths[codes] = lengths[previous]! + 1;
        codes++;
      }
      previous = code;
      if (codes > mask && width < maxWidth) {
        width++;
        break;
      }
    }
  }
  yield output.subarray(0, filled);
}

async function readLzwHeader(compressed: ByteSource) {
  const header = new Uint8Array(HEADER_LENGTH);
  const count = await compressed.readInto(0, header);
  const flags = header[2]!;
  const width = flags & WIDTH_BITS;
  if (
    count < HEADER_LENGTH || (flags & UNUSED_BITS) !== 0 ||
    width < MIN_WIDTH || width > MAX_WIDTH
  ) throw broken("has an invalid header", 0);
  return {
    isBlockMode: (flags & BLOCK_MODE) !== 0,
    maxCodes: 1 << width,
    // In compress(1), codes of 9 bits become wider when the dictionary is full.
    maxWidth: Math.max(width, MIN_WIDTH + 1),
  };
}

function broken(what: string, byte: number): SpitError {
  return new SpitError("broken_compress", `the file, of compress(1), ${what}`, {
    byte,
  });
}
