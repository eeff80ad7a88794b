import { INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH } from "./input_image.ts";

/** Number of flips of one input image. */
export const FLIPS = 4;

/**
 * Step 8: returns an input image as it is, with its rows reversed (the first becomes the
 * last), with its columns reversed, and with both.
 *
 * Source: Jankov & Prochaska 2018, §4.2.
 *
 * @param pixels 210 × 650 bytes, row-major.
 * @returns 4 × 210 × 650 bytes, flip after flip.
 * @throws {RangeError} When `pixels` has another length.
 */
export function makeFlips(pixels: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;
  if (pixels.length !== size) {
    throw new RangeError(
      `an input image has ${size} pixels (${INPUT_IMAGE_HEIGHT} × ${INPUT_IMAGE_WIDTH}), not ${pixels.length}`,
    );
  }
  const flips = new Uint8Array(FLIPS * size);
  flips.set(pixels, 0);
  for (let row = 0; row < INPUT_IMAGE_HEIGHT; row++) {
    const start = row * INPUT_IMAGE_WIDTH;
    flips.set(
      pixels.subarray(start, start + INPUT_IMAGE_WIDTH),
      2 * size - start - INPUT_IMAGE_WIDTH,
    );
  }
  // Reversing the whole array reverses both axes.
  flips.set(flips.subarray(size, 2 * size), 2 * size);
  flips.subarray(2 * size, 3 * size).reverse();
  flips.set(pixels, 3 * size);
  flips.subarray(3 * size).reverse();
  return flips;
}
