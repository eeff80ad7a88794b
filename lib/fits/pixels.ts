/**
 * Stored pixels to physical values.
 *
 * @module
 */
import { swapBigEndian, swapUnsigned } from "./byte_order.ts";
import { SpitError } from "../errors.ts";
import type { Pixels } from "./frame.ts";
import { cardNumber, type Header } from "./header.ts";
import type { ByteSource } from "../io/byte_source.ts";
import type { Hdu } from "./hdu.ts";

/** Pixels as a FITS file stores them, in the byte order of the machine. */
export type StoredPixels =
  | Uint8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** How stored values become physical ones: physical = zero + scale × stored. */
export interface Scaling {
  /** BZERO, 0 by default. */
  readonly zero: number;
  /** BSCALE, 1 by default. */
  readonly scale: number;
  /** BLANK: the stored integer that means "no value". */
  readonly blank?: number;
}

/** BZERO that turns signed integers of so many bytes into unsigned ones, and bytes into signed. */
const UNSIGNED_ZERO: Readonly<Record<number, number>> = {
  1: -128,
  2: 2 ** 15,
  4: 2 ** 31,
  8: 2 ** 63,
};

/** Scaling of an image from its header. */
export function readScaling(header: Header, blankCard = "BLANK"): Scaling {
  const zero = cardNumber(header, "BZERO") ?? 0;
  const scale = cardNumber(header, "BSCALE") ?? 1;
  const blank = cardNumber(header, blankCard);
  return blank === undefined ? { zero, scale } : { zero, scale, blank };
}

/** Memory that one frame after another is read into. */
export interface PixelMemory {
  /** Grows to the largest of them. */
  buffer: ArrayBuffer;
}

/**
 * Array for pixels of a BITPIX.
 *
 * @param bitpix 8, 16, 32, 64, −32 or −64.
 * @param length Number of pixels.
 * @param memory Where they are to lie, with what another frame left there; without
 *   it they get memory of their own.
 * @throws {SpitError} `too_large`: they do not fit into memory.
 */
export function storedArray(
  bitpix: number,
  length: number,
  memory: PixelMemory = { buffer: new ArrayBuffer(0) },
): StoredPixels {
  const Stored = ARRAYS[bitpix];
  if (Stored === undefined) {
    throw new RangeError(`Cannot store pixels of BITPIX ${bitpix}`);
  }
  const bytes = length * Stored.BYTES_PER_ELEMENT;
  try {
    if (memory.buffer.byteLength < bytes) {
      memory.buffer = new ArrayBuffer(bytes);
    }
  } catch (error) {
    throw new SpitError(
      "too_large",
      `no memory for ${length} pixels of BITPIX ${bitpix}`,
      { cause: error },
    );
  }
  return new Stored(memory.buffer, 0, length);
}

const ARRAYS: Readonly<
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
 * Applies BSCALE, BZERO and BLANK. Takes `stored` over: the memory is used again
 * where the type allows.
 *
 * The physical type follows astropy (`ImageHDU._dtype_for_bitpix`): integers
 * stay integers without scaling and in the unsigned convention (BZERO 2^15,
 * 2^31; −128 for signed bytes); otherwise 8- and 16-bit integers become float32
 * and 32-bit ones float64, computed in that precision. We differ in two things:
 * BLANK makes NaN of unsigned pixels too, but makes floats of integers only when
 * a pixel is blank; and 64-bit integers become float64, exact to 2^53.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { scalePixels } from "./pixels.ts";
 *
 * const stored = new Int16Array([-32768, 0, 32767]);
 * assertEquals(scalePixels(stored, { zero: 32768, scale: 1 }), new Uint16Array([0, 32768, 65535]));
 * ```
 */
export function scalePixels(stored: StoredPixels, scaling: Scaling): Pixels {
  if (stored instanceof Float32Array || stored instanceof Float64Array) {
    const isPlain = scaling.zero === 0 && scaling.scale === 1;
    return isPlain ? stored : scaleInto(stored, stored, scaling);
  }
  const blanks = findBlanks(stored, scaling.blank);
  const pixels = scaleIntegers(stored, scaling, blanks.length > 0);
  for (const i of blanks) pixels[i] = NaN;
  return pixels;
}

/** {@linkcode scalePixels} of what lies in a file, the highest byte of each value first. */
export function decodePixels(stored: StoredPixels, scaling: Scaling): Pixels {
  const { zero, scale, blank } = scaling;
  const isUnsigned = zero === UNSIGNED_ZERO[2] && scale === 1;
  if (stored instanceof Int16Array && isUnsigned && blank === undefined) {
    return swapUnsigned(stored);
  }
  swapBigEndian(stored);
  return scalePixels(stored, scaling);
}

function scaleIntegers(
  stored: Exclude<StoredPixels, Float32Array | Float64Array>,
  scaling: Scaling,
  hasBlanks: boolean,
): Pixels {
  const { zero, scale } = scaling;
  const isPlain = zero === 0 && scale === 1;
  const isUnsigned = scale === 1 &&
    zero === UNSIGNED_ZERO[stored.BYTES_PER_ELEMENT];
  if (stored instanceof BigInt64Array) {
    if (isUnsigned) return toNumbers(stored, true);
    const pixels = toNumbers(stored, false);
    return scaleInto(pixels, pixels, scaling);
  }
  if (!hasBlanks && isPlain) return stored;
  if (!hasBlanks && isUnsigned) return flipSign(stored);
  const pixels = stored instanceof Int32Array
    ? new Float64Array(stored.length)
    : new Float32Array(stored.length);
  return scaleInto(stored, pixels, scaling);
}

/** Adding half the range to a two's complement integer turns its highest bit over. */
function flipSign(stored: Uint8Array | Int16Array | Int32Array): Pixels {
  const { buffer, byteOffset, length } = stored;
  if (stored instanceof Uint8Array) {
    for (let i = 0; i < length; i++) stored[i] = stored[i]! ^ 0x80;
    return new Int8Array(buffer, byteOffset, length);
  }
  if (stored instanceof Int16Array) {
    const pairs = byteOffset % 4 === 0 ? length >> 1 : 0;
    const words = new Uint32Array(buffer, pairs === 0 ? 0 : byteOffset, pairs);
    for (let i = 0; i < pairs; i++) words[i] = words[i]! ^ 0x80008000;
    for (let i = 2 * pairs; i < length; i++) stored[i] = stored[i]! ^ 0x8000;
    return new Uint16Array(buffer, byteOffset, length);
  }
  for (let i = 0; i < length; i++) stored[i] = stored[i]! ^ 0x80000000;
  return new Uint32Array(buffer, byteOffset, length);
}

/** 64-bit integers to floats in the same memory. */
function toNumbers(stored: BigInt64Array, isUnsigned: boolean): Float64Array {
  const { buffer, byteOffset, length } = stored;
  const pixels = new Float64Array(buffer, byteOffset, length);
  const half = 1n << 63n;
  for (let i = 0; i < length; i++) {
    // Added as integers: 2^63 as a float would swallow the last digits.
    pixels[i] = Number(isUnsigned ? stored[i]! + half : stored[i]!);
  }
  return pixels;
}

/** Scales in the precision of `pixels`, rounding after each step as numpy does. */
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

function findBlanks(
  stored: Exclude<StoredPixels, Float32Array | Float64Array>,
  blank: number | undefined,
): number[] {
  const blanks: number[] = [];
  if (blank === undefined) return blanks;
  for (let i = 0; i < stored.length; i++) {
    if (Number(stored[i]!) === blank) blanks.push(i);
  }
  return blanks;
}

/**
 * Reads the pixels of an image HDU straight into their final memory.
 *
 * @param memory What that is; without it the pixels get some of their own.
 * @throws {SpitError} `truncated_data`, and what the source throws.
 */
export async function readPixels(
  source: ByteSource,
  hdu: Hdu,
  memory?: PixelMemory,
): Promise<Pixels> {
  const { header, width, height, dataStart, index } = hdu;
  const bitpix = cardNumber(header, "BITPIX")!;
  const stored = storedArray(bitpix, width * height, memory);
  const bytes = new Uint8Array(stored.buffer, 0, stored.byteLength);
  const count = await source.readInto(dataStart, bytes);
  if (count < bytes.length) {
    throw new SpitError("truncated_data", "the pixels end early", {
      hdu: index,
      byte: dataStart + count,
    });
  }
  return decodePixels(stored, readScaling(header));
}
