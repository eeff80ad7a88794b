/**
 * How far probabilities can be trusted: reliability, and risk against coverage.
 *
 * @module
 */
import { compareWithLabel, hasType, type ScoredType } from "./predictions.ts";
import { computeProportion, type Proportion } from "./proportion.ts";

export interface Forecast {
  /** 0 to 1. */
  readonly probability: number;
  readonly correct: boolean;
}

export interface ReliabilityBin {
  /** Lower limit of the bin, 0 to 1. */
  readonly low: number;
  readonly high: number;
  /** Mean probability of its frames, 0 to 1; `null` without a frame. */
  readonly probability: number | null;
  readonly correct: Proportion;
}

/**
 * The expected calibration error of these frames if each were right with its probability,
 * independently of the others. A larger number of frames has a smaller one.
 */
export interface ChanceError {
  /** The mean, 0 to 1. */
  readonly mean: number;
  /** Not exceeded in 95 % of the cases (normal approximation), 0 to 1. */
  readonly limit: number;
}

export interface Calibration {
  /** Frames that got a type. */
  readonly n: number;
  /**
   * Expected calibration error, 0 to 1: the mean over bins of the difference between
   * accuracy and mean probability, weighted by frames; `null` without a frame.
   */
  readonly error: number | null;
  /** The error by chance alone; `null` without a frame. */
  readonly chance: ChanceError | null;
  readonly bins: readonly ReliabilityBin[];
}

/** Returns the forecasts for frames that have a type and got one with a probability. */
export function listForecasts(types: readonly ScoredType[]): Forecast[] {
  return types.filter(hasType).flatMap((one) =>
    one.probability === null ? [] : [{
      probability: one.probability,
      correct: compareWithLabel(one) === "correct",
    }]
  );
}

/** Number of bins. */
const BINS = 10;

/**
 * Computes the calibration in ten bins of equal width (Guo et al. 2017,
 * arXiv:1706.04599, §2, where there are 15). A probability on a limit belongs to the bin
 * above.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * import { calibrateEqualWidth } from "./calibration.ts";
 *
 * const forecasts = [1, 2, 3, 4].map((k) => ({ probability: 0.75, correct: k > 1 }));
 * assertAlmostEquals(calibrateEqualWidth(forecasts).error!, 0, 1e-12);
 * ```
 */
export function calibrateEqualWidth(
  forecasts: readonly Forecast[],
): Calibration {
  const members = Map.groupBy(
    forecasts,
    ({ probability }) => Math.min(BINS - 1, Math.floor(probability * BINS)),
  );
  return combineBins(
    Array.from({ length: BINS }, (_, k) => ({
      forecasts: members.get(k) ?? [],
      low: k / BINS,
      high: (k + 1) / BINS,
    })),
  );
}

/**
 * Computes the calibration in ten bins of nearly equal numbers of frames, which resolves
 * the range near probability 1, where most frames are (Nguyen & O'Connor 2015,
 * arXiv:1508.05154). Equal probabilities stay together, so that there may be fewer bins.
 */
export function calibrateEqualMass(
  forecasts: readonly Forecast[],
): Calibration {
  const sorted = forecasts.toSorted((a, b) => a.probability - b.probability);
  const members: BinMembers[] = [];
  let start = 0;
  for (let k = 1; k <= BINS && start < sorted.length; k++) {
    let end = Math.round(k * sorted.length / BINS);
    if (end <= start) continue;
    while (sorted[end]?.probability === sorted[end - 1]!.probability) end++;
    members.push({
      forecasts: sorted.slice(start, end),
      low: sorted[start]!.probability,
      high: sorted[end - 1]!.probability,
    });
    start = end;
  }
  return combineBins(members);
}

/** The forecasts of a bin, and its limits. */
interface BinMembers {
  readonly forecasts: readonly Forecast[];
  readonly low: number;
  readonly high: number;
}

function makeBin({ forecasts, low, high }: BinMembers): ReliabilityBin {
  const n = forecasts.length;
  const sum = forecasts.reduce((total, one) => total + one.probability, 0);
  const correct = forecasts.filter((one) => one.correct).length;
  return {
    low,
    high,
    probability: n === 0 ? null : sum / n,
    correct: computeProportion(correct, n),
  };
}

function combineBins(members: readonly BinMembers[]): Calibration {
  const bins = members.map(makeBin);
  let [n, difference] = [0, 0];
  for (const { correct, probability } of bins) {
    n += correct.n;
    difference += Math.abs(correct.count - (probability ?? 0) * correct.n);
  }
  if (n === 0) return { n, error: null, chance: null, bins };
  return { n, error: difference / n, chance: computeChance(members, n), bins };
}

/** Quantile of the normal distribution that 95 % of it lie below. */
const Z = 1.645;

/**
 * Computes the error by chance of `n` forecasts in bins. The number of wrong frames of a bin
 * has a Poisson binomial distribution. The error is the sum of its absolute deviations
 * from the mean, which are independent of each other.
 */
function computeChance(
  members: readonly BinMembers[],
  n: number,
): ChanceError {
  let [mean, variance] = [0, 0];
  for (const { forecasts } of members) {
    const risks = forecasts.map(({ probability }) => 1 - probability);
    const deviation = computeMeanDeviation(risks);
    mean += deviation;
    variance += computeVariance(risks) - deviation ** 2;
  }
  return { mean: mean / n, limit: (mean + Z * Math.sqrt(variance)) / n };
}

/** Sum of risks from which on the normal distribution is within 0.1 % of the mean deviation. */
const MANY_WRONG = 100;

/** Returns the mean absolute deviation of the number of events with these probabilities. */
function computeMeanDeviation(risks: readonly number[]): number {
  const sum = risks.reduce((total, risk) => total + risk, 0);
  if (sum > MANY_WRONG) return Math.sqrt(2 / Math.PI * computeVariance(risks));
  // The deviations below the mean and above it have the same sum.
  const shares = new Float64Array(Math.floor(sum) + 1);
  shares[0] = 1;
  for (const risk of risks) {
    for (let count = shares.length - 1; count > 0; count--) {
      shares[count] = shares[count]! * (1 - risk) + shares[count - 1]! * risk;
    }
    shares[0]! *= 1 - risk;
  }
  return 2 *
    shares.reduce((total, share, count) => total + share * (sum - count), 0);
}

function computeVariance(risks: readonly number[]): number {
  return risks.reduce((total, risk) => total + risk * (1 - risk), 0);
}

/** Risk and coverage with this probability as the threshold. */
export interface RiskPoint {
  /** Least probability that still gets a type, 0 to 1. */
  readonly probability: number;
  /** Frames that get a type. */
  readonly n: number;
  /** The same as a fraction of all frames that have a type, 0 to 1. */
  readonly coverage: number;
  /** Fraction of them with another type than the label, 0 to 1. */
  readonly risk: number;
}

/** Risk against coverage, from the most probable frame to the last that gets a type. */
export interface RiskCurve {
  /** One point for each probability that occurs, in order of coverage. */
  readonly points: readonly RiskPoint[];
  /**
   * Mean risk over the frames that get a type (area under the curve divided by its
   * length), 0 to 1, less is better; `null` when no frame gets one.
   */
  readonly area: number | null;
}

/**
 * Computes the fraction of wrong types as the threshold on the probability falls.
 * Frames that get no type at any threshold (unknown, unreadable) shorten the curve:
 * it ends before coverage 1. Equal probabilities are one point.
 *
 * Source: El-Yaniv & Wiener 2010 (JMLR 11, 1605); the area after Geifman, Uziel &
 * El-Yaniv 2019 (arXiv:1805.08206).
 */
export function computeRiskCurve(types: readonly ScoredType[]): RiskCurve {
  const total = types.filter(hasType).length;
  const forecasts = listForecasts(types)
    .sort((a, b) => b.probability - a.probability);
  const points: RiskPoint[] = [];
  let [wrong, area, before] = [0, 0, 0];
  forecasts.forEach(({ correct, probability }, k) => {
    if (!correct) wrong++;
    if (forecasts[k + 1]?.probability === probability) return;
    const n = k + 1;
    const risk = wrong / n;
    points.push({ probability, n, coverage: n / total, risk });
    area += risk * (n - before);
    before = n;
  });
  const { length } = forecasts;
  return { points, area: length === 0 ? null : area / length };
}
