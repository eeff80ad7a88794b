/**
 * The frames that an observer should look at first.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";

/**
 * Why a frame needs attention: it cannot be read, its header and its pixels disagree, or
 * its type is unknown.
 */
export type AttentionReason = "error" | "conflict" | "unknown";

/**
 * Returns why a frame needs attention; `null` if it does not.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { findAttentionReason } from "./triage.ts";
 *
 * assertEquals(findAttentionReason({ type: "arc", agreement: "conflict" }), "conflict");
 * assertEquals(findAttentionReason({ type: "arc", agreement: "agree" }), null);
 * ```
 */
export function findAttentionReason(
  { type, agreement }: Pick<Verdict, "type" | "agreement">,
): AttentionReason | null {
  if (type === null) return "error";
  if (agreement === "conflict") return "conflict";
  return type === "unknown" ? "unknown" : null;
}

const ORDER: readonly (AttentionReason | null)[] = [
  "error",
  "conflict",
  "unknown",
  null,
];

/**
 * Compares verdicts for sorting: errors, conflicts, unknown frames, then the others. The
 * lowest probability comes first, but among conflicts the highest, because a sure verdict
 * means that the header is wrong.
 */
export function compareByAttention(one: Verdict, other: Verdict): number {
  const [first, second] = [
    findAttentionReason(one),
    findAttentionReason(other),
  ];
  if (first !== second) return ORDER.indexOf(first) - ORDER.indexOf(second);
  const difference = (one.probability ?? 0) - (other.probability ?? 0);
  return first === "conflict" ? -difference : difference;
}
