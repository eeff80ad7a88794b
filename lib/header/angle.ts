/**
 * Positions of headers.
 *
 * @module
 */
import type { CardValue } from "../fits/header.ts";
import { numberOf, textOf } from "./plain_value.ts";

const SEXAGESIMAL =
  /^([-+]?)(\d{1,3})[:hd° ]\s*(\d{1,2})[:m' ]\s*(\d{1,2}(?:\.\d*)?)[s"]?$/;

/**
 * An angle in degrees: of a number as it is, of a sexagesimal text (`03:14:15.9`,
 * `-12 30 00`) times a factor; `undefined` for anything else.
 *
 * @param perUnit Degrees of the first part of a sexagesimal text: 15 where it counts hours.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { degreesOf } from "./angle.ts";
 *
 * assertEquals(degreesOf("06:30:00", 15), 97.5);
 * assertEquals(degreesOf("-00:30:00", 1), -0.5);
 * assertEquals(degreesOf(97.5, 15), 97.5);
 * ```
 */
export function degreesOf(
  value: CardValue,
  perUnit: 1 | 15,
): number | undefined {
  const number = numberOf(value);
  if (number !== undefined) return number;
  const match = SEXAGESIMAL.exec(textOf(value) ?? "");
  if (match === null) return undefined;
  const [first, minutes, seconds] = match.slice(2).map(Number);
  if (minutes! >= 60 || seconds! > 60) return undefined;
  const size = (first! + minutes! / 60 + seconds! / 3600) * perUnit;
  // To a third of a milliarcsecond: no header says more, and 0.1 is written 0.1.
  const rounded = Math.round(size * 1e7) / 1e7;
  return match[1] === "-" ? -rounded : rounded;
}

/** A right ascension in degrees, 0 to 360; a sexagesimal one is in hours. */
export function rightAscensionOf(value: CardValue): number | undefined {
  const degrees = degreesOf(value, 15);
  return degrees !== undefined && degrees >= 0 && degrees <= 360
    ? degrees
    : undefined;
}

/** A declination in degrees, −90 to 90. */
export function declinationOf(value: CardValue): number | undefined {
  const degrees = degreesOf(value, 1);
  return degrees !== undefined && Math.abs(degrees) <= 90 ? degrees : undefined;
}
