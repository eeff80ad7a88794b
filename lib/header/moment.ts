/**
 * Dates and times of headers.
 *
 * @module
 */
import type { CardValue } from "../fits/header.ts";
import { numberOf, textOf } from "./plain_value.ts";

/** Modified Julian date of 1970-01-01, where JavaScript counts from. */
const MJD_OF_EPOCH = 40587;

/** Milliseconds of a day. */
const DAY = 86_400_000;

/**
 * A moment, from one value with date and time, or from a date and a time.
 * Seconds may be missing; a time that is a number counts hours. Dates are
 * `2016-08-27`, or `27/08/96` as they were written before 2000.
 *
 * Source: FITS standard 4.0, §9.1 (Pence et al.; ISO-8601, UTC) and §4.4.2.1.
 *
 * @returns Modified Julian date, UT; `undefined` for what cannot be read.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * import { isoOf, mjdOf } from "./moment.ts";
 *
 * const mjd = mjdOf(["2016-08-27T03:14:15"])!;
 * assertAlmostEquals(mjd, 57627.134896, 1e-6);
 * assertEquals(mjdOf(["2016-08-27", "03:14:15"]), mjd);
 * assertEquals(isoOf(mjd), "2016-08-27T03:14:15");
 * ```
 */
export function mjdOf(values: readonly CardValue[]): number | undefined {
  const [first, second, ...more] = values.map((value) => textOf(value));
  if (first === undefined || more.length > 0) return undefined;
  const [date, time] = first.split(/[T ]+/);
  const day = dayOf(date!);
  const ms = millisecondsOf(second ?? time ?? "");
  return day === undefined || ms === undefined ? undefined : day + ms / DAY;
}

/** Modified Julian date at 0 h. */
function dayOf(text: string): number | undefined {
  const iso = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  const old = /^(\d\d)\/(\d\d)\/(\d\d)$/.exec(text);
  const [year, month, day] = iso !== null
    ? iso.slice(1).map(Number)
    : old !== null
    ? [1900 + Number(old[3]), Number(old[2]), Number(old[1])]
    : [];
  if (year === undefined || month! < 1 || day! < 1) return undefined;
  const date = new Date(Date.UTC(year, month! - 1, day!));
  // 31 April would be 1 May.
  if (date.getUTCMonth() !== month! - 1) return undefined;
  return date.getTime() / DAY + MJD_OF_EPOCH;
}

/** Since 0 h. */
function millisecondsOf(text: string): number | undefined {
  const hours = numberOf(text);
  if (hours !== undefined) {
    return hours >= 0 && hours < 24 ? hours * 3_600_000 : undefined;
  }
  const match = /^(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d*)?))?Z?$/.exec(text);
  if (match === null) return undefined;
  const [h, m, s] = [match[1], match[2], match[3] ?? "0"].map(Number);
  if (h! > 23 || m! > 59 || s! > 60) return undefined;
  return Math.round(((h! * 60 + m!) * 60 + s!) * 1000);
}

/** A moment as `2016-08-27T03:14:15`, with milliseconds where there are some. */
export function isoOf(mjd: number): string {
  const date = new Date(Math.round((mjd - MJD_OF_EPOCH) * DAY));
  return date.toISOString().replace(/(\.000)?Z$/, "");
}

/**
 * The evening that a night began with, as `2016-08-26`: a night goes from noon to
 * noon by the mean sun at the telescope.
 *
 * @param mjd Modified Julian date, UT.
 * @param longitude Degrees, east positive.
 */
export function nightOf(mjd: number, longitude: number): string {
  return isoOf(Math.floor(mjd + longitude / 360 - 0.5)).slice(0, 10);
}
