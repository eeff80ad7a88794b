/**
 * Step 2: sigma-clip each column, against cosmic rays and hot pixels.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { median } from "./median.ts";

/** Distance from the median, in standard deviations, beyond which a value falls. */
const SIGMA = 3;

/** Rounds after which the clip stops, settled or not. */
const ROUNDS = 5;

/** Columns gathered at a time, so that each column is contiguous while it is clipped. */
const BLOCK = 32;

/**
 * What survives of each column: the values from `low` to `high`, both
 * included. NaN and ±Inf never do. A column without one finite value has
 * `low = Infinity` and `high = -Infinity`.
 */
export interface Survivors {
  /** Smallest value that survives, one for each column. */
  readonly low: Float64Array;
  /** Largest value that survives, one for each column. */
  readonly high: Float64Array;
}

/**
 * Clips each column of a plane at 3 population standard deviations about its
 * median, again and again until nothing more falls or 5 rounds are done.
 *
 * Each round keeps an interval of values, so what survives them all is an
 * interval too: it alone is returned, in physical units, and no mask is made.
 *
 * Source: Jankov & Prochaska 2018, pre-processing; `astropy.stats.sigma_clip` with
 * `sigma=3, maxiters=5, cenfunc="median", stdfunc="std", axis=0`, from which it
 * does not differ.
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
      const kept = keep(column, height, -Number.MAX_VALUE, Number.MAX_VALUE);
      if (kept > 0) clip(column, kept, left + k, low, high);
    }
  }
  return { low, high };
}

/** Clips the first `count` values of a column, all finite; their order is lost. */
function clip(
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
    const reach = SIGMA * deviation(values, count, values[count >> 1]!);
    // Squares that overflow give no deviation: such a column is left unclipped.
    if (!Number.isFinite(reach)) break;
    bottom = Math.max(bottom, centre - reach);
    top = Math.min(top, centre + reach);
    const kept = keep(values, count, bottom, top);
    if (kept === count) break;
    count = kept;
  }
  low[column] = bottom;
  high[column] = top;
}

/**
 * Population standard deviation of the first `count` values.
 *
 * @param about A value of about their mean. Distances from one of them keep sums of
 *   integers exact, whatever their order.
 */
function deviation(values: Float64Array, count: number, about: number): number {
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < count; k++) {
    const off = values[k]! - about;
    sum += off;
    squares += off * off;
  }
  return Math.sqrt(Math.max(0, squares - sum * sum / count) / count);
}

/** Moves the values from `low` to `high` to the front; returns how many they are. */
function keep(
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
