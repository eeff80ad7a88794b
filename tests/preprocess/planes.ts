/** Planes and comparisons for the tests of the preprocessing. */
import fc from "../fast_check.ts";
import type { Pixels, Plane } from "../../lib/fits/frame.ts";
import type { InputImage } from "../../lib/preprocess/input_image.ts";

/** Makes a plane from its rows. */
export function planeOf(rows: readonly (readonly number[])[]): Plane {
  return {
    width: rows[0]!.length,
    height: rows.length,
    pixels: Float64Array.from(rows.flat()),
  };
}

/** Makes a plane whose pixels are `value(row, column)`. */
export function planeBy(
  width: number,
  height: number,
  value: (row: number, column: number) => number,
  pixels: Pixels = new Float64Array(width * height),
): Plane {
  for (let k = 0; k < pixels.length; k++) {
    pixels[k] = value(Math.floor(k / width), k % width);
  }
  return { width, height, pixels };
}

/** Small planes of any shape, with pixels from `values`. */
export function planes(
  values: fc.Arbitrary<number>,
  side: number,
): fc.Arbitrary<Plane> {
  const length = fc.integer({ min: 1, max: side });
  return fc.tuple(length, length).chain(([width, height]) =>
    fc.array(values, {
      minLength: width * height,
      maxLength: width * height,
    }).map((pixels) => ({ width, height, pixels: Float64Array.from(pixels) }))
  );
}

/** Pixel values of raw frames, some of them not finite. */
export const rawValues: fc.Arbitrary<number> = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: -100, max: 65535 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);

/** Counts differing pixels; 254 and 255 are equal, because 255·a/a may truncate to either. */
export function differing(a: Uint8Array, b: ArrayLike<number>): number {
  let count = 0;
  for (let k = 0; k < a.length; k++) {
    if (Math.min(a[k]!, 254) !== Math.min(b[k]!, 254)) count++;
  }
  return count;
}

/** Returns the largest relative difference of the limits from the expected ones. */
export function limitError(
  made: Pick<InputImage, "z1" | "z2">,
  wanted: Pick<InputImage, "z1" | "z2">,
): number {
  return Math.max(
    Math.abs(made.z1 - wanted.z1) / Math.abs(wanted.z1),
    Math.abs(made.z2 - wanted.z2) / Math.abs(wanted.z2),
  );
}
