/**
 * Nights of frames, which may be known, unknown, or possible.
 *
 * @module
 */
import { formatMjd, MJD_OF_UNIX_EPOCH } from "../header/card_values.ts";
import type { LogEntry } from "../header/log_entry.ts";

/** The part of a log entry that tells the night. */
export type Dated = Pick<LogEntry, "night" | "mjd">;

/** Returns the night, else the day of the start (UT); `null` without a date. */
export function findNightLabel({ night, mjd }: Dated): string | null {
  return night ?? (mjd === null ? null : formatMjd(mjd).slice(0, 10));
}

/**
 * Returns whether two frames are of the same night; `null` if that is unknown.
 *
 * Where the longitude of the telescope is unknown, so that only the start is known, frames
 * less than a day apart count as of the same night.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { compareNights } from "./night.ts";
 *
 * const evening = { night: "2016-08-26", mjd: null };
 * assertEquals(compareNights(evening, { night: "2016-08-26", mjd: 57627.3 }), true);
 * assertEquals(compareNights(evening, { night: null, mjd: 57627.3 }), true);
 * assertEquals(compareNights(evening, { night: null, mjd: 57629.3 }), false);
 * assertEquals(compareNights(evening, { night: null, mjd: null }), null);
 * ```
 */
export function compareNights(one: Dated, other: Dated): boolean | null {
  if (one.night !== null && other.night !== null) {
    return one.night === other.night;
  }
  if (one.mjd !== null && other.mjd !== null) {
    return Math.abs(one.mjd - other.mjd) < 1;
  }
  const night = one.night ?? other.night;
  const mjd = one.mjd ?? other.mjd;
  if (
    night === null || mjd === null || one.night === null && one.mjd === null
  ) {
    return null;
  }
  if (other.night === null && other.mjd === null) return null;
  // At some longitude the night begins at noon of its date, or up to 24 h later.
  const evening = toMjd(night);
  return evening <= mjd && mjd < evening + 2;
}

/** Returns how many days a night is after another: negative if it is before it. */
export function countDays(from: string, to: string): number {
  return toMjd(to) - toMjd(from);
}

/** Returns the modified Julian date of a day at 0 h. */
function toMjd(day: string): number {
  return Date.parse(day) / 86_400_000 + MJD_OF_UNIX_EPOCH;
}
