/**
 * Whether a quantity grows.
 *
 * @module
 */

/** A straight line through measurements. */
export interface Trend {
  /** What it rises by for a step of one. */
  readonly slope: number;
  /** Standard error of that; of two measurements none. */
  readonly error: number;
  /** Mean of the measurements. */
  readonly mean: number;
}

/**
 * Least squares through (x, y). The error takes the scatter of neighbours for
 * independent, which that of memory is not: it is somewhat too small.
 *
 * @throws {RangeError} Fewer than two measurements, or all at one x.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trendOf } from "./trend.ts";
 *
 * const { slope, error, mean } = trendOf([0, 1, 2], [5, 7, 9]);
 * assertEquals([slope, error, mean], [2, 0, 7]);
 * ```
 */
export function trendOf(x: readonly number[], y: readonly number[]): Trend {
  const count = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / count;
  const mean = y.reduce((sum, value) => sum + value, 0) / count;
  const squares = x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
  if (!(squares > 0)) throw new RangeError("a trend needs two places in x");
  const slope = x.reduce(
    (sum, value, k) => sum + (value - meanX) * (y[k]! - mean),
    0,
  ) / squares;
  const left = y.reduce(
    (sum, value, k) => sum + (value - mean - slope * (x[k]! - meanX)) ** 2,
    0,
  );
  const error = count > 2 ? Math.sqrt(left / (count - 2) / squares) : 0;
  return { slope, error, mean };
}

/**
 * Whether a trend over a length is none: a rise of less than `share` of the mean
 * in all, or one that its own error explains (twice that).
 */
export function isFlat(
  { slope, error, mean }: Trend,
  length: number,
  share: number,
): boolean {
  return slope * length <= share * mean || slope <= 2 * error;
}
