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
  for (const [name, length] of Object.entries({ width, height })) {
    if (Number.isSafeInteger(length) && length > 0) continue;
    throw usageError(
      `the ${name} of a plane must be a positive integer, not ${length}`,
    );
  }
  if (!PIXEL_ARRAYS.some((array) => pixels instanceof array)) {
    throw usageError(
      "the pixels of a plane must be a typed array of integers of up to 32 bits or of floats",
    );
  }
  const count = width * height;
  if (pixels.length === count) return;
  const shape = `${width} × ${height}`;
  throw usageError(
    `a plane of ${shape} must have ${count} pixels, not ${pixels.length}`,
  );
}

function usageError(what: string): SpitError {
  return new SpitError("usage", what);
}
