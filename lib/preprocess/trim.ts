import { median } from "./percentile.ts";

/** A row is illuminated when its maximum is more than this times that of the row before. */
const RISE = 1.10;

/** A row is illuminated when its maximum differs from the median maximum by at most this part of it. */
const NEAR = 0.20;

/** The rows to keep; `0 <= first < end <= height`. */
export interface Rows {
  readonly first: number;
  readonly end: number;
}

/**
 * Step 4: finds the rows that the slit illuminates, unlike the overscan, from the maxima
 * of all rows.
 *
 * Going forward from row 1, the first row to keep is the first whose maximum is more
 * than 1.10 × that of the row before, or within 20 % of the median of the positive
 * maxima. The last row to keep is found in the same way, going back from the last
 * row but one. If no row qualifies, nothing is dropped on that side. A row without a
 * maximum (NaN) is not in the median and never qualifies. For negative maxima, 1.10
 * × a value is less than the value, so that a row as bright as the row before
 * qualifies: the dark rows of a frame that was calibrated to below 0 are kept, as in
 * the original.
 *
 * Source: Jankov & Prochaska 2018, pre-processing, which describes only the 10 %
 * rule; the 20 % rule is in the original's code. Three cases differ from the
 * original: rows in which no value survives the clip (it includes their fill value
 * in the median), a frame with fewer than two rows, and ends that cross, as with
 * light in the first and last row only. In the latter two nothing is dropped.
 *
 * @param maxima The maximum of each row; at least one.
 */
export function trim(maxima: Float64Array): Rows {
  const height = maxima.length;
  const positive = maxima.filter((maximum) => maximum > 0);
  const level = positive.length > 0 ? median(positive, positive.length) : NaN;
  const isIlluminated = (row: number, before: number) =>
    maxima[row]! > RISE * maxima[before]! ||
    Math.abs(maxima[row]! - level) <= NEAR * level;

  let first = 1;
  while (first < height && !isIlluminated(first, first - 1)) first++;
  if (first >= height) first = 0;

  let last = height - 2;
  while (last >= 0 && !isIlluminated(last, last + 1)) last--;
  const end = last < 0 ? height : last + 1;

  return first < end ? { first, end } : { first: 0, end: height };
}
