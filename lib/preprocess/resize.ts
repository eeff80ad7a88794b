import type { Plane } from "../fits/frame.ts";
import { INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH } from "./input_image.ts";
import type { Rows } from "./trim.ts";

/**
 * Step 5: resizes the kept rows of a plane to 210 × 650 by linear interpolation, along the
 * spectral axis first, then along the spatial axis. Output sample `i` of `N` is at
 * position `i * (n / N)` of `n` (front edges, no centring). Positions beyond the last
 * sample, which occur when `n < N`, are extrapolated through the last two samples; a
 * single sample is repeated.
 *
 * Output pixels that are interpolated from NaN or ±Inf are not finite.
 *
 * Source: `scipy.interpolate.interp1d` with `fill_value="extrapolate"` along each
 * axis in turn, at the positions of the SciPy cookbook's `congrid`. The original
 * throws for fewer than 650 columns; here they are extrapolated, too.
 *
 * @param plane height × width pixels, spectral axis along columns.
 * @returns 210 × 650 values, row-major, in the units of the pixels.
 */
export function resize(plane: Plane, rows: Rows): Float64Array {
  const { width, pixels } = plane;
  const across = computePositions(width, INPUT_IMAGE_WIDTH);
  const down = computePositions(rows.end - rows.first, INPUT_IMAGE_HEIGHT);
  const image = new Float64Array(INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH);

  const values = new Float64Array(width);
  const resample = (row: number, into: Float64Array) => {
    const start = (rows.first + row) * width;
    values.set(pixels.subarray(start, start + width));
    for (let j = 0; j < INPUT_IMAGE_WIDTH; j++) {
      const near = values[across.near[j]!]!;
      const far = values[across.far[j]!]!;
      into[j] = (far - near) * across.part[j]! + near;
    }
  };

  // Positions ascend, so that two resampled rows are enough.
  let upper = new Float64Array(INPUT_IMAGE_WIDTH);
  let lower = new Float64Array(INPUT_IMAGE_WIDTH);
  let upperRow = -1;
  let lowerRow = -1;
  for (let i = 0; i < INPUT_IMAGE_HEIGHT; i++) {
    const near = down.near[i]!;
    const far = down.far[i]!;
    const part = down.part[i]!;
    if (near === lowerRow) {
      [upper, lower] = [lower, upper];
      [upperRow, lowerRow] = [lowerRow, upperRow];
    }
    if (near !== upperRow) resample(upperRow = near, upper);
    if (far !== lowerRow) resample(lowerRow = far, lower);
    const start = i * INPUT_IMAGE_WIDTH;
    for (let j = 0; j < INPUT_IMAGE_WIDTH; j++) {
      image[start + j] = (lower[j]! - upper[j]!) * part + upper[j]!;
    }
  }
  return image;
}

/** For each output sample, the two samples it is interpolated from and the distance from the first. */
interface Positions {
  readonly near: Int32Array;
  readonly far: Int32Array;
  readonly part: Float64Array;
}

/** A position that falls on a sample uses the interval before it, as scipy does: the last digit depends on it. */
function computePositions(have: number, want: number): Positions {
  const near = new Int32Array(want);
  const far = new Int32Array(want);
  const part = new Float64Array(want);
  const step = have / want;
  for (let i = 0; i < want; i++) {
    const at = i * step;
    near[i] = Math.max(0, Math.min(Math.ceil(at) - 1, have - 2));
    far[i] = Math.min(near[i]! + 1, have - 1);
    part[i] = at - near[i]!;
  }
  return { near, far, part };
}
