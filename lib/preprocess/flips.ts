/**
 * Step 8: the flips of an input image that vote.
 *
 * @module
 */
import { INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH } from "./input_image.ts";

/** Flips of one input image. */
export const FLIPS = 4;

/**
 * A input image as it is, with its rows flipped (first becomes last), with its
 * columns flipped, and with both.
 *
 * Source: Jankov & Prochaska 2018, §4.2.
 *
 * @param pixels 210 × 650 bytes, row-major.
 * @returns 4 × 210 × 650 bytes, one flip after the other.
 * @throws {RangeError} When `pixels` has another length.
 */
export function flips(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;
  if (pixels.length !== size) {
    throw new RangeError(
      `a inputImage has ${size} pixels (${INPUT_IMAGE_HEIGHT} × ${INPUT_IMAGE_WIDTH}), not ${pixels.length}`,
    );
  }
  const all = new Uint8Array(FLIPS * size);
  all.set(pixels, 0);
  for (let row = 0; row < INPUT_IMAGE_HEIGHT; row++) {
    const start = row * INPUT_IMAGE_WIDTH;
    all.set(
      pixels.subarray(start, start + INPUT_IMAGE_WIDTH),
      2 * size - start - INPUT_IMAGE_WIDTH,
    );
  }
  // A input image read backwards has both axes flipped.
  all.set(all.subarray(size, 2 * size), 2 * size);
  all.subarray(2 * size, 3 * size).reverse();
  all.set(pixels, 3 * size);
  all.subarray(3 * size).reverse();
  return all;
}
