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
  if (verdict.error !== null) return verdict;
  const { probability, pixels } = verdict;
  return {
    ...verdict,
    probability: round6(probability),
    pixels: {
      ...pixels,
      probability: round6(pixels.probability),
      probabilities: Object.fromEntries(
        Object.entries(pixels.probabilities).map(([type, p]) => [
          type,
          round6(p),
        ]),
      ),
      ood: pixels.ood === null ? null : round6(pixels.ood),
    },
  };
}

function round6(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
