/**
 * Step 4: trim. Rows that the slit does not light, the overscan among them,
 * are left out.
 *
 * @module
 */
import { median } from "./median.ts";

/** Rise over the row before it at which a row counts as lit. */
const RISE = 1.10;

/** Distance from the median of the maxima, as a part of it, within which a row counts as lit. */
const NEAR = 0.20;

/** Rows that are kept; `0 <= first < end <= height`. */
export interface Rows {
  /** First row kept. */
  readonly first: number;
  /** One past the last row kept. */
  readonly end: number;
}

/**
 * Finds the lit rows from the maxima of all rows.
 *
 * Going forward from row 1, the first row kept is the first whose maximum is
 * more than 1.10 × that of the row before, or lies within 20 % of the median of
 * the maxima above 0; the last one likewise, going back from the last but one.
 * Where no row fits, nothing is dropped on that side. A row without a maximum
 * (NaN) is no part of the median and never fits. Below 0, where 1.10 × a value
 * is less than it, a row as bright as the one before fits: unlit rows of a frame
 * that is calibrated to below 0 stay, as in the original.
 *
 * Source: Jankov & Prochaska 2018, pre-processing, which tells of the 10 % rule alone;
 * the 20 % rule is the original code's. Three cases that the original leaves
 * open or fails on: rows of which nothing survives (it lets a fill value of
 * theirs into its median), a frame with fewer than two rows (nothing is
 * dropped), and ends that cross, as with light in the first and last row alone
 * (nothing is dropped).
 *
 * @param maxima The largest value of each row, at least one row.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { trim } from "./trim.ts";
 *
 * assertEquals(trim(Float64Array.of(1, 1, 9, 9, 9, 9, 1, 1)), { first: 2, end: 6 });
 * ```
 */
export function trim(maxima: Float64Array): Rows {
  const height = maxima.length;
  const lit = maxima.filter((maximum) => maximum > 0);
  const level = lit.length > 0 ? median(lit, lit.length) : NaN;
  const fits = (row: number, before: number) =>
    maxima[row]! > RISE * maxima[before]! ||
    Math.abs(maxima[row]! - level) <= NEAR * level;

  let first = 1;
  while (first < height && !fits(first, first - 1)) first++;
  if (first >= height) first = 0;

  let last = height - 2;
  while (last >= 0 && !fits(last, last + 1)) last--;
  const end = last < 0 ? height : last + 1;

  return first < end ? { first, end } : { first: 0, end: height };
}
