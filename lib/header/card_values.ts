import type { CardValue } from "../fits/header.ts";

/**
 * Normalizes a text for comparison: upper case, without separators other than commas, and
 * without `FRAME` at the end.
 */
export function normalizeText(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9,]/g, "").replace(/FRAMES?$/, "");
}

/** Returns a value as trimmed text; `undefined` for a card without a value. */
export function toText(value: CardValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return String(value).trim();
}

/** Returns a value as a finite number; `undefined` if it is not one. */
export function toNumber(value: CardValue | undefined): number | undefined {
  if (typeof value === "boolean") return undefined;
  const text = toText(value);
  if (text === undefined || text === "") return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

const DURATION =
  /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?) ?(m?s|m?secs?|(?:milli)?seconds?|min|mins|minutes?)\.?$/i;

/** Not `1,800`, where the comma can stand between thousands. */
const DECIMAL_COMMA = /^(\d+),(\d{1,2}|\d{4,})(?!\d)/;

/**
 * Parses a duration: a number of seconds, or a text with a unit (`30 s`, `1.5 min`,
 * `500ms`). The text can have a decimal comma (`10,5`), which programs write by the language
 * of the computer.
 *
 * Source: issue 86 of AstroImageJ, for texts with a decimal comma.
 *
 * @returns Seconds; `undefined` for any other value.
 */
export function parseDuration(value: CardValue): number | undefined {
  const text = toText(value)?.replace(DECIMAL_COMMA, "$1.$2") ?? "";
  const number = toNumber(text);
  if (number !== undefined) return number;
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const unit = match[2]!.toLowerCase();
  if (unit.startsWith("min")) return Number(match[1]) * 60;
  return /^m/.test(unit) ? Number(match[1]) / 1000 : Number(match[1]);
}

const SEXAGESIMAL =
  /^([-+]?)\s*(\d{1,3})[:hd° ]\s*(\d{1,2})[:m' ]\s*(\d{1,2}(?:\.\d*)?)(?:[s"]|:\d\d)?$/;

/**
 * Parses an angle: a number in degrees, or a sexagesimal text (`03:14:15.9`,
 * `-12 30 00`). The hundredths of a second that PRISM writes behind another colon
 * (`-68:10:48:00`) are not read.
 *
 * @param unit Degrees per unit of the first part of a sexagesimal text: 15 for hours.
 * @returns Degrees; `undefined` for any other value.
 */
export function parseAngle(value: CardValue, unit: 1 | 15): number | undefined {
  const number = toNumber(value);
  if (number !== undefined) return number;
  const match = SEXAGESIMAL.exec(toText(value) ?? "");
  if (match === null) return undefined;
  const [first, minutes, seconds] = match.slice(2).map(Number);
  if (minutes! >= 60 || seconds! > 60) return undefined;
  const size = (first! + minutes! / 60 + seconds! / 3600) * unit;
  // No header is more precise than a third of a milliarcsecond, and 0.1 stays 0.1.
  const rounded = Math.round(size * 1e7) / 1e7;
  return match[1] === "-" ? -rounded : rounded;
}

/** Parses a right ascension, sexagesimal in hours; returns degrees, 0 to 360. */
export function parseRightAscension(value: CardValue): number | undefined {
  return within(parseAngle(value, 15), 0, 360);
}

/** Parses a declination; returns degrees, −90 to 90. */
export function parseDeclination(value: CardValue): number | undefined {
  return within(parseAngle(value, 1), -90, 90);
}

/** Returns a number from `min` to `max`; `undefined` for any other. */
export function within(
  value: number | undefined,
  min: number,
  max: number,
): number | undefined {
  return value !== undefined && value >= min && value <= max
    ? value
    : undefined;
}

/** Modified Julian date of 1970-01-01. */
export const MJD_OF_UNIX_EPOCH = 40587;

const MS_PER_DAY = 86_400_000;

/**
 * Parses a date and time, given as one value or as two. Seconds are optional; a time that
 * is a number is in hours, or in seconds from 24 up. Dates are `2016-08-27`, also with `:`,
 * `/` or `.` or as `20160827`, `27/08/96` as written before 2000, `27/08/1996`, or with the
 * English name of the month (`27Aug2016`, `2016-AUG-27`).
 *
 * Source: FITS standard 4.0, §9.1 (Pence et al.; ISO-8601, UTC) and §4.4.2.1.
 *
 * @returns Modified Julian date, UT; `undefined` for any other value.
 */
export function parseMjd(values: readonly CardValue[]): number | undefined {
  const [first, second, ...more] = values.map((value) => toText(value));
  if (first === undefined || more.length > 0) return undefined;
  const [date, time] = replaceMonthName(first).split(/[T ]+/);
  const day = parseDate(date!);
  const ms = parseTime(second ?? time ?? "");
  return day === undefined || ms === undefined
    ? undefined
    : day + ms / MS_PER_DAY;
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** `27Aug2016` and `Saturday, 27-Aug-2016`. */
const DAY_MONTH_YEAR =
  /^(?:[a-z]+, *)?(\d{1,2})([-/ ]?)([a-z]{3})[a-z]{0,6}\2(\d{4})(?!\d)/i;

/** `2016-AUG-27`. */
const YEAR_MONTH_DAY = /^(\d{4})([-/ ]?)([a-z]{3})[a-z]{0,6}\2(\d{1,2})(?!\d)/i;

/**
 * Writes the date at the start of a text as `2016-08-27` if it has the name of a month.
 *
 * Sources: headers of LDSS-3 (`NIGHT`) and of IRCAM3 at UKIRT (`UTDATE`).
 */
function replaceMonthName(text: string): string {
  const dayFirst = DAY_MONTH_YEAR.exec(text);
  const match = dayFirst ?? YEAR_MONTH_DAY.exec(text);
  if (match === null) return text;
  const month = MONTHS.indexOf(match[3]!.toLowerCase()) + 1;
  if (month === 0) return text;
  const [year, day] = dayFirst === null
    ? [match[1]!, match[4]!]
    : [match[4]!, match[1]!];
  const date = [year, String(month).padStart(2, "0"), day.padStart(2, "0")];
  return date.join("-") + text.slice(match[0].length);
}

/** Returns the modified Julian date at 0 h. */
function parseDate(text: string): number | undefined {
  const [year, month, day] = findDateParts(text) ?? [];
  if (year === undefined || month! < 1 || day! < 1) return undefined;
  const date = new Date(Date.UTC(year, month! - 1, day!));
  // Date.UTC takes 31 April as 1 May.
  if (date.getUTCMonth() !== month! - 1) return undefined;
  return date.getTime() / MS_PER_DAY + MJD_OF_UNIX_EPOCH;
}

/**
 * Returns year, month and day. Of two numbers the one above 12 is the day: `15/02/1985` and
 * `02/15/1985` are both written, as are `2025/12/16` and `2025/16/12`. If neither is above
 * 12, the day is last behind the year, and first before a year of two digits; `05/04/1987`
 * is ambiguous.
 *
 * Sources: headers of SCORPIO-2 (`2025/16/12`) and of the Mosaic of NOAO (`09/29/97`).
 */
function findDateParts(text: string): readonly number[] | undefined {
  const iso = /^(\d{4})([-:/.]?)(\d\d)\2(\d\d)$/.exec(text);
  if (iso !== null) {
    const [year, second, third] = [iso[1], iso[3], iso[4]].map(Number);
    const isDayFirst = iso[2] === "/" && second! > 12;
    return isDayFirst ? [year!, third!, second!] : [year!, second!, third!];
  }
  const old = /^(\d\d)\/(\d\d)\/(\d\d|\d{4})$/.exec(text);
  if (old === null) return undefined;
  const [first, second, number] = old.slice(1).map(Number);
  const isShort = old[3]!.length === 2;
  const year = isShort ? 1900 + number! : number!;
  if (second! > 12) return [year, first!, second!];
  const isDayFirst = isShort || first === second || first! > 12;
  return isDayFirst ? [year, second!, first!] : undefined;
}

/** Returns milliseconds since 0 h. */
function parseTime(text: string): number | undefined {
  const number = toNumber(text);
  if (number !== undefined) {
    const ms = number * (number < 24 ? 3_600_000 : 1000);
    return within(Math.round(ms), 0, MS_PER_DAY - 1);
  }
  const match = /^(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d*)?))?Z?$/.exec(text);
  if (match === null) return undefined;
  const [h, m, s] = [match[1], match[2], match[3] ?? "0"].map(Number);
  if (h! > 23 || m! > 59 || s! > 60) return undefined;
  return Math.round(((h! * 60 + m!) * 60 + s!) * 1000);
}

/** Formats a modified Julian date as `2016-08-27T03:14:15`, with milliseconds if there are any. */
export function formatMjd(mjd: number): string {
  const date = new Date(Math.round((mjd - MJD_OF_UNIX_EPOCH) * MS_PER_DAY));
  return date.toISOString().replace(/(\.000)?Z$/, "");
}

/**
 * Returns the evening on which a night began, as `2016-08-26`. A night lasts from noon to
 * noon in mean solar time at the telescope.
 *
 * @param mjd Modified Julian date, UT.
 * @param longitude Degrees, east positive.
 */
export function findNight(mjd: number, longitude: number): string {
  return formatMjd(Math.floor(mjd + longitude / 360 - 0.5)).slice(0, 10);
}

/**
 * Parses the evening on which a night began: `2016-08-26`, `20160826` or `26Aug2016`.
 *
 * @param mjd Modified Julian date of the exposure, which the night must contain at some
 *   longitude; `null` if it is unknown.
 * @returns The evening as `2016-08-26`; `undefined` for any other value.
 */
export function parseNight(
  value: CardValue,
  mjd: number | null,
): string | undefined {
  const evening = parseDate(replaceMonthName(toText(value) ?? ""));
  if (evening === undefined) return undefined;
  const isPossible = mjd === null || evening <= mjd && mjd < evening + 2;
  return isPossible ? formatMjd(evening).slice(0, 10) : undefined;
}

/**
 * Longitudes of observatories west of Greenwich, degrees: Maunakea, Haleakala, Lick,
 * Palomar, Kitt Peak, Lowell, MMT, Mount Graham, Apache Point, McDonald, La Silla, Cerro
 * Tololo, Las Campanas, Paranal, La Palma.
 */
const WESTERN_SITES = [
  ...[-155.47, -156.26, -121.64, -116.86, -111.6, -111.42, -110.88, -109.89],
  ...[-105.82, -104.02, -70.73, -70.81, -70.69, -70.4, -17.88],
];

/** A positive longitude up to this, in degrees, moves noon by two hours at most. */
const UNSIGNED_LIMIT = 30;

/**
 * Parses a longitude: degrees, or sexagesimal degrees as `-70:44:12` and `104 59 22 W`.
 *
 * Some headers count to the west. A positive value that is the western longitude of an
 * observatory is taken as one; any other positive sexagesimal value above 30° without a
 * letter is refused. 0 stands for an unknown longitude.
 *
 * @returns Degrees, −180 to 180, east positive; `undefined` for any other value.
 */
export function parseLongitude(value: CardValue): number | undefined {
  const [, number = "", letter = ""] =
    /^(.*?)\s*([EW]?)$/i.exec(toText(value) ?? "") ?? [];
  const given = within(parseAngle(number, 1), -180, 360);
  if (given === undefined || given === 0) return undefined;
  const degrees = given > 180 ? given - 360 : given;
  if (letter !== "") {
    return letter.toUpperCase() === "W" ? -Math.abs(degrees) : degrees;
  }
  const isWestern = WESTERN_SITES.some((site) =>
    Math.abs(site + degrees) < 0.3
  );
  if (isWestern) return -degrees;
  const isNumber = toNumber(number) !== undefined;
  return isNumber || degrees <= UNSIGNED_LIMIT ? degrees : undefined;
}
