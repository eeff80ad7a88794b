import type { Plane } from "../fits/frame.ts";
import { median } from "./percentile.ts";

/** Values further from the median than this many standard deviations are rejected. */
const SIGMA = 3;

const ROUNDS = 5;

/** Columns that are copied at a time, so that each column is contiguous while it is clipped. */
const BLOCK = 32;

/**
 * The values of each column that survive the clip: those from `low` to `high`, both
 * included. NaN and ±Inf never survive. A column without a finite value has
 * `low = Infinity` and `high = -Infinity`.
 */
export interface Survivors {
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/**
 * Step 2: clips each column of a plane at 3 population standard deviations about its
 * median, repeatedly until no more values are rejected, at most 5 times. This rejects
 * cosmic rays and hot pixels.
 *
 * Each round keeps an interval of values, so the values that survive all rounds are
 * an interval, too. Only its bounds are returned, in the units of the pixels.
 *
 * Source: Jankov & Prochaska 2018, pre-processing; the same as
 * `astropy.stats.sigma_clip` with `sigma=3, maxiters=5, cenfunc="median",
 * stdfunc="std", axis=0`.
 *
 * @param plane height × width pixels, spectral axis along columns.
 */
export function sigmaClip(plane: Plane): Survivors {
  const { width, height, pixels } = plane;
  const low = new Float64Array(width).fill(Infinity);
  const high = new Float64Array(width).fill(-Infinity);
  const block = new Float64Array(BLOCK * height);
  const strip = new Float64Array(BLOCK);
  for (let left = 0; left < width; left += BLOCK) {
    const count = Math.min(BLOCK, width - left);
    for (let row = 0; row < height; row++) {
      const start = row * width + left;
      strip.set(pixels.subarray(start, start + count));
      for (let k = 0; k < count; k++) block[k * height + row] = strip[k]!;
    }
    for (let k = 0; k < count; k++) {
      const column = block.subarray(k * height, (k + 1) * height);
      const { MAX_VALUE } = Number;
      const kept = keepWithin(column, height, -MAX_VALUE, MAX_VALUE);
      if (kept > 0) clipColumn(column, kept, left + k, low, high);
    }
  }
  return { low, high };
}

/** Clips the first `count` values of a column, all finite. Reorders them. */
function clipColumn(
  values: Float64Array,
  count: number,
  column: number,
  low: Float64Array,
  high: Float64Array,
): void {
  let bottom = -Number.MAX_VALUE;
  let top = Number.MAX_VALUE;
  for (let round = 0; round < ROUNDS; round++) {
    const centre = median(values, count);
    const reach = SIGMA * computeDeviation(values, count, values[count >> 1]!);
    // A column whose squares overflow has no finite deviation and is not clipped.
    if (!Number.isFinite(reach)) break;
    bottom = Math.max(bottom, centre - reach);
    top = Math.min(top, centre + reach);
    const kept = keepWithin(values, count, bottom, top);
    if (kept === count) break;
    count = kept;
  }
  low[column] = bottom;
  high[column] = top;
}

/**
 * Computes the population standard deviation of the first `count` values.
 *
 * @param about One of the values, near their mean. Differences from it keep the sums
 *   of integers exact in any order.
 */
function computeDeviation(
  values: Float64Array,
  count: number,
  about: number,
): number {
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < count; k++) {
    const off = values[k]! - about;
    sum += off;
    squares += off * off;
  }
  return Math.sqrt(Math.max(0, squares - sum * sum / count) / count);
}

/** Moves the values from `low` to `high` to the front and returns their number. */
function keepWithin(
  values: Float64Array,
  count: number,
  low: number,
  high: number,
): number {
  let kept = 0;
  for (let k = 0; k < count; k++) {
    const value = values[k]!;
    if (value >= low && value <= high) values[kept++] = value;
  }
  return kept;
}
