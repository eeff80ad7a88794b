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
   * The cards that claim the type or the subtype, as `OBSTYPE=OBJECT`; `file name` and the
   * name, also with the folder, where the header names no type; empty if there are none.
   * Without a type and a subtype: the cards that contradict each other.
   */
  readonly evidence: string;
  /** The catalogue star of the pointing or the name of the target; `null` for none. */
  readonly standard: StandardMatch | null;
  /**
   * The celestial object that the name of the target has, or the name of the file where the
   * header has no target: `M76`; `null` for none. Found by its form (`findCelestialName`).
   */
  readonly object: string | null;
  /** Cards that the headers of the file give differently, as `EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1`. */
  readonly differs: readonly string[];
}

/** The part of a {@linkcode HeaderClaim} that the claim rules give. */
export type RuleClaim = Pick<HeaderClaim, "type" | "subtype" | "evidence">;

/**
 * Reads the type and the subtype that a header claims.
 *
 * Every rule whose condition is true claims its type. Rules after an `otherwise` apply only
 * if no rule before it claims a type. If rules claim different types, `standard` refines
 * `science`, any type refines `light`, and a flat of the twilight refines `science`; any
 * other combination is a contradiction, and gives no type and no subtype. The first rule
 * with a subtype whose condition is true gives the subtype. A bias and a dark have none.
 *
 * `common` holds the rules for all instruments. Their types count only where the rules of
 * the instrument claim none, `light` or `science` and no subtype forbids the use of the
 * frame; their subtypes only where those claim none.
 */
export function readHeaderClaim(
  header: Header,
  rules: ParsedRules,
  common?: ParsedRules,
): RuleClaim {
  const own = evaluateRules(header, rules.claims);
  if (common === undefined) return combineClaims(own);
  const additional = evaluateRules(
    header,
    own.subtype === null
      ? common.claims
      : common.claims.filter(({ subtype }) => subtype === null),
  );
  const subtype = own.subtype ?? additional.subtype;
  const isOpen = [...own.types.keys()].every((type) =>
    type === "light" || type === "science"
  );
  const isUsable = subtype === null || SUBTYPES[subtype.name].use;
  return combineClaims({
    types: isOpen && isUsable
      ? new Map([...additional.types, ...own.types])
      : own.types,
    subtype,
  });
}

/** What rules claim: types and a subtype, each with its cards. */
interface Claims {
  readonly types: ReadonlyMap<ClaimedType, readonly string[]>;
  readonly subtype: {
    readonly name: Subtype;
    readonly cards: readonly string[];
  } | null;
}

function evaluateRules(
  header: Header,
  rules: ParsedRules["claims"],
): Claims {
  const types = new Map<ClaimedType, readonly string[]>();
  let subtype: Claims["subtype"] = null;
  let rank = 0;
  let isClosed = false;
  for (const rule of rules) {
    if (rule.rank > rank) {
      isClosed ||= [...types.keys()].some((type) => type !== "light");
      rank = rule.rank;
    }
    const type = isClosed || rule.type === null || types.has(rule.type)
      ? null
      : rule.type;
    const name: Subtype | null = subtype === null ? rule.subtype : null;
    if (type === null && name === null) continue;
    const cards = findEvidence(rule.condition, header);
    if (cards === null) continue;
    if (type !== null) types.set(type, cards);
    if (name !== null) subtype = { name, cards };
  }
  return { types, subtype };
}

function combineClaims({ types: claimed, subtype }: Claims): RuleClaim {
  const types = new Map(claimed);
  if (types.size > 1) types.delete("light");
  if (types.has("standard")) types.delete("science");
  if (types.has("flat") && subtype?.name === "twilight") {
    types.delete("science");
  }
  const [first] = types.keys();
  const type = types.size === 1 ? first! : null;
  const cards = [...types.values()].flat();
  const isUnlit = type === "bias" || type === "dark";
  return subtype === null || types.size > 1 || isUnlit
    ? { type, subtype: null, evidence: joinCards(cards) }
    : {
      type,
      subtype: subtype.name,
      evidence: joinCards([...cards, ...subtype.cards]),
    };
}

function joinCards(cards: readonly string[]): string {
  return [...new Set(cards)].join(", ");
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
