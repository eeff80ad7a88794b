/**
 * Step 8: the views of a picture that vote.
 *
 * @module
 */
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "./input_image.ts";

/** Views of one picture. */
export const VIEWS = 4;

/**
 * A picture as it is, with its rows flipped (first becomes last), with its
 * columns flipped, and with both.
 *
 * Source: Jankov & Prochaska 2018, §4.2.
 *
 * @param pixels 210 × 650 bytes, row-major.
 * @returns 4 × 210 × 650 bytes, one view after the other.
 * @throws {RangeError} When `pixels` has another length.
 */
export function views(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = PICTURE_HEIGHT * PICTURE_WIDTH;
  if (pixels.length !== size) {
    throw new RangeError(
      `a picture has ${size} pixels (${PICTURE_HEIGHT} × ${PICTURE_WIDTH}), not ${pixels.length}`,
    );
  }
  const all = new Uint8Array(VIEWS * size);
  all.set(pixels, 0);
  for (let row = 0; row < PICTURE_HEIGHT; row++) {
    const start = row * PICTURE_WIDTH;
    all.set(
      pixels.subarray(start, start + PICTURE_WIDTH),
      2 * size - start - PICTURE_WIDTH,
    );
  }
  // A picture read backwards has both axes flipped.
  all.set(all.subarray(size, 2 * size), 2 * size);
  all.subarray(2 * size, 3 * size).reverse();
  all.set(pixels, 3 * size);
  all.subarray(3 * size).reverse();
  return all;
}
