/**
 * The error bar of a count.
 *
 * @module
 */

/**
 * Wilson's score interval of a proportion (Wilson 1927; eq. 4 of Brown, Cai &
 * DasGupta 2001), which stays honest for few frames and for 100 %.
 *
 * @param hits Successes, 0 to n.
 * @param n Trials; none at all gives [0, 1].
 * @param z Width in standard deviations; 1.96 for 95 %.
 * @returns Lower and upper limit, 0 to 1.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { wilson } from "./wilson.ts";
 *
 * const [low, high] = wilson(618, 626); // the paper's test set
 * assertAlmostEquals(low, 0.975, 1e-3);
 * assertAlmostEquals(high, 0.994, 1e-3);
 * ```
 */
export function wilson(hits: number, n: number, z = 1.96): [number, number] {
  if (n === 0) return [0, 1];
  const centre = (hits + z * z / 2) / (n + z * z);
  const half = z / (n + z * z) * Math.sqrt(hits * (n - hits) / n + z * z / 4);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
