/**
 * Numbers for machine formats.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";

/**
 * A verdict with probabilities rounded to 6 decimals: beyond that they are the
 * noise of 32-bit arithmetic, and differ between devices.
 */
export function rounded(verdict: Verdict): Verdict {
  const { confidence, probabilities, strangeness } = verdict;
  return {
    ...verdict,
    confidence: confidence === null ? null : round6(confidence),
    probabilities: Object.fromEntries(
      Object.entries(probabilities).map(([type, p]) => [type, round6(p)]),
    ),
    strangeness: strangeness === null ? null : round6(strangeness),
  };
}

function round6(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
