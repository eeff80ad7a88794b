import type { Verdict } from "../classify/verdict.ts";

/** Why a frame needs review, the most urgent first; see {@linkcode findReviewReason}. */
export const REVIEW_REASONS = [
  "error",
  "conflict",
  "unknown",
  "unusable",
] as const;

/** Why a frame needs review; see {@linkcode findReviewReason}. */
export type ReviewReason = typeof REVIEW_REASONS[number];

/** The part of a verdict that says whether the frame needs review. */
type Reviewable = Pick<Verdict, "type" | "decided_by" | "agreement" | "use">;

/**
 * Returns why a frame needs review; `null` if it does not. This is what `--strict`
 * reports.
 *
 * - `error`: the file cannot be read.
 * - `conflict`: the header contradicts the type, or itself.
 * - `unknown`: the frame has no type.
 * - `unusable`: the frame must not be used as its type for another reason, such as a
 *   focus test or damaged pixels.
 *
 * A label settles all of them except an error and damaged pixels (`flags`).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { findReviewReason } from "./triage.ts";
 *
 * const arc = { type: "arc", decided_by: ["pixels"], agreement: "agree", use: true } as const;
 * assertEquals(findReviewReason(arc), null);
 * assertEquals(findReviewReason({ ...arc, use: false }), "unusable");
 * ```
 */
export function findReviewReason(
  { type, decided_by, agreement, use }: Reviewable,
): ReviewReason | null {
  if (type === null) return "error";
  if (isLabelled({ decided_by })) {
    return use || type === "unknown" ? null : "unusable";
  }
  if (agreement === "conflict") return "conflict";
  if (type === "unknown") return "unknown";
  return use ? null : "unusable";
}

/** Returns whether a label gave the type. */
export function isLabelled(
  { decided_by }: Pick<Verdict, "decided_by">,
): boolean {
  return (decided_by as readonly string[]).includes("label");
}

const ORDER: readonly (ReviewReason | null)[] = [...REVIEW_REASONS, null];

/**
 * Returns a number by which verdicts are sorted for review, the lowest first: errors,
 * conflicts, unknown and unusable frames, then the others. The lowest probability comes
 * first, but among conflicts the highest, because a sure verdict means that the header is
 * wrong.
 */
export function computePriority(verdict: Verdict): number {
  const reason = findReviewReason(verdict);
  const probability = verdict.probability ?? 0;
  return 2 * ORDER.indexOf(reason) +
    (reason === "conflict" ? 1 - probability : probability);
}

/** Compares verdicts for sorting by {@linkcode computePriority}. */
export function compareByReviewReason(one: Verdict, other: Verdict): number {
  return computePriority(one) - computePriority(other);
}
