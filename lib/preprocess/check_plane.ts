/**
 * Checks a plane that a caller passes in.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { Plane } from "../fits/frame.ts";

/** The arrays that a plane may have its pixels in. */
const PIXEL_ARRAYS = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
];

/** @throws {SpitError} `usage` when the plane is not a rectangle of pixels. */
export function checkPlane({ width, height, pixels }: Plane): void {
  for (
    const [name, length] of [["width", width], ["height", height]] as const
  ) {
    if (Number.isSafeInteger(length) && length > 0) continue;
    throw new SpitError(
      "usage",
      `the ${name} of a plane must be a positive integer, not ${length}`,
    );
  }
  if (!PIXEL_ARRAYS.some((array) => pixels instanceof array)) {
    throw new SpitError(
      "usage",
      "the pixels of a plane must be a typed array of integers of up to 32 bits or of floats",
    );
  }
  if (pixels.length !== width * height) {
    throw new SpitError(
      "usage",
      `a plane of ${width} × ${height} must have ${
        width * height
      } pixels, not ${pixels.length}`,
    );
  }
}
