import type { CardValue, Header } from "../fits/header.ts";
import {
  findNight,
  formatMjd,
  parseDeclination,
  parseDuration,
  parseLongitude,
  parseMjd,
  parseNight,
  parseRightAscension,
  toNumber,
  toText,
  within,
} from "./card_values.ts";
import { isTrue } from "./evaluate_rules.ts";
import { readLamps } from "./lamps.ts";
import {
  CONFIGURATION_KEYS,
  type ParsedRules,
  type ReadingName,
  type Source,
} from "./rules.ts";

/** An entry of an observing log; `null` where the header has no value. */
export interface LogEntry {
  /** Instrument, with its arm if it has several: `kast-blue`; else the name in the header. */
  readonly instrument: string | null;
  /**
   * Evening on which the night began, `2016-08-26`, from a card of the night, or from the
   * start and the longitude; `null` if neither is known.
   */
  readonly night: string | null;
  /** Start of the exposure, UT: `2016-08-27T03:14:15`. */
  readonly start: string | null;
  /** Start of the exposure, modified Julian date, days. */
  readonly mjd: number | null;
  /** Exposure time, seconds. */
  readonly exposure: number | null;
  /**
   * Longest exposure of the other targets of the same night, seconds; only in the row of a
   * frame of the sky, where the frames of the night are known. In a row of `watch`, that of
   * the night so far, if it makes a standard more probable.
   */
  readonly longest?: number;
  /** Name of the target. */
  readonly target: string | null;
  /** Right ascension, degrees. */
  readonly ra: number | null;
  /** Declination, degrees. */
  readonly dec: number | null;
  /** Airmass at the start of the exposure. */
  readonly airmass: number | null;
  /**
   * State of the instrument, by PypeIt's keys (`dispname`, `dispangle`, `decker`,
   * `dichroic`, `binning`, …), with the read-out (`gain`, `readout`, `window`), the cards
   * of the `lamps` that burn, and the `size` of the first image, columns by rows as
   * `2071x200`.
   */
  readonly configuration: Readonly<Record<string, string>>;
}

/** Reads the entry of a frame by the rules of its instrument. */
export function readLogEntry(header: Header, rules: ParsedRules): LogEntry {
  const read = <T>(
    name: ReadingName,
    parse: (values: readonly CardValue[]) => T | undefined,
  ) => readFirst(header, rules, name, parse) ?? null;

  const isUniversal = isUniversalTime(header);
  const started = isUniversal ? read("start", parseMjd) : null;
  const mjd = isUniversal
    ? read("mjd", single(parseMjdNumber)) ?? roundMjd(started)
    : null;
  const longitude = readLongitude(header, rules);
  const start = started ?? mjd;
  const night = read("night", single((value) => parseNight(value, mjd)));
  const lamps = readLamps(header);
  const pointing = [
    read("ra", single(parseRightAscension)),
    read("dec", single(parseDeclination)),
  ];
  // Camera software without a mount writes 0 for both.
  const isUnknown = pointing.every((angle) => angle === 0);
  const [ra = null, dec = null] = isUnknown ? [] : pointing;
  return {
    instrument: read("instrument", single(parseName)),
    night: night ??
      (mjd === null || longitude === null ? null : findNight(mjd, longitude)),
    start: start === null ? null : formatMjd(start),
    mjd,
    exposure: read("exposure", single(parseExposure)),
    target: read("target", single(parseName)),
    ra,
    dec,
    // The airmass is 38 at the horizon. 0 and 99.9 stand for an unknown one.
    airmass: read(
      "airmass",
      single((value) => within(toNumber(value), 0.99, 40)),
    ),
    configuration: {
      ...Object.fromEntries(CONFIGURATION_KEYS.flatMap((key) => {
        const text = read(key, parseConfigurationValue);
        return text === null ? [] : [[key, text]];
      })),
      ...(lamps !== null && { lamps }),
    },
  };
}

/** Time scales, and UTC by other names, but not `UTC+9`. */
const TIME_SCALE =
  /^(UT|GMT|Z$|UNIVERSAL|TAI|TT|TDT|ET|IAT|TDB|TCB|TCG|GPS)(?!.*[-+] *\d)/i;

/**
 * Whether the dates are in UT or close to it. `TIMESYS` names the time scale, and at some
 * observatories the local time (`LOCAL`, `JST`).
 *
 * Source: FITS standard 4.0, table 30.
 */
function isUniversalTime({ values }: Header): boolean {
  const text = toText(values.get("TIMESYS")) ?? "";
  return text === "" || TIME_SCALE.test(text);
}

/** Reads the longitude of the telescope, degrees, east positive; `null` if it is unknown. */
export function readLongitude(
  header: Header,
  rules: ParsedRules,
): number | null {
  return readFirst(header, rules, "longitude", single(parseLongitude)) ?? null;
}

/** What a standard star is matched with, besides the log. */
export interface Pointing {
  /** Equinox of `ra` and `dec`, years; `null` where the header gives none. */
  readonly equinox: number | null;
  /** Largest separation of a match, arcseconds; only where the rules give one. */
  readonly tolerance?: number;
}

/** Reads the equinox of the pointing, and the tolerance of a match by position. */
export function readPointing(header: Header, rules: ParsedRules): Pointing {
  const equinox = readFirst(header, rules, "equinox", single(parseEquinox));
  const tolerance = readFirst(
    header,
    rules,
    "tolerance",
    single((value) => within(toNumber(value), 0, 36_000)),
  );
  return {
    equinox: equinox ?? null,
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}

/** Returns a year from a number, or from a text as `J2000`, `B1950.0`, `FK4` and `FK5`. */
function parseEquinox(value: CardValue): number | undefined {
  const text = toText(value) ?? "";
  if (/^FK4/i.test(text)) return 1950;
  if (/^(FK5|ICRS)/i.test(text)) return 2000;
  return within(toNumber(text.replace(/^[JB]/i, "")), 1800, 2200);
}

/** The reading of the exposure time, for the comparison of several headers. */
export function parseExposure(value: CardValue): number | undefined {
  return within(parseDuration(value), 0, 1e7);
}

/** Rounds to a tenth of a millisecond. */
function roundMjd(mjd: number | null): number | null {
  return mjd === null ? null : Math.round(mjd * 1e9) / 1e9;
}

/** Returns the first value that can be parsed. */
function readFirst<T>(
  header: Header,
  rules: ParsedRules,
  name: ReadingName,
  parse: (values: readonly CardValue[]) => T | undefined,
): T | undefined {
  for (const { sources, condition } of rules.readings[name] ?? []) {
    if (!isTrue(condition, header)) continue;
    for (const source of sources) {
      const values = readSource(source, header, rules, name);
      const parsed = values === null ? undefined : parse(values);
      if (parsed !== undefined) return parsed;
    }
  }
  return undefined;
}

/** Returns the values of a source; `null` if a card is missing. */
function readSource(
  source: Source,
  header: Header,
  rules: ParsedRules,
  name: ReadingName,
): CardValue[] | null {
  if ("text" in source) return [source.text];
  const values = source.cards.map((card) => header.values.get(card) ?? null);
  if (values.includes(null)) return null;
  switch (source.form ?? findForm(name, source.cards[0]!, header)) {
    case "swapped":
      return values.map(swapNumbers);
    case "milliseconds":
      return values.map((value) => scaleNumber(value, 1e-3));
    case "microseconds":
      return values.map((value) => scaleNumber(value, 1e-6));
    case "hours":
      return values.map((value) => scaleNumber(value, 15));
    case "end":
      return findStart(values, header, rules);
    case null:
      return values;
  }
}

const SECONDS_PER_DAY = 86_400;

/** Returns the time that is earlier by the exposure time; `null` if one of them is unknown. */
function findStart(
  end: readonly CardValue[],
  header: Header,
  rules: ParsedRules,
): CardValue[] | null {
  const mjd = parseMjd(end);
  const exposure = readFirst(header, rules, "exposure", single(parseExposure));
  return mjd === undefined || exposure === undefined
    ? null
    : [formatMjd(mjd - exposure / SECONDS_PER_DAY)];
}

const MILLISECONDS =
  /[([]\s*ms(ecs?)?\s*[)\]]|\bin ms(ecs?)?\b|\bmilli-?sec(ond)?s?\b/i;

/** A number with this comment is in hours: `RA at equinox (hrs)`. */
const HOURS = /[([]\s*(h|hrs?|hours?)\s*[)\]]|\bin (hrs|hours)\b/i;

/** Returns the unit that the comment of a card gives: `[ms]`, `Time (msec)`, `RA (hrs)`. */
function findForm(
  name: ReadingName,
  card: string,
  header: Header,
): "milliseconds" | "hours" | null {
  if (name !== "exposure" && name !== "ra") return null;
  const comment = header.cards.find(({ keyword }) => keyword === card)
    ?.comment;
  if (comment === undefined) return null;
  if (name === "ra") return HOURS.test(comment) ? "hours" : null;
  return MILLISECONDS.test(comment) ? "milliseconds" : null;
}

/** Scales a number. Any other text has its own unit, as `03:14:15` or `30 s`. */
function scaleNumber(value: CardValue, factor: number): CardValue {
  const number = toNumber(value);
  if (number === undefined) return value;
  // 0.1 stays 0.1.
  return Number((number * factor).toPrecision(12));
}

function swapNumbers(value: CardValue): CardValue {
  return toText(value)!.split(/[\s,x]+/i).reverse().join(",");
}

function single<T>(parse: (value: CardValue) => T | undefined) {
  return ([value, ...more]: readonly CardValue[]) =>
    more.length > 0 ? undefined : parse(value!);
}

function parseName(value: CardValue): string | undefined {
  return toText(value) || undefined;
}

/** Accepts dates from 1858 to 2132. A Julian date, or 0 for an unknown date, is out of range. */
function parseMjdNumber(value: CardValue): number | undefined {
  return within(toNumber(value), 1, 100_000);
}

/** Joins values by commas; writes the binnings `1 2` and `1x2` as `1,2`. */
function parseConfigurationValue(
  values: readonly CardValue[],
): string | undefined {
  const text = values.map((value) => toText(value)).join(",");
  const binning = /^(\d+)[\s,x]+(\d+)$/i.exec(text);
  return binning === null ? text || undefined : `${binning[1]},${binning[2]}`;
}
