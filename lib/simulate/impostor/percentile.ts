/**
 * Percentiles, good enough to bring frames to one contrast.
 *
 * @module
 */

import { percentile as percentileOf } from "../../preprocess/percentile.ts";

/** Values looked at. */
const SAMPLE = 4001;

/**
 * A value that a part of all lies below, from an even sample.
 *
 * @param part 0 to 1.
 */
export function percentile(values: ArrayLike<number>, part: number): number {
  const count = Math.min(SAMPLE, values.length);
  const sample = Float64Array.from(
    { length: count },
    (_, k) => values[Math.floor(k * values.length / count)]!,
  ).sort();
  return percentileOf(sample, part);
}
