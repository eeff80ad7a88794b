/**
 * Calibration: whether 90 % probability is right nine times in ten.
 *
 * @module
 */
import { hasType, type Judged, outcomeOf } from "./judged.ts";
import { type Share, shareOf } from "./share.ts";

/** Frames of like probability. */
export interface ReliabilityBin {
  /** Least probability of the bin, 0 to 1. */
  readonly low: number;
  /** Most. */
  readonly high: number;
  /** Mean probability of its frames, 0 to 1; `null` without a frame. */
  readonly probability: number | null;
  /** Share of its frames that is right. */
  readonly right: Share;
}

/** A reliability table and what it comes to. */
export interface Calibration {
  /** Frames that got a type. */
  readonly n: number;
  /**
   * Expected calibration error, 0 to 1: the mean of |right - probability| over
   * bins, each weighing as many frames as it has; `null` without a frame.
   */
  readonly error: number | null;
  /** The bins, probability growing. */
  readonly bins: readonly ReliabilityBin[];
}

/** A probability and whether it was right. */
export interface Bet {
  /** 0 to 1. */
  readonly probability: number;
  /** The type is the label. */
  readonly right: boolean;
}

/** The bets of frames that have a type and got one. */
export function betsOf(judged: readonly Judged[]): Bet[] {
  return judged.filter(hasType).flatMap((one) => {
    const outcome = outcomeOf(one);
    return outcome === "unknown" || outcome === "error" ? [] : [{
      probability: one.verdict.probability ?? 0,
      right: outcome === "right",
    }];
  });
}

/**
 * Calibration in bins of equal width (Guo et al. 2017, arXiv:1706.04599, §2,
 * there 15 of them).
 *
 * @param bins Number of bins between 0 and 1; a probability on a limit belongs above it.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { equalWidth } from "./calibration.ts";
 *
 * const bets = [1, 2, 3, 4].map((k) => ({ probability: 0.75, right: k > 1 }));
 * assertAlmostEquals(equalWidth(bets).error!, 0, 1e-12);
 * ```
 */
export function equalWidth(bets: readonly Bet[], bins = 10): Calibration {
  const members = Array.from({ length: bins }, (): Bet[] => []);
  for (const bet of bets) {
    const bin = Math.min(bins - 1, Math.floor(bet.probability * bins));
    members[bin]!.push(bet);
  }
  return calibrationOf(
    members.map((bin, k) => binOf(bin, k / bins, (k + 1) / bins)),
  );
}

/**
 * Calibration in bins of (nearly) as many frames each, which sees what happens
 * near probability 1, where most frames are (Nguyen & O'Connor 2015,
 * arXiv:1508.05154). Equal probabilities stay together, so that bins may be fewer.
 *
 * @param bins Number of bins at most.
 */
export function equalMass(bets: readonly Bet[], bins = 10): Calibration {
  const sorted = bets.toSorted((a, b) => a.probability - b.probability);
  const members: Bet[][] = [];
  let start = 0;
  for (let k = 1; k <= bins && start < sorted.length; k++) {
    let end = Math.round(k * sorted.length / bins);
    if (end <= start) continue;
    while (sorted[end]?.probability === sorted[end - 1]!.probability) end++;
    members.push(sorted.slice(start, end));
    start = end;
  }
  return calibrationOf(
    members.map((bin) =>
      binOf(bin, bin[0]!.probability, bin.at(-1)!.probability)
    ),
  );
}

function binOf(bets: readonly Bet[], low: number, high: number) {
  const sum = bets.reduce((total, { probability }) => total + probability, 0);
  return {
    low,
    high,
    probability: bets.length === 0 ? null : sum / bets.length,
    right: shareOf(bets.filter(({ right }) => right).length, bets.length),
  };
}

function calibrationOf(bins: readonly ReliabilityBin[]): Calibration {
  const n = bins.reduce((sum, { right }) => sum + right.n, 0);
  const gaps = bins.reduce(
    (sum, { right, probability }) =>
      probability === null
        ? sum
        : sum + Math.abs(right.hits - probability * right.n),
    0,
  );
  return { n, error: n === 0 ? null : gaps / n, bins };
}
