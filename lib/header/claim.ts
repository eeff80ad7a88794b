import type { Header } from "../fits/header.ts";
import type { FrameType } from "../frame_type.ts";
import { findEvidence } from "./evaluate_rules.ts";
import type { ClaimedType, ParsedRules } from "./rules.ts";
import type { StandardMatch } from "./standards.ts";
import { type Subtype, SUBTYPES } from "./subtype.ts";

/** What the headers of a frame say about it. */
export interface HeaderClaim {
  /**
   * The claimed type; `light` if only the shutter is known to have been open; `null` if
   * the header claims no type, or contradicts itself.
   */
  readonly type: ClaimedType | null;
  /** What the frame is besides its type; `null` if the header does not say it. */
  readonly subtype: Subtype | null;
  /**
   * The cards that claim the type or the subtype, as `OBSTYPE=OBJECT`; empty if there are
   * none. Without a type and a subtype: the cards that contradict each other.
   */
  readonly evidence: string;
  /** The catalogue star of the pointing or the name of the target; `null` for none. */
  readonly standard: StandardMatch | null;
  /** Cards that the headers of the file give differently, as `EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1`. */
  readonly differs: readonly string[];
}

/** The part of a {@linkcode HeaderClaim} that the claim rules give. */
export type RuleClaim = Pick<HeaderClaim, "type" | "subtype" | "evidence">;

/** What each set of rules claims, before it is combined with others. */
interface Claims {
  readonly types: ReadonlyMap<ClaimedType, readonly string[]>;
  readonly subtype: Subtype | null;
  readonly subtypeCards: readonly string[];
}

/**
 * Reads the type and the subtype that a header claims.
 *
 * Every rule whose condition is true claims its type. Rules after an `otherwise` apply only
 * if no rule before it claims a type. If rules claim different types, `standard` refines
 * `science`, and any type refines `light`; any other combination is a contradiction, and
 * gives no type. The first rule with a subtype whose condition is true gives the subtype.
 *
 * `common` holds the rules for all instruments. Their types count only where the rules of
 * the instrument claim none, `light` or `science`, their subtype only where those claim
 * none.
 */
export function readHeaderClaim(
  header: Header,
  rules: ParsedRules,
  common?: ParsedRules,
): RuleClaim {
  const own = evaluateRules(header, rules);
  const other = common && evaluateRules(header, common);
  const types = new Map(own.types);
  const isOpen = [...types.keys()].every((type) =>
    type === "light" || type === "science"
  );
  if (other !== undefined && isOpen) {
    for (const [type, cards] of other.types) {
      if (!types.has(type)) types.set(type, cards);
    }
  }
  const withSubtype = own.subtype === null && other !== undefined ? other : own;
  return combineClaims(types, withSubtype.subtype, withSubtype.subtypeCards);
}

function evaluateRules(header: Header, { claims }: ParsedRules): Claims {
  const types = new Map<ClaimedType, readonly string[]>();
  let subtype: Subtype | null = null;
  let subtypeCards: readonly string[] = [];
  let rank = 0;
  let closed = false;
  for (const rule of claims) {
    if (rule.rank > rank) {
      closed ||= [...types.keys()].some((type) => type !== "light");
      rank = rule.rank;
    }
    const wantsType = !closed && rule.type !== null && !types.has(rule.type);
    const wantsSubtype = subtype === null && rule.subtype !== null;
    if (!wantsType && !wantsSubtype) continue;
    const cards = findEvidence(rule.condition, header);
    if (cards === null) continue;
    if (wantsType) types.set(rule.type!, cards);
    if (wantsSubtype) {
      subtype = rule.subtype;
      subtypeCards = cards;
    }
  }
  return { types, subtype, subtypeCards };
}

/** Combines the cards of each claimed type, and of a subtype, into one claim. */
export function combineClaims(
  claims: ReadonlyMap<ClaimedType, readonly string[]>,
  claimedSubtype: Subtype | null,
  subtypeCards: readonly string[],
): RuleClaim {
  const types = new Map(claims);
  if (types.size > 1) types.delete("light");
  if (types.has("standard")) types.delete("science");
  const [first] = types.keys();
  const type = types.size === 1 ? first! : null;
  const subtype = claimedSubtype !== null &&
      isSubtypeOf(claimedSubtype, type, types.size > 1)
    ? claimedSubtype
    : null;
  const cards = [
    ...[...types.values()].flat(),
    ...(subtype === null ? [] : subtypeCards),
  ];
  return { type, subtype, evidence: [...new Set(cards)].join(", ") };
}

/**
 * A bias or a dark does not depend on what the telescope and the lamps did. Of a header
 * that contradicts itself, only a subtype that forbids the use of the frame counts.
 */
function isSubtypeOf(
  subtype: Subtype,
  type: ClaimedType | null,
  isContradiction: boolean,
): boolean {
  if (isContradiction) return !SUBTYPES[subtype].use;
  return type !== "bias" && type !== "dark";
}

/** Returns whether the cards of a header, or of several, claim different types. */
export function contradictsItself(
  { type, subtype, evidence }: RuleClaim,
): boolean {
  return type === null && subtype === null && evidence !== "";
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
  claim: RuleClaim,
  type: FrameType,
): Agreement {
  if (claim.type === null) {
    return contradictsItself(claim) ? "conflict" : "silent";
  }
  const agrees = claim.type === "light"
    ? type !== "bias" && type !== "dark"
    : claim.type === type || claim.type === "science" && type === "standard";
  return agrees ? "agree" : "conflict";
}
