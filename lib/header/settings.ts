/**
 * Settings that no rules name: the lamps that burn and the readout of the detector. Frames
 * that differ in them are not of one set.
 *
 * @module
 */
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

/** Cards of the gain and of the speed of the readout: `GAIN`, `CCDSPEED`, `ESO DET READ SPEED`. */
const READOUT =
  /(^|CCD|[ -]|E)GAIN(TYPE|SET)?$|(^|CCD|READ|[ -])SPEED$|READMODE$|RDMODE$/;

/**
 * Returns the cards of lamps that burn, as `LAMPSTAA=on, LAMPSTAC=on`, and those of the gain
 * and the speed of the readout. A key is absent if no card gives it.
 */
export function readSettings(
  { cards, values }: Header,
): Partial<Record<"lamps" | "readout", string>> {
  // Where lamps have letters, LAMPNAME is the name of lamp E.
  const isLabel = (keyword: string) =>
    LABEL.test(keyword) && NUMBERED.test(keyword) &&
    (keyword !== "LAMPNAME" || values.has("LAMPNAMD"));
  const lamps = cards.filter(({ keyword, value }) =>
    LAMP.test(keyword) && !isLabel(keyword) && !isFraction(value) &&
    !OFF.test(toText(value) ?? "")
  );
  const readout = cards.filter(({ keyword }) => READOUT.test(keyword));
  return { ...join("lamps", lamps), ...join("readout", readout) };
}

function join<K extends string>(
  key: K,
  cards: Header["cards"],
): Partial<Record<K, string>> {
  const texts = cards.flatMap(({ keyword, value }) => {
    const text = toText(value);
    return text === undefined || text === "" ? [] : [`${keyword}=${text}`];
  });
  const record: Partial<Record<K, string>> = {};
  if (texts.length > 0) record[key] = [...new Set(texts)].join(", ");
  return record;
}

/** Whether a value is a reading of a sensor, such as a temperature or a current. */
function isFraction(value: CardValue): boolean {
  return typeof value === "number" && !Number.isInteger(value);
}
