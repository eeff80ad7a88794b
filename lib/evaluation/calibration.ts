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

export interface Calibration {
  /** Frames that got a type. */
  readonly n: number;
  /**
   * Expected calibration error, 0 to 1: the mean over bins of the difference between
   * accuracy and mean probability, weighted by frames; `null` without a frame.
   */
  readonly error: number | null;
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

/**
 * Computes the calibration in bins of equal width (Guo et al. 2017,
 * arXiv:1706.04599, §2, where there are 15).
 *
 * @param bins Number of bins between 0 and 1; a probability on a limit belongs to the bin above.
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
  bins = 10,
): Calibration {
  const members = Map.groupBy(
    forecasts,
    ({ probability }) => Math.min(bins - 1, Math.floor(probability * bins)),
  );
  return combineBins(
    Array.from(
      { length: bins },
      (_, k) => makeBin(members.get(k) ?? [], k / bins, (k + 1) / bins),
    ),
  );
}

/**
 * Computes the calibration in bins of nearly equal numbers of frames, which resolves
 * the range near probability 1, where most frames are (Nguyen & O'Connor 2015,
 * arXiv:1508.05154). Equal probabilities stay together, so that there may be fewer bins.
 *
 * @param bins Maximum number of bins.
 */
export function calibrateEqualMass(
  forecasts: readonly Forecast[],
  bins = 10,
): Calibration {
  const sorted = forecasts.toSorted((a, b) => a.probability - b.probability);
  const members: Forecast[][] = [];
  let start = 0;
  for (let k = 1; k <= bins && start < sorted.length; k++) {
    let end = Math.round(k * sorted.length / bins);
    if (end <= start) continue;
    while (sorted[end]?.probability === sorted[end - 1]!.probability) end++;
    members.push(sorted.slice(start, end));
    start = end;
  }
  return combineBins(
    members.map((bin) =>
      makeBin(bin, bin[0]!.probability, bin.at(-1)!.probability)
    ),
  );
}

function makeBin(
  forecasts: readonly Forecast[],
  low: number,
  high: number,
): ReliabilityBin {
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

function combineBins(bins: readonly ReliabilityBin[]): Calibration {
  let [n, difference] = [0, 0];
  for (const { correct, probability } of bins) {
    n += correct.n;
    difference += Math.abs(correct.count - (probability ?? 0) * correct.n);
  }
  return { n, error: n === 0 ? null : difference / n, bins };
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
