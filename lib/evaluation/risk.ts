/**
 * Risk against coverage: what abstaining buys.
 *
 * @module
 */
import { hasType, type Judged, outcomeOf } from "./judged.ts";

/** What would be had with this probability as the threshold. */
export interface RiskPoint {
  /** Least probability that is still given a type, 0 to 1. */
  readonly probability: number;
  /** Frames that get a type. */
  readonly n: number;
  /** The same as a share of all frames that have one, 0 to 1. */
  readonly coverage: number;
  /** Share of them with another type than the label, 0 to 1. */
  readonly risk: number;
  /** The same with standard and science counted as one. */
  readonly riskAsOne: number;
}

/** The curve, from the surest frame to the last that gets a type. */
export interface RiskCurve {
  /** One point for each probability that occurs; coverage grows. */
  readonly points: readonly RiskPoint[];
  /**
   * Mean of the risk over the frames that get a type (area under the curve over
   * its length), 0 to 1, less is better; `null` when none gets one.
   */
  readonly area: number | null;
  /** The same with standard and science counted as one. */
  readonly areaAsOne: number | null;
}

/**
 * Sorts frames by probability and follows the share of wrong types from the
 * surest down. Frames without a type (unknown, unreadable) come under no
 * threshold: the curve ends before coverage 1 by their share. Equal probabilities
 * are one point.
 *
 * Source: El-Yaniv & Wiener 2010 (JMLR 11, 1605); the area after Geifman,
 * Uziel & El-Yaniv 2019 (arXiv:1805.08206).
 */
export function riskCurve(judged: readonly Judged[]): RiskCurve {
  const all = judged.filter(hasType);
  const typed = all
    .map((one) => ({
      outcome: outcomeOf(one),
      probability: one.verdict.probability ?? 0,
    }))
    .filter(({ outcome }) => outcome !== "unknown" && outcome !== "error")
    .sort((a, b) => b.probability - a.probability);
  const points: RiskPoint[] = [];
  let [wrong, onSky, area, areaAsOne, before] = [0, 0, 0, 0, 0];
  typed.forEach(({ outcome, probability }, k) => {
    if (outcome === "wrong") wrong++;
    if (outcome === "onSky") onSky++;
    if (typed[k + 1]?.probability === probability) return;
    const n = k + 1;
    const risk = (wrong + onSky) / n;
    const riskAsOne = wrong / n;
    points.push({
      probability,
      n,
      coverage: n / all.length,
      risk,
      riskAsOne,
    });
    area += risk * (n - before);
    areaAsOne += riskAsOne * (n - before);
    before = n;
  });
  const mean = (sum: number) => typed.length === 0 ? null : sum / typed.length;
  return { points, area: mean(area), areaAsOne: mean(areaAsOne) };
}
