import { SpitError } from "../../errors.ts";
import type { Hdu } from "../hdu.ts";
import {
  flipSign,
  STORED_ARRAYS,
  type StoredPixels,
  toNumbers,
} from "../pixels.ts";
import type { Pixels } from "../frame.ts";
import { decodeHcompress } from "./hcompress.ts";
import { decodePixelList } from "./pixel_list.ts";
import { decodeRice, decodeRiceTiles } from "./rice.ts";
import { type Column, readHeap, readNumber, type Tiling } from "./tiling.ts";
import { gunzipSync } from "node:zlib";
import { swapBigEndian } from "../byte_order.ts";

/**
 * Decodes a tile from COMPRESSED_DATA or, for floats that could not be quantised,
 * GZIP_COMPRESSED_DATA or UNCOMPRESSED_DATA.
 *
 * @param row Row of the tile in the table, from 0.
 * @param width Columns of the tile.
 * @returns The pixels, in memory that the next call may overwrite.
 * @throws {SpitError} `bad_tile`.
 */
export function decodeTile(
  tiling: Tiling,
  row: number,
  width: number,
  pixels: number,
): StoredPixels {
  const isFloat = tiling.bitpix < 0;
  const packed = readColumn(tiling, "COMPRESSED_DATA", row, pixels);
  if (packed !== undefined) {
    const isQuantised = isFloat && tiling.scale !== undefined;
    const values = unpack(
      tiling,
      packed,
      width,
      pixels,
      isFloat && !isQuantised,
    );
    return isQuantised ? restoreFloats(tiling, row, values) : values;
  }
  const gzipped = readColumn(tiling, "GZIP_COMPRESSED_DATA", row, pixels);
  if (gzipped !== undefined) {
    return unpackGzip(tiling, gzipped, pixels, isFloat);
  }
  const plain = readColumn(tiling, "UNCOMPRESSED_DATA", row, pixels);
  if (plain !== undefined) return decodeNumbers(tiling, plain, pixels, isFloat);
  throw new SpitError("bad_tile", `tile ${row} is empty`);
}

/** Bytes of the pixels of the tiles that are decoded at once: they stay in the cache. */
const BATCH = 1 << 18;

/**
 * Decodes an image whose tiles are as wide as the image, many tiles at once: integers in
 * Rice code, and numbers in GZIP_1 and GZIP_2.
 *
 * @param stored Receives the pixels.
 * @param zero Added to each integer, modulo the range of its type: 0, or half of the range.
 * @returns Whether all tiles were decoded. If not, because the image is of another kind,
 *   or a tile is damaged or too large, {@linkcode decodeTile} decodes the tiles one by one.
 * @throws {SpitError} `bad_tile`.
 */
export function decodeRows(
  tiling: Tiling,
  { width, height }: Pick<Hdu, "width" | "height">,
  stored: StoredPixels,
  zero: number,
): boolean {
  const { tileWidth, tileHeight } = tiling;
  if (tileWidth < width || stored instanceof BigInt64Array) return false;
  const decode = chooseDecoder(tiling, stored, zero);
  if (decode === undefined) return false;
  const size = stored.BYTES_PER_ELEMENT;
  const whole = Math.floor(height / tileHeight);
  const fitting = Math.max(1, Math.floor(BATCH / (width * tileHeight * size)));
  for (let row = 0; row * tileHeight < height;) {
    // The last tile may be lower than the others.
    const isWhole = row < whole;
    const tiles = isWhole ? Math.min(fitting, whole - row) : 1;
    const pixels = width * (isWhole ? tileHeight : height - row * tileHeight);
    const packed: Uint8Array[] = [];
    for (let k = 0; k < tiles; k++) {
      const bytes = readColumn(tiling, "COMPRESSED_DATA", row + k, pixels);
      if (bytes === undefined) return false;
      packed.push(bytes);
    }
    const decoded = decode(packed, pixels);
    if (decoded === undefined || decoded.length < tiles * pixels) return false;
    stored.set(decoded, row * width * tileHeight);
    row += tiles;
  }
  return true;
}

type Numbers = Exclude<StoredPixels, BigInt64Array>;

/** Decodes tiles of the same number of pixels. */
type DecodeTiles = (
  packed: readonly Uint8Array[],
  pixels: number,
) => Pixels | undefined;

function chooseDecoder(
  tiling: Tiling,
  stored: Numbers,
  zero: number,
): DecodeTiles | undefined {
  const { compression, bitpix, bytepix, scale } = tiling;
  switch (compression) {
    case "RICE_1":
      return bitpix !== 8 * bytepix
        ? undefined
        : (packed, pixels) => decodeRiceTiles(packed, pixels, tiling, zero);
    case "GZIP_1":
    case "GZIP_2": {
      if (bitpix < 0 && scale !== undefined) return undefined;
      const isShuffled = compression === "GZIP_2";
      return (packed, pixels) => {
        const values = inflateTiles(packed, pixels, stored, isShuffled);
        return values === undefined || zero === 0 ? values : flipSign(values);
      };
    }
  }
}

/**
 * Inflates GZIP_1 or GZIP_2 tiles that follow each other in memory. They are members of one
 * gzip file: a call of zlib for each tile takes as long as inflating 3 KB.
 *
 * @param like An array of the type of the pixels.
 * @returns `undefined` if they do not follow each other, if a tile is damaged, or if its
 *   numbers are of another size.
 */
function inflateTiles(
  packed: readonly Uint8Array[],
  pixels: number,
  like: Numbers,
  isShuffled: boolean,
): Numbers | undefined {
  const tileBytes = pixels * like.BYTES_PER_ELEMENT;
  const { buffer, byteOffset: start } = packed[0]!;
  const view = new DataView(buffer);
  let end = start;
  for (const { byteOffset, length } of packed) {
    if (byteOffset !== end || length < 4) return undefined;
    end += length;
    // A member ends with the length of its content.
    if (view.getUint32(end - 4, true) !== tileBytes) return undefined;
  }
  const length = packed.length * tileBytes;
  let inflated: Uint8Array;
  try {
    inflated = gunzipSync(new Uint8Array(buffer, start, end - start), {
      maxOutputLength: length,
      chunkSize: Math.max(64, length + 1),
    });
  } catch {
    return undefined;
  }
  if (inflated.length !== length) return undefined;
  const bytes = new Uint8Array(length);
  if (!isShuffled) bytes.set(inflated);
  for (let at = 0; isShuffled && at < length; at += tileBytes) {
    const tile = inflated.subarray(at, at + tileBytes);
    unshuffle(tile, bytes.subarray(at, at + tileBytes), pixels);
  }
  const Stored = like.constructor as new (buffer: ArrayBuffer) => Numbers;
  const values = new Stored(bytes.buffer);
  swapBigEndian(values);
  return values;
}

/** Largest plausible size of a compressed tile, bytes: twice the pixels, and a header. */
const MOST_PER_PIXEL = 16;
const MOST_BESIDE = 1024;

/**
 * Returns the bytes of a tile in a column. Many tiles can refer to the same bytes, so a
 * tile may not have many more than its pixels.
 */
function readColumn(
  { table }: Tiling,
  name: string,
  row: number,
  pixels: number,
): Uint8Array | undefined {
  const column = table.columns.get(name);
  if (column?.descriptor === undefined) return undefined;
  const bytes = readHeap(table, column, row);
  if (bytes.length > MOST_PER_PIXEL * pixels + MOST_BESIDE) {
    const what =
      `tile ${row} has ${pixels} pixels, but ${bytes.length} compressed bytes`;
    throw new SpitError("bad_tile", what);
  }
  return bytes.length === 0 ? undefined : bytes;
}

function unpack(
  tiling: Tiling,
  packed: Uint8Array,
  width: number,
  pixels: number,
  isFloat: boolean,
): StoredPixels {
  const { compression, blocksize, bytepix, scratch } = tiling;
  switch (compression) {
    case "NOCOMPRESS":
      return decodeNumbers(tiling, packed, pixels, isFloat);
    case "GZIP_1":
      return unpackGzip(tiling, packed, pixels, isFloat);
    case "GZIP_2":
      return unpackGzip(tiling, packed, pixels, isFloat, unshuffle);
    case "HCOMPRESS_1": {
      const values = decodeHcompress(packed, width, pixels / width);
      return clamp(values, tiling.bitpix);
    }
    case "PLIO_1": {
      const values = new Int32Array(scratch, 0, pixels);
      decodePixelList(packed, values);
      const { listZero } = tiling;
      if (listZero !== 0) values.forEach((v, i) => values[i] = v - listZero);
      return values;
    }
    default: {
      const decoded = decodeRiceTiles([packed], pixels, tiling);
      if (decoded.length > 0) return decoded;
      const values = new Int32Array(scratch, 0, pixels);
      decodeRice(packed, values, bytepix, blocksize);
      return values;
    }
  }
}

/** Limits pixels to the range of their type, which lossy compression may exceed. */
function clamp(values: Int32Array, bitpix: number): Int32Array {
  if (bitpix !== 8 && bitpix !== 16) return values;
  const min = bitpix === 8 ? 0 : -(2 ** 15);
  const max = bitpix === 8 ? 255 : 2 ** 15 - 1;
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.max(min, Math.min(values[i]!, max));
  }
  return values;
}

/** Copies the bytes of so many pixels in their order. */
type CopyPixels = (
  bytes: Uint8Array,
  target: Uint8Array,
  pixels: number,
) => void;

function unpackGzip(
  tiling: Tiling,
  packed: Uint8Array,
  pixels: number,
  isFloat: boolean,
  copy: CopyPixels = copyBytes,
): StoredPixels {
  const bytes = inflateTile(packed, pixels, tiling.numberBytes);
  return decodeNumbers(tiling, bytes, pixels, isFloat, copy);
}

function restoreFloats(
  { table, bitpix, scale, zero, blank, dithering, dither0 }: Tiling,
  row: number,
  values: StoredPixels,
): StoredPixels {
  const valueFor = (source: Column | number) =>
    typeof source === "number" ? source : readNumber(table, source, row);
  const quantised = values instanceof BigInt64Array
    ? toNumbers(values)
    : values;
  const floats = bitpix === -32
    ? new Float32Array(values.length)
    : new Float64Array(values.length);
  unquantise(quantised, floats, {
    scale: valueFor(scale!),
    zero: valueFor(zero ?? 0),
    ...(blank !== undefined && { blank: valueFor(blank) }),
    dithering,
    seed: row + dither0 - 1,
  });
  return floats;
}

/**
 * Decompresses a GZIP_1 or GZIP_2 tile.
 *
 * @param pixels Number of pixels.
 * @param numberBytes Largest size of a pixel, bytes.
 * @throws {SpitError} `bad_tile`.
 */
export function inflateTile(
  bytes: Uint8Array,
  pixels: number,
  numberBytes: number,
): Uint8Array {
  const maxOutputLength = pixels * numberBytes;
  try {
    // In a buffer of the largest size, the result is not copied.
    const chunkSize = Math.max(64, maxOutputLength + 1);
    return gunzipSync(bytes, { maxOutputLength, chunkSize });
  } catch (error) {
    const what = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE"
      ? `a gzip tile of ${pixels} pixels has more than ${numberBytes} bytes per pixel`
      : `a gzip tile is damaged: ${(error as Error).message}`;
    throw new SpitError("bad_tile", what, { cause: error });
  }
}

function copyBytes(bytes: Uint8Array, target: Uint8Array): void {
  target.set(bytes);
}

/**
 * Reverts the byte order of GZIP_2, which stores the first bytes of all pixels, then the
 * second bytes, and so on (FITS Standard 4.0, section 10.4.3): 1 3 5 2 4 6, for
 * three pixels, becomes 1 2 3 4 5 6.
 */
function unshuffle(
  bytes: Uint8Array,
  target: Uint8Array,
  pixels: number,
): void {
  const size = bytes.length / pixels;
  for (let part = 0, from = 0; part < size; part++) {
    for (let i = 0; i < pixels; i++) target[i * size + part] = bytes[from++]!;
  }
}

/**
 * Converts big-endian bytes to numbers. Their size, which may differ from that of the
 * pixels of the image, follows from the number of bytes.
 *
 * @param isFloat Whether numbers of 4 and 8 bytes are floats.
 * @param copy Copies the bytes in the order of the pixels.
 * @throws {SpitError} `bad_tile`: the numbers do not have 1, 2, 4 or 8 bytes, or more than
 *   the image can have.
 */
function decodeNumbers(
  { scratch }: Tiling,
  bytes: Uint8Array,
  pixels: number,
  isFloat: boolean,
  copy: CopyPixels = copyBytes,
): StoredPixels {
  const bits = 8 * bytes.length / pixels;
  const Stored = STORED_ARRAYS[isFloat && bits >= 32 ? -bits : bits];
  if (Stored === undefined || bytes.length > scratch.byteLength) {
    const what =
      `a tile of ${pixels} pixels decompresses to ${bytes.length} bytes`;
    throw new SpitError("bad_tile", what);
  }
  copy(bytes, new Uint8Array(scratch), pixels);
  const values = new Stored(scratch, 0, pixels);
  swapBigEndian(values);
  return values;
}

/** Length of the random sequence, which all FITS software shares. */
const SEQUENCE = 10000;
/** Quantised value of an exact zero in SUBTRACTIVE_DITHER_2. */
const EXACT_ZERO = -2147483646;

/** Dithering of quantised floats (ZQUANTIZ). */
export type Dithering =
  | "NO_DITHER"
  | "SUBTRACTIVE_DITHER_1"
  | "SUBTRACTIVE_DITHER_2";

interface Quantisation {
  readonly scale: number;
  readonly zero: number;
  /** Quantised value of NaN. */
  readonly blank?: number;
  readonly dithering: Dithering;
  /** Position of the tile in the random sequence: its row in the table, from 0, + ZDITHER0 − 1. */
  readonly seed: number;
}

let sequence: Float32Array | undefined;

/**
 * Returns the random sequence of the FITS Standard 4.0, appendix I: Park & Miller's
 * generator, rounded to float32 as in CFITSIO's `fits_init_randoms`.
 */
export function makeDitherSequence(): Float32Array {
  if (sequence !== undefined) return sequence;
  const numbers = new Float32Array(SEQUENCE);
  let seed = 1;
  for (let i = 0; i < SEQUENCE; i++) {
    seed = (16807 * seed) % 2147483647;
    numbers[i] = seed / 2147483647;
  }
  return sequence = numbers;
}

/**
 * Computes floats from quantised values: zero + scale × (value − dither + 0.5), or
 * zero + scale × value without dithering. As in `unquantize_i4r4` and `unquantize_i4r8`
 * of CFITSIO's imcompress.c, in double precision, rounded once to the precision of
 * `floats`.
 *
 * @param floats Receives the result; of the same length.
 */
export function unquantise(
  quantised: ArrayLike<number>,
  floats: Float32Array | Float64Array,
  { scale, zero, blank, dithering, seed }: Quantisation,
): void {
  if (dithering === "NO_DITHER") {
    for (let i = 0; i < floats.length; i++) {
      const value = quantised[i]!;
      floats[i] = value === blank ? NaN : value * scale + zero;
    }
    return;
  }
  const random = makeDitherSequence();
  const keepsZeros = dithering === "SUBTRACTIVE_DITHER_2";
  let first = ((seed % SEQUENCE) + SEQUENCE) % SEQUENCE;
  let next = Math.trunc(random[first]! * 500);
  for (let i = 0; i < floats.length; i++) {
    const value = quantised[i]!;
    if (value === blank) floats[i] = NaN;
    else if (keepsZeros && value === EXACT_ZERO) floats[i] = 0;
    else floats[i] = (value - random[next]! + 0.5) * scale + zero;
    if (++next === SEQUENCE) {
      first = (first + 1) % SEQUENCE;
      next = Math.trunc(random[first]! * 500);
    }
  }
}
