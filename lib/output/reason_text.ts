/**
 * Why a frame is unknown, in words for an observer.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import { probabilityText } from "./probability_text.ts";

/** What of a verdict its reason rests on. */
export type Reasoned = Pick<
  Verdict,
  "reason" | "confidence" | "probabilities" | "strangeness" | "hdus"
>;

/**
 * The reason and what it rests on; empty for a frame that has a type.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { reasonText } from "./reason_text.ts";
 *
 * const text = reasonText({
 *   reason: "low confidence",
 *   confidence: 0.412,
 *   probabilities: { flat: 0.31, arc: 0.412 },
 *   strangeness: null,
 *   hdus: [0],
 * });
 * assertEquals(text, "low confidence: arc is likeliest, with 0.412");
 * ```
 */
export function reasonText(verdict: Reasoned): string {
  const { reason, confidence, probabilities, strangeness, hdus } = verdict;
  switch (reason) {
    case null:
      return "";
    case "unlike any spectral frame":
      return `${reason}: strangeness ${probabilityText(strangeness ?? NaN)}`;
    case "views disagree":
      return hdus.length > 1
        ? `${reason}: the HDUs, or flips of them, get different types`
        : `${reason}: flipped, the picture gets another type`;
    case "low confidence":
      return `${reason}: ${likeliest(probabilities)} is likeliest, ` +
        `with ${probabilityText(confidence ?? NaN)}`;
  }
}

function likeliest(probabilities: Verdict["probabilities"]): string {
  const [first] = Object.entries(probabilities).sort(([, a], [, b]) => b - a);
  return first?.[0] ?? "no type";
}
