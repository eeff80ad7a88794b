import type { Evidence, Verdict } from "../classify/verdict.ts";

/** Why a frame needs review, the most urgent first; see {@linkcode findReviewReason}. */
export const REVIEW_REASONS = [
  "error",
  "conflict",
  "unknown",
  "unusable",
] as const;

/** Why a frame needs review; see {@linkcode findReviewReason}. */
export type ReviewReason = typeof REVIEW_REASONS[number];

/**
 * Returns why a frame needs review: it cannot be read (`error`), its header contradicts
 * its pixels (`conflict`), its type is `unknown`, or it must not be used as its type
 * (`unusable`). Returns `null` for other frames, and for those that have a label.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { findReviewReason } from "./triage.ts";
 *
 * const arc = { type: "arc", agreement: "agree", decided_by: ["pixels"] } as const;
 * assertEquals(findReviewReason({ ...arc, use: true }), null);
 * assertEquals(findReviewReason({ ...arc, use: false }), "unusable");
 * ```
 */
export function findReviewReason(
  { type, agreement, decided_by, use }: Pick<
    Verdict,
    "type" | "agreement" | "decided_by" | "use"
  >,
): ReviewReason | null {
  if (type === null) return "error";
  if ((decided_by as readonly Evidence[]).includes("label")) return null;
  if (agreement === "conflict") return "conflict";
  if (type === "unknown") return "unknown";
  return use ? null : "unusable";
}

const ORDER: readonly (ReviewReason | null)[] = [...REVIEW_REASONS, null];

/**
 * Compares verdicts for sorting: errors, conflicts, unknown and unusable frames, then the
 * others. The lowest probability comes first, but among conflicts the highest, because a sure verdict
 * means that the header is wrong.
 */
export function compareByReviewReason(one: Verdict, other: Verdict): number {
  const [first, second] = [findReviewReason(one), findReviewReason(other)];
  if (first !== second) return ORDER.indexOf(first) - ORDER.indexOf(second);
  const difference = (one.probability ?? 0) - (other.probability ?? 0);
  return first === "conflict" ? -difference : difference;
}
