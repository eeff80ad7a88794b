export interface Proportion {
  readonly count: number;
  readonly n: number;
  /** `count / n`, 0 to 1; `null` when `n` is 0. */
  readonly fraction: number | null;
  /** Wilson's 95 % interval, 0 to 1. */
  readonly interval: readonly [number, number];
}

/** A mean of proportions with equal weights. */
export interface MeanProportion {
  readonly groups: number;
  /** Frames in all of them. */
  readonly n: number;
  /** The mean, 0 to 1; `null` without a proportion. */
  readonly mean: number | null;
  /** 95 % interval, 0 to 1, of the mean over these groups, not over further ones. */
  readonly interval: readonly [number, number];
}

/** Returns a count out of a total as a proportion with Wilson's interval. */
export function computeProportion(count: number, n: number): Proportion {
  return {
    count,
    n,
    fraction: n === 0 ? null : count / n,
    interval: computeWilsonInterval(count, n),
  };
}

/**
 * Returns the mean of proportions with equal weights; those of nothing are left out.
 *
 * The interval recovers each proportion's variance from its own limits (MOVER; Zou,
 * Huang & Zhang 2009, Comput. Stat. Data Anal. 53, 1080, for a sum of proportions with
 * Wilson limits).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { averageProportions, computeProportion } from "./proportion.ts";
 *
 * const proportions = [[3, 3], [1, 2], [0, 0]].map(([count, n]) => computeProportion(count!, n!));
 * assertEquals(averageProportions(proportions).mean, 0.75);
 * ```
 */
export function averageProportions(
  proportions: readonly Proportion[],
): MeanProportion {
  const full = proportions.filter(({ n }) => n > 0);
  const groups = full.length;
  if (groups === 0) return { groups, n: 0, mean: null, interval: [0, 1] };
  let [sum, below, above, n] = [0, 0, 0, 0];
  for (const proportion of full) {
    const value = proportion.count / proportion.n;
    const [low, high] = proportion.interval;
    sum += value;
    below += (value - low) ** 2;
    above += (high - value) ** 2;
    n += proportion.n;
  }
  const mean = sum / groups;
  return {
    groups,
    n,
    mean,
    interval: [
      Math.max(0, mean - Math.sqrt(below) / groups),
      Math.min(1, mean + Math.sqrt(above) / groups),
    ],
  };
}

/**
 * Returns Wilson's score interval of a proportion (Wilson 1927; eq. 4 of Brown, Cai &
 * DasGupta 2001), which holds for few frames and for 100 % as well.
 *
 * @param count Successes, 0 to n.
 * @param n Trials; 0 gives [0, 1].
 * @param z Width in standard deviations; 1.96 for 95 %.
 * @returns Lower and upper limit, 0 to 1.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { computeWilsonInterval } from "./proportion.ts";
 *
 * const [low, high] = computeWilsonInterval(618, 626); // the paper's test set
 * assertAlmostEquals(low, 0.975, 1e-3);
 * assertAlmostEquals(high, 0.994, 1e-3);
 * ```
 */
export function computeWilsonInterval(
  count: number,
  n: number,
  z = 1.96,
): [number, number] {
  if (n === 0) return [0, 1];
  const centre = (count + z * z / 2) / (n + z * z);
  const half = z / (n + z * z) * Math.sqrt(count * (n - count) / n + z * z / 4);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
