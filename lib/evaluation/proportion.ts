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

/** A proportion of the frames of some groups, with an interval for frames of further groups. */
export interface GroupedProportion extends Proportion {
  readonly groups: number;
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

/** Fewest groups for an interval of further ones. */
const FEWEST_GROUPS = 5;

/**
 * Returns the proportion of all frames of some groups, with an interval that counts a
 * group as one sample: frames of one instrument or one target are right or wrong together,
 * so that they say less than as many independent frames.
 *
 * The interval is Wilson's for the effective number of frames: the number of independent
 * frames whose proportion has the variance between the groups, corrected for the degrees
 * of freedom (Korn & Graubard 1998, Survey Methodology 24, 193; with Wilson's interval,
 * Dean & Pagano 2015, J. Surv. Stat. Methodol. 3, 484). Where all frames are right, or
 * none is, each group counts as one frame.
 *
 * @param proportions One for each group; those of nothing are left out.
 * @returns `null` for fewer than five groups, which say too little about further ones.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { computeProportion, poolProportions } from "./proportion.ts";
 *
 * const groups = [[9, 9], [8, 8], [0, 7], [9, 9], [5, 5], [2, 2]]
 *   .map(([count, n]) => computeProportion(count!, n!));
 * const pooled = poolProportions(groups)!;
 * const round = (limits: readonly number[]) => limits.map((limit) => limit.toFixed(2));
 * assertEquals([pooled.count, pooled.n], [33, 40]);
 * assertEquals(round(pooled.interval), ["0.29", "0.98"]);
 * assertEquals(round(computeProportion(33, 40).interval), ["0.68", "0.91"]);
 * ```
 */
export function poolProportions(
  proportions: readonly Proportion[],
): GroupedProportion | null {
  const full = proportions.filter(({ n }) => n > 0);
  const groups = full.length;
  if (groups < FEWEST_GROUPS) return null;
  const count = full.reduce((sum, one) => sum + one.count, 0);
  const n = full.reduce((sum, one) => sum + one.n, 0);
  const fraction = count / n;
  const squares = full.reduce(
    (sum, one) => sum + (one.count - fraction * one.n) ** 2,
    0,
  );
  const variance = groups / (groups - 1) * squares / n ** 2;
  const independent = fraction === 0 || fraction === 1
    ? groups
    : Math.min(n, fraction * (1 - fraction) / variance);
  const effective = independent * (Z / computeT(groups - 1)) ** 2;
  return {
    groups,
    count,
    n,
    fraction,
    interval: computeWilsonInterval(fraction * effective, effective),
  };
}

/** Standard deviations of a normal distribution on either side of 95 % of it. */
const Z = 1.96;

/**
 * Returns the 97.5th percentile of Student's t distribution, from that of the normal
 * distribution (Abramowitz & Stegun 1964, 26.7.5; within 0.3 % from four degrees on).
 */
function computeT(degrees: number): number {
  return Z + (Z ** 3 + Z) / (4 * degrees) +
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * degrees ** 2) +
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / (384 * degrees ** 3);
}

/**
 * Returns Wilson's score interval of a proportion (Wilson 1927; eq. 4 of Brown, Cai &
 * DasGupta 2001), which holds for few frames and for 100 % as well.
 *
 * @param count Successes, 0 to n.
 * @param n Trials; 0 gives [0, 1]. An effective number need not be whole.
 * @returns Lower and upper limit of the 95 % interval, 0 to 1.
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
): [number, number] {
  if (n === 0) return [0, 1];
  const centre = (count + Z * Z / 2) / (n + Z * Z);
  const half = Z / (n + Z * Z) * Math.sqrt(count * (n - count) / n + Z * Z / 4);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
