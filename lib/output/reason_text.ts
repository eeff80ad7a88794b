/**
 * Why a frame is unknown, in words for an observer.
 *
 * @module
 */
import type { Reason, Verdict } from "../classify/verdict.ts";
import { probabilityText } from "./probability_text.ts";

/** A short phrase for each reason. */
export const REASON_PHRASES: Readonly<Record<Reason, string>> = {
  out_of_distribution: "unlike any spectral frame",
  flips_disagree: "flips disagree",
  low_probability: "low probability",
};

/**
 * Returns the reason why a frame is unknown with the numbers behind it; an empty
 * text for a frame that has a type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { reasonText } from "./reason_text.ts";
 *
 * const text = reasonText({
 *   reason: "low_probability",
 *   pixels: {
 *     type: "unknown",
 *     probability: 0.412,
 *     probabilities: { flat: 0.31, arc: 0.412 },
 *     votes: { arc: 4 },
 *     ood: null,
 *   },
 *   hdus: [0],
 * });
 * assertEquals(text, "low probability: arc is likeliest, with 0.412");
 * ```
 */
export function reasonText(
  verdict: Pick<Verdict, "reason" | "pixels" | "hdus">,
): string {
  const { reason, pixels, hdus } = verdict;
  if (reason === null || pixels === null) return "";
  const phrase = REASON_PHRASES[reason];
  switch (reason) {
    case "out_of_distribution":
      return `${phrase}: ood ${probabilityText(pixels.ood ?? NaN)}`;
    case "flips_disagree":
      return hdus.length > 1
        ? `${phrase}: the HDUs, or flips of them, get different types`
        : `${phrase}: a flip of the input image gets another type`;
    case "low_probability":
      return `${phrase}: ${likeliest(pixels.probabilities)} is likeliest, ` +
        `with ${probabilityText(pixels.probability)}`;
  }
}

function likeliest(
  probabilities: NonNullable<Verdict["pixels"]>["probabilities"],
): string {
  const [first] = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  return first?.[0] ?? "no type";
}
