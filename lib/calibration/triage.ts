import type { Verdict } from "../classify/verdict.ts";

/**
 * Why a frame needs review: it cannot be read, its header and its pixels disagree, or
 * its type is unknown.
 */
export type ReviewReason = "error" | "conflict" | "unknown";

/**
 * Returns why a frame needs review; `null` if it does not.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { findReviewReason } from "./triage.ts";
 *
 * assertEquals(findReviewReason({ type: "arc", agreement: "conflict" }), "conflict");
 * assertEquals(findReviewReason({ type: "arc", agreement: "agree" }), null);
 * ```
 */
export function findReviewReason(
  { type, agreement }: Pick<Verdict, "type" | "agreement">,
): ReviewReason | null {
  if (type === null) return "error";
  if (agreement === "conflict") return "conflict";
  return type === "unknown" ? "unknown" : null;
}

const ORDER = ["error", "conflict", "unknown", null];

/**
 * Compares verdicts for sorting: errors, conflicts, unknown frames, then the others. The
 * lowest probability comes first, but among conflicts the highest, because a sure verdict
 * means that the header is wrong.
 */
export function compareByReviewReason(one: Verdict, other: Verdict): number {
  const [first, second] = [findReviewReason(one), findReviewReason(other)];
  if (first !== second) return ORDER.indexOf(first) - ORDER.indexOf(second);
  const difference = (one.probability ?? 0) - (other.probability ?? 0);
  return first === "conflict" ? -difference : difference;
}
