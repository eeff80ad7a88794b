/**
 * Percentiles of sorted values.
 *
 * @module
 */
import { select } from "./median.ts";

/** The finite ones of some values, in ascending order. */
export function sortedFinite(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).filter(Number.isFinite).sort();
}

/**
 * The value at a share of the way through sorted values, the nearest below.
 *
 * @param sorted Ascending; of no values at all it is 0.
 * @param share 0 for the smallest, 1 for the largest.
 */
export function percentile(
  sorted: ArrayLike<number>,
  share: number,
): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}

/** {@linkcode percentile} of values in any order, none of them NaN; reorders them. */
export function selected(values: Float64Array, share: number): number {
  const rank = Math.floor(share * (values.length - 1));
  return values.length === 0 ? 0 : select(values, values.length, rank);
}
