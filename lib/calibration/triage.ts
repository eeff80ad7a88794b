/**
 * Which frames a person should look at first.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";

/** Why a frame needs a person: what could not be read, what header and pixels dispute, what has no type. */
export type Doubt = "error" | "conflict" | "unknown";

/** Why a frame needs a person; `null` when it does not. */
export function doubtOf(
  { type, agreement }: Pick<Verdict, "type" | "agreement">,
): Doubt | null {
  if (type === null) return "error";
  if (agreement === "conflict") return "conflict";
  return type === "unknown" ? "unknown" : null;
}

const ORDER: readonly (Doubt | null)[] = [
  "error",
  "conflict",
  "unknown",
  null,
];

/**
 * Sorts verdicts, the most doubtful first: errors, conflicts, unknown frames, then
 * the others. Within each the least sure come first, but of conflicts the surest:
 * there it is the header that is in doubt.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { doubtOf } from "./triage.ts";
 *
 * assertEquals(doubtOf({ type: "arc", agreement: "conflict" }), "conflict");
 * assertEquals(doubtOf({ type: "arc", agreement: "agree" }), null);
 * ```
 */
export function byDoubt(one: Verdict, other: Verdict): number {
  const [first, second] = [doubtOf(one), doubtOf(other)];
  if (first !== second) return ORDER.indexOf(first) - ORDER.indexOf(second);
  const surer = (one.probability ?? 0) - (other.probability ?? 0);
  return first === "conflict" ? -surer : surer;
}
