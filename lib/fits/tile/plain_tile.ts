/**
 * Tiles whose bytes are the pixels: plain, inflated, or shuffled and inflated.
 *
 * @module
 */
import { gunzipSync } from "node:zlib";
import { SpitError } from "../../errors.ts";
import { swapBigEndian } from "../byte_order.ts";
import type { StoredPixels } from "../scale_pixels.ts";

const WIDEST_PIXEL = 8;

/**
 * Inflates a GZIP_1 or GZIP_2 tile.
 *
 * @param pixels Pixels of the tile; more than 8 bytes for each are refused.
 * @throws {SpitError} `bad_tile`
 */
export function inflateTile(bytes: Uint8Array, pixels: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: pixels * WIDEST_PIXEL });
  } catch (error) {
    const what = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE"
      ? `a gzip tile of ${pixels} pixels holds more than ${WIDEST_PIXEL} bytes for each`
      : `a gzip tile is damaged: ${(error as Error).message}`;
    throw new SpitError("bad_tile", what, { cause: error });
  }
}

/**
 * Undoes the shuffle of GZIP_2, which puts the first bytes of all pixels before
 * the second ones, and so on (FITS Standard 4.0, section 10.4.3).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { unshuffle } from "./plain_tile.ts";
 *
 * assertEquals(unshuffle(new Uint8Array([1, 3, 5, 2, 4, 6]), 3), new Uint8Array([1, 2, 3, 4, 5, 6]));
 * ```
 */
export function unshuffle(bytes: Uint8Array, pixels: number): Uint8Array {
  const size = bytes.length / pixels;
  const ordered = new Uint8Array(bytes.length);
  for (let part = 0, from = 0; part < size; part++) {
    for (let i = 0; i < pixels; i++) ordered[i * size + part] = bytes[from++]!;
  }
  return ordered;
}

/**
 * Big-endian bytes as numbers. Integers may be narrower or wider than the pixels
 * of the image: their width follows from the number of bytes.
 *
 * @param isFloat Whether 4 and 8 bytes are floats.
 * @throws {SpitError} `bad_tile`: not 1, 2, 4 or 8 bytes for each pixel.
 */
export function plainPixels(
  bytes: Uint8Array,
  pixels: number,
  isFloat: boolean,
): StoredPixels {
  const { buffer } = new Uint8Array(bytes);
  const values = numbersOf(buffer, bytes.length / pixels, isFloat);
  if (values === undefined) {
    throw new SpitError(
      "bad_tile",
      `a tile of ${pixels} pixels unpacks to ${bytes.length} bytes`,
    );
  }
  swapBigEndian(values);
  return values;
}

function numbersOf(
  buffer: ArrayBuffer,
  size: number,
  isFloat: boolean,
): StoredPixels | undefined {
  switch (size) {
    case 1:
      return new Uint8Array(buffer);
    case 2:
      return new Int16Array(buffer);
    case 4:
      return isFloat ? new Float32Array(buffer) : new Int32Array(buffer);
    case 8:
      return isFloat ? new Float64Array(buffer) : new BigInt64Array(buffer);
  }
  return undefined;
}
