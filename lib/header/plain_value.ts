/**
 * Values of cards without what varies between observatories.
 *
 * @module
 */
import type { CardValue } from "../fits/header.ts";

/**
 * A text in upper case, blanks and other separators but the comma gone, `FRAME`
 * at its end gone.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { plainValue } from "./plain_value.ts";
 *
 * assertEquals(plainValue("Bias Frame"), "BIAS");
 * assertEquals(plainValue("wave, lamp"), "WAVE,LAMP");
 * ```
 */
export function plainValue(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9,]/g, "").replace(/FRAMES?$/, "");
}

/** A value as text, blanks at both ends cut; `undefined` for a card without one. */
export function textOf(value: CardValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return String(value).trim();
}

/** The number that a value is, or spells; `undefined` when it is none, or no finite one. */
export function numberOf(value: CardValue | undefined): number | undefined {
  if (typeof value === "boolean") return undefined;
  const text = textOf(value);
  if (text === undefined || text === "") return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
