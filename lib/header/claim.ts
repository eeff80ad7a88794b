/**
 * What a header claims a frame to be. It is set beside the verdict, never into
 * it: the pixels decide.
 *
 * @module
 */
import type { Header } from "../fits/header.ts";
import type { FrameType } from "../frame_type.ts";
import { evidenceOf } from "./holds.ts";
import type { Rules } from "./rules.ts";

/** What a header claims, and the cards that claim it. */
export interface HeaderClaim {
  /** Claimed type; `null` when the header claims none, or contradicts itself. */
  readonly type: FrameType | null;
  /**
   * The cards, as `OBSTYPE=OBJECT`. With no type: those that contradict each
   * other, or empty when nothing is claimed.
   */
  readonly evidence: string;
}

/**
 * What a header claims.
 *
 * Every rule whose condition holds claims its type; those after an `otherwise`
 * are asked only when none before it claims any. Where rules claim different
 * types, `standard` refines `science`, and anything else is a header that
 * contradicts itself: no type, with all the cards as evidence.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { makeHeader } from "../fits/header.ts";
 * import { claim } from "./claim.ts";
 * import { rulesFor } from "./rules_for.ts";
 *
 * const header = makeHeader([
 *   { keyword: "IMAGETYP", value: "OBJECT", comment: "" },
 *   { keyword: "OBSTYPE", value: "flat", comment: "" },
 * ]);
 * assertEquals(claim(header, rulesFor(header)), {
 *   type: null,
 *   evidence: "OBSTYPE=flat, IMAGETYP=OBJECT",
 * });
 * ```
 */
export function claim(header: Header, { claims }: Rules): HeaderClaim {
  const evidence = new Map<FrameType, readonly string[]>();
  let rank = 0;
  for (const rule of claims) {
    if (rule.rank > rank && evidence.size > 0) break;
    rank = rule.rank;
    const cards = evidence.has(rule.type)
      ? null
      : evidenceOf(rule.condition, header);
    if (cards !== null) evidence.set(rule.type, cards);
  }
  if (evidence.has("standard")) evidence.delete("science");
  const [type] = evidence.keys();
  return {
    type: evidence.size === 1 ? type! : null,
    evidence: [...new Set([...evidence.values()].flat())].join(", "),
  };
}
