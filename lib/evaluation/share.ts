/**
 * Shares and means of shares, with their error bars.
 *
 * @module
 */
import { wilson } from "./wilson.ts";

/** So many of so many. */
export interface Share {
  /** How many. */
  readonly hits: number;
  /** Of how many. */
  readonly n: number;
  /** `hits / n`, 0 to 1; `null` of none at all. */
  readonly share: number | null;
  /** Wilson's 95 % interval, 0 to 1. */
  readonly interval: readonly [number, number];
}

/** A mean of shares that weigh the same. */
export interface MeanShare {
  /** How many shares. */
  readonly groups: number;
  /** Frames in all of them. */
  readonly n: number;
  /** The mean, 0 to 1; `null` of none at all. */
  readonly mean: number | null;
  /** 95 % interval, 0 to 1, for these very groups: it says nothing of further ones. */
  readonly interval: readonly [number, number];
}

/** So many of so many, with Wilson's interval. */
export function shareOf(hits: number, n: number): Share {
  return {
    hits,
    n,
    share: n === 0 ? null : hits / n,
    interval: wilson(hits, n),
  };
}

/**
 * The mean of shares, each weighing the same; empty ones are left out.
 *
 * The interval recovers each share's variance from its own limits (MOVER; Zou,
 * Huang & Zhang 2009, Comput. Stat. Data Anal. 53, 1080, for a sum of
 * proportions with Wilson limits).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { meanShare, shareOf } from "./share.ts";
 *
 * assertEquals(meanShare([shareOf(3, 3), shareOf(1, 2), shareOf(0, 0)]).mean, 0.75);
 * ```
 */
export function meanShare(shares: readonly Share[]): MeanShare {
  const full = shares.filter(({ n }) => n > 0);
  const groups = full.length;
  if (groups === 0) return { groups, n: 0, mean: null, interval: [0, 1] };
  let [sum, below, above, n] = [0, 0, 0, 0];
  for (const share of full) {
    const value = share.hits / share.n;
    const [low, high] = share.interval;
    sum += value;
    below += (value - low) ** 2;
    above += (high - value) ** 2;
    n += share.n;
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
