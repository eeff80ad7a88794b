import type { CardValue, Header } from "../fits/header.ts";
import { toText } from "./card_values.ts";

/**
 * Cards of lamps, of which instruments have many: `LAMPSTAA`, `CLAMP1`, `GCALLAMP`,
 * `LMP1STAT`. `BLCLAMP` is the clamp of a baseline.
 */
const LAMP = /(?<!BLC)LAMP|LMP/;

/** Cards that say what a lamp is, and not whether it burns: `CLAMPNM1`, `LAMP1TYP`. */
const LABEL = /(NAM|NM|NAME|ID|TYP)[\dA-Z]?$/;

/** A card for one of several lamps: `LAMPNAM1`, `LAMPNAMA`, `LAMP1TYP`. */
const NUMBERED = /\d|NAM[A-Z]$/;

/** Values of a lamp that does not burn. */
const OFF = /^(off|false|f|no|none|0+|closed|out|n\/a|unknown)?$/i;

/**
 * Returns the cards of the lamps that burn, as `LAMPSTAA=on, LAMPSTAC=on`; `null` if there
 * are none. Frames that differ in them are not of one set.
 */
export function readLamps({ cards, values }: Header): string | null {
  // Where lamps have letters, LAMPNAME is the name of lamp E.
  const isLabel = (keyword: string) =>
    LABEL.test(keyword) && NUMBERED.test(keyword) &&
    (keyword !== "LAMPNAME" || values.has("LAMPNAMD"));
  const texts = cards.flatMap(({ keyword, value }) => {
    const text = toText(value) ?? "";
    return LAMP.test(keyword) && !isLabel(keyword) && !isFraction(value) &&
        !OFF.test(text)
      ? [`${keyword}=${text}`]
      : [];
  });
  return texts.length === 0 ? null : [...new Set(texts)].join(", ");
}

/** Whether a value is a reading of a sensor, such as a temperature or a current. */
function isFraction(value: CardValue): boolean {
  return typeof value === "number" && !Number.isInteger(value);
}
