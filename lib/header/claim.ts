import type { Header } from "../fits/header.ts";
import type { FrameType } from "../frame_type.ts";
import { findEvidence } from "./evaluate_rules.ts";
import type { ParsedRules } from "./rules.ts";
import type { StandardMatch } from "./standards.ts";
import type { Subtype } from "./subtype.ts";

/** What a header says about a frame. */
export interface HeaderClaim {
  /**
   * The claimed type; `light` for an open shutter without a type; `null` if the header
   * claims none, or contradicts itself.
   */
  readonly type: FrameType | "light" | null;
  /** What the frame is besides its type; `null` if the header does not say. */
  readonly subtype: Subtype | null;
  /**
   * The cards, as `OBSTYPE=OBJECT`. Without a type: the cards that contradict each other,
   * or an empty text if nothing is claimed.
   */
  readonly evidence: string;
  /** The standard star that target or pointing name; `null` for none. */
  readonly standard: StandardMatch | null;
  /** Cards that the headers of the file give differently, as `EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1`. */
  readonly differs: readonly string[];
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
    subtype: null,
    evidence: [...new Set([...evidence.values()].flat())].join(", "),
    standard: null,
    differs: [],
  };
}

/** Whether the header's claim and the answer agree; `silent` if they cannot be compared. */
export type Agreement = "agree" | "conflict" | "silent";

/**
 * Compares the claim of a header with the answer.
 *
 * The result is `silent` if the header claims nothing, `conflict` if it contradicts
 * itself. A header that claims `science` agrees with a standard, because most headers
 * write `OBJECT` for both; one that claims `light` agrees with every type but bias and
 * dark, for which the shutter is closed.
 */
export function compareClaim(
  claim: Pick<HeaderClaim, "type" | "evidence">,
  type: FrameType,
): Agreement {
  if (claim.type === null) return claim.evidence === "" ? "silent" : "conflict";
  const agrees = claim.type === "light"
    ? type !== "bias" && type !== "dark"
    : claim.type === type || claim.type === "science" && type === "standard";
  return agrees ? "agree" : "conflict";
}
