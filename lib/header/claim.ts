/**
 * What a header claims a frame to be. It is set beside the verdict, never into
 * it: the pixels decide.
 *
 * @module
 */
import { cardNumber, cardString, type Header } from "../fits/header.ts";
import type { FrameType } from "../frame_type.ts";

/** What a header claims, and the card that claims it. */
export interface HeaderClaim {
  /** Claimed type; `null` when the header claims none, or contradicts itself. */
  readonly type: FrameType | null;
  /** The cards, as `OBSTYPE=OBJECT`; empty when nothing is claimed. */
  readonly evidence: string;
}

/** How headers say what a frame is: data only, so that a rule can be read at a glance. */
export interface HeaderRules {
  /** Keywords that carry the type. */
  readonly typeCards: readonly string[];
  /**
   * Values that name a type, in the form that {@linkcode plainValue} gives.
   * A value that is in no list claims nothing.
   */
  readonly values: Readonly<Record<FrameType, readonly string[]>>;
  /** Keywords with the exposure time, in seconds. Zero seconds is a bias. */
  readonly exposureCards: readonly string[];
}

const NO_CLAIM: HeaderClaim = { type: null, evidence: "" };

/**
 * What a header claims.
 *
 * - Each type card whose value is known names a type. Where cards name
 *   different types, `standard` refines `science` and anything else is a header
 *   that contradicts itself: no type, with the cards as evidence.
 * - An exposure of zero seconds makes a bias of a frame that is called dark,
 *   or that no card names.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { makeHeader } from "../fits/header.ts";
 * import { claim } from "./claim.ts";
 * import { GENERIC } from "./generic.ts";
 *
 * const header = makeHeader([
 *   { keyword: "OBSTYPE", value: "Comparison lamp", comment: "" },
 *   { keyword: "IMAGETYP", value: "COMP", comment: "" },
 * ]);
 * assertEquals(claim(header, GENERIC), { type: "arc", evidence: "IMAGETYP=COMP" });
 * ```
 */
export function claim(header: Header, rules: HeaderRules): HeaderClaim {
  const named = rules.typeCards.flatMap((keyword) => {
    const text = cardString(header, keyword);
    const type = text === undefined ? null : typeNamedBy(text, rules);
    return type === null ? [] : [{ type, evidence: `${keyword}=${text}` }];
  });
  const zero = rules.exposureCards.find((keyword) =>
    cardNumber(header, keyword) === 0
  );

  const types = new Set(named.map(({ type }) => type));
  if (types.has("standard")) types.delete("science");
  if (types.has("bias") && zero !== undefined) types.delete("dark");
  if (types.size > 1) {
    return {
      type: null,
      evidence: named.map(({ evidence }) => evidence).join(", "),
    };
  }
  const [type] = types;
  if (zero !== undefined && (type === undefined || type === "dark")) {
    const evidence = named.map(({ evidence }) => evidence);
    return { type: "bias", evidence: [...evidence, `${zero}=0`].join(", ") };
  }
  return named.find((card) => card.type === type) ?? NO_CLAIM;
}

/**
 * A card's value without what varies between observatories: upper case, blanks
 * and other separators gone, `FRAME` at its end gone.
 */
export function plainValue(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9,]/g, "").replace(/FRAMES?$/, "");
}

function typeNamedBy(text: string, rules: HeaderRules): FrameType | null {
  const value = plainValue(text);
  for (const [type, values] of Object.entries(rules.values)) {
    if (values.includes(value)) return type as FrameType;
  }
  return null;
}
