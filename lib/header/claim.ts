import type { Header } from "../fits/header.ts";
import type { FrameType } from "../frame_type.ts";
import { findEvidence } from "./evaluate_rules.ts";
import type { ParsedRules } from "./rules.ts";

/** The type that a header claims, which does not change the verdict of the pixels. */
export interface HeaderClaim {
  /** The claimed type; `null` if the header claims none, or contradicts itself. */
  readonly type: FrameType | null;
  /**
   * The cards, as `OBSTYPE=OBJECT`. Without a type: the cards that contradict each other,
   * or an empty text if nothing is claimed.
   */
  readonly evidence: string;
}

/**
 * Reads the type that a header claims.
 *
 * Every rule whose condition is true claims its type. Rules after an `otherwise` apply only
 * if no rule before it claims a type. If rules claim different types, `standard` refines
 * `science`; any other combination is a contradiction, and gives no type.
 */
export function readHeaderClaim(
  header: Header,
  { claims }: ParsedRules,
): HeaderClaim {
  const evidence = new Map<FrameType, readonly string[]>();
  let rank = 0;
  for (const rule of claims) {
    if (rule.rank > rank && evidence.size > 0) break;
    rank = rule.rank;
    if (evidence.has(rule.type)) continue;
    const cards = findEvidence(rule.condition, header);
    if (cards !== null) evidence.set(rule.type, cards);
  }
  if (evidence.has("standard")) evidence.delete("science");
  const [type] = evidence.keys();
  return {
    type: evidence.size === 1 ? type! : null,
    evidence: [...new Set([...evidence.values()].flat())].join(", "),
  };
}

/** Whether header and pixels give the same type; `silent` if they cannot be compared. */
export type Agreement = "agree" | "conflict" | "silent";

/**
 * Compares the claim of a header with the type of the pixels.
 *
 * The result is `silent` if the header claims nothing, the pixels give `unknown`, or the
 * model does not know the claimed type (`spit-paper` has no `dark`). Otherwise it is
 * `conflict` if the types differ or the header contradicts itself.
 *
 * A header that claims `science` agrees with pixels that give `standard`, because most
 * headers write `OBJECT` for both. The reverse is a conflict.
 */
export function compareClaim(
  claim: HeaderClaim,
  type: FrameType | "unknown",
  classes: readonly FrameType[],
): Agreement {
  if (type === "unknown") return "silent";
  if (claim.type === null) return claim.evidence === "" ? "silent" : "conflict";
  if (!classes.includes(claim.type)) return "silent";
  if (claim.type === type) return "agree";
  return claim.type === "science" && type === "standard" ? "agree" : "conflict";
}
