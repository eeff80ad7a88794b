import { swapBigEndian, swapUnsigned } from "./byte_order.ts";
import { SpitError } from "../errors.ts";
import type { Pixels } from "./frame.ts";
import { type Header, layoutNumber } from "./header.ts";
import type { ByteSource } from "../io/byte_source.ts";
import type { Hdu } from "./hdu.ts";

/** Pixels as stored in a FITS file, in native byte order. */
export type StoredPixels =
  | Uint8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** Linear scaling: physical = zero + scale × stored. */
export interface Scaling {
  /** BZERO, 0 by default. */
  readonly zero: number;
  /** BSCALE, 1 by default. */
  readonly scale: number;
  /** BLANK: the stored integer for an undefined value. */
  readonly blank?: number;
}

/** BZERO of unsigned integers (for one byte: of signed ones), by bytes of a pixel. */
const UNSIGNED_ZERO: Readonly<Record<number, number>> = {
  1: -128,
  2: 2 ** 15,
  4: 2 ** 31,
  8: 2 ** 63,
};

/**
 * Reads the scaling of the pixels from a header.
 *
 * @throws {SpitError} `bad_header`: a value is not a number.
 */
export function readScaling(header: Header, blankCard = "BLANK"): Scaling {
  const zero = layoutNumber(header, "BZERO") ?? 0;
  const scale = layoutNumber(header, "BSCALE") ?? 1;
  const blank = layoutNumber(header, blankCard);
  return blank === undefined ? { zero, scale } : { zero, scale, blank };
}

/** Memory that is reused for the pixels of one frame after another. */
export interface PixelMemory {
  /** Grows to the size of the largest frame. */
  buffer: ArrayBuffer;
  /** Bytes of other planes in memory, which count against the limit. Default: 0. */
  readonly inUse?: number;
}

/**
 * Creates an array for the pixels of an image.
 *
 * @param bitpix 8, 16, 32, 64, −32 or −64.
 * @param memory Memory to use, which is not cleared. Default: new memory.
 * @throws {SpitError} `too_large`: there is not enough memory.
 */
export function makeStoredArray(
  bitpix: number,
  length: number,
  memory: PixelMemory = { buffer: new ArrayBuffer(0) },
): StoredPixels {
  const Stored = STORED_ARRAYS[bitpix];
  if (Stored === undefined) {
    throw new RangeError(`Cannot store pixels of BITPIX ${bitpix}`);
  }
  const bytes = length * Stored.BYTES_PER_ELEMENT;
  try {
    if (memory.buffer.byteLength < bytes) {
      memory.buffer = new ArrayBuffer(bytes);
    }
  } catch (error) {
    const what = `not enough memory for ${length} pixels of BITPIX ${bitpix}`;
    throw new SpitError("too_large", what, { cause: error });
  }
  return new Stored(memory.buffer, 0, length);
}

/** Arrays for stored pixels by BITPIX. */
export const STORED_ARRAYS: Readonly<
  Record<
    number,
    {
      readonly BYTES_PER_ELEMENT: number;
      new (buffer: ArrayBuffer, start: number, length: number): StoredPixels;
    }
  >
> = {
  8: Uint8Array,
  16: Int16Array,
  32: Int32Array,
  64: BigInt64Array,
  [-32]: Float32Array,
  [-64]: Float64Array,
};

/**
 * Applies BSCALE, BZERO and BLANK. Overwrites `stored`, whose memory is reused where
 * the type allows it.
 *
 * The type of the result follows astropy (`ImageHDU._dtype_for_bitpix`): integers stay
 * integers without scaling and in the unsigned convention (BZERO 2^15, 2^31; −128 for
 * signed bytes); otherwise 8- and 16-bit integers become float32 and 32-bit integers
 * float64, computed in that precision. There are two differences: BLANK also applies to
 * unsigned pixels, and integers become floats only if a pixel is blank; and 64-bit
 * integers become float64, exact up to 2^53.
 *
 * @param maxBytes Memory that `stored` and the result may take together. Default: any.
 * @throws {SpitError} `too_large`.
 */
export function scalePixels(
  stored: StoredPixels,
  scaling: Scaling,
  maxBytes = Infinity,
): Pixels {
  if (stored instanceof Float32Array || stored instanceof Float64Array) {
    const isPlain = scaling.zero === 0 && scaling.scale === 1;
    return isPlain ? stored : scaleInto(stored, stored, scaling);
  }
  if (stored instanceof BigInt64Array) return scaleLongs(stored, scaling);
  const { zero, scale, blank } = scaling;
  const hasBlanks = blank !== undefined && stored.includes(blank);
  const isPlain = zero === 0 && scale === 1;
  if (!hasBlanks && isPlain) return stored;
  if (!hasBlanks && hasUnsignedZero(stored, { zero, scale })) {
    return flipSign(stored);
  }
  const { length, byteLength } = stored;
  const Floats = stored instanceof Int32Array ? Float64Array : Float32Array;
  const bytes = byteLength + length * Floats.BYTES_PER_ELEMENT;
  if (bytes > maxBytes) throw needsTooMuch("the scaled image", bytes);
  const pixels = scaleInto(stored, new Floats(length), scaling);
  if (!hasBlanks) return pixels;
  for (let i = 0; i < length; i++) if (stored[i] === blank) pixels[i] = NaN;
  return pixels;
}

/** Returns the error for memory that the limit does not allow. */
export function needsTooMuch(what: string, bytes: number): SpitError {
  return new SpitError(
    "too_large",
    `${what} takes ${bytes} bytes of memory, more than the limit allows: ` +
      "raise it with --max-bytes",
  );
}

/** Converts big-endian pixels to native byte order and applies {@linkcode scalePixels}. */
export function decodePixels(
  stored: StoredPixels,
  scaling: Scaling,
  maxBytes = Infinity,
): Pixels {
  if (stored instanceof Int16Array && hasUnsignedZero(stored, scaling)) {
    return swapUnsigned(stored);
  }
  swapBigEndian(stored);
  return scalePixels(stored, scaling, maxBytes);
}

/**
 * Returns whether a scaling adds half of the range of the stored integers, and no integer
 * is undefined: the pixels are then integers of the same size, unsigned, or signed for one
 * byte.
 */
export function hasUnsignedZero(
  stored: StoredPixels,
  { zero, scale, blank }: Scaling,
): boolean {
  return scale === 1 && blank === undefined &&
    zero === UNSIGNED_ZERO[stored.BYTES_PER_ELEMENT];
}

/** Adds half of the range to integers of up to 32 bits, which inverts the highest bit. */
export function flipSign(stored: StoredPixels): Pixels {
  const { buffer, byteOffset, length } = stored;
  if (stored instanceof Uint8Array) {
    for (let i = 0; i < length; i++) stored[i] = stored[i]! ^ 0x80;
  } else if (stored instanceof Int16Array) {
    const pairs = byteOffset % 4 === 0 ? Math.floor(length / 2) : 0;
    const words = new Uint32Array(buffer, pairs === 0 ? 0 : byteOffset, pairs);
    for (let i = 0; i < pairs; i++) words[i] = words[i]! ^ 0x80008000;
    for (let i = 2 * pairs; i < length; i++) stored[i] = stored[i]! ^ 0x8000;
  } else {
    const words = new Uint32Array(buffer, byteOffset, length);
    for (let i = 0; i < length; i++) words[i] = words[i]! ^ 0x80000000;
  }
  return asUnsigned(stored);
}

/** Returns integers of up to 32 bits as unsigned ones, those of one byte as signed ones. */
export function asUnsigned(
  { buffer, byteOffset, length, BYTES_PER_ELEMENT }: StoredPixels,
): Pixels {
  switch (BYTES_PER_ELEMENT) {
    case 1:
      return new Int8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    default:
      return new Uint32Array(buffer, byteOffset, length);
  }
}

/** Scales 64-bit integers to floats in the same memory. */
function scaleLongs(
  stored: BigInt64Array,
  { zero, scale, blank }: Scaling,
): Float64Array {
  const isUnsigned = scale === 1 && zero === UNSIGNED_ZERO[8];
  const pixels = toNumbers(stored, { isUnsigned, blank });
  return isUnsigned ? pixels : scaleInto(pixels, pixels, { zero, scale });
}

/** Converts 64-bit integers to floats in the same memory; `blank` becomes NaN. */
export function toNumbers(
  stored: BigInt64Array,
  { isUnsigned = false, blank }: { isUnsigned?: boolean; blank?: number } = {},
): Float64Array {
  const { buffer, byteOffset, length } = stored;
  const pixels = new Float64Array(buffer, byteOffset, length);
  const half = 1n << 63n;
  for (let i = 0; i < length; i++) {
    const value = stored[i]!;
    // As integers, since adding 2^63 as a float would lose the last digits.
    pixels[i] = blank !== undefined && Number(value) === blank
      ? NaN
      : Number(isUnsigned ? value + half : value);
  }
  return pixels;
}

/** Scales in the precision of `pixels`, rounding after each operation as numpy does. */
function scaleInto<P extends Float32Array | Float64Array>(
  stored: Exclude<StoredPixels, BigInt64Array>,
  pixels: P,
  { zero, scale }: Scaling,
): P {
  const length = stored.length;
  if (pixels instanceof Float32Array) {
    const scale32 = Math.fround(scale), zero32 = Math.fround(zero);
    for (let i = 0; i < length; i++) {
      pixels[i] = Math.fround(stored[i]! * scale32) + zero32;
    }
  } else {
    for (let i = 0; i < length; i++) pixels[i] = stored[i]! * scale + zero;
  }
  return pixels;
}

/**
 * Reads the pixels of an uncompressed image.
 *
 * @param maxBytes Memory that the pixels may take.
 * @throws {SpitError} `truncated_data`, `too_large`, and the errors of the source.
 */
export async function readPixels(
  source: ByteSource,
  hdu: Hdu,
  maxBytes: number,
  memory?: PixelMemory,
): Promise<Pixels> {
  const { header, width, height, dataStart, dataBytes, index } = hdu;
  const bitpix = layoutNumber(header, "BITPIX")!;
  if (dataBytes > maxBytes) throw needsTooMuch("the image", dataBytes);
  const stored = makeStoredArray(bitpix, width * height, memory);
  const bytes = new Uint8Array(stored.buffer, 0, stored.byteLength);
  const count = await source.readInto(dataStart, bytes);
  if (count < bytes.length) {
    const what = "the file ends before the pixels do";
    const location = { hdu: index, byte: dataStart + count };
    throw new SpitError("truncated_data", what, location);
  }
  return decodePixels(stored, readScaling(header), maxBytes);
}
