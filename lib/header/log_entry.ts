/**
 * What an observing log has of a frame, from its header.
 *
 * @module
 */
import type { CardValue, Header } from "../fits/header.ts";
import { declinationOf, rightAscensionOf } from "./angle.ts";
import { holds } from "./holds.ts";
import { isoOf, mjdOf, nightOf } from "./moment.ts";
import { numberOf, textOf } from "./plain_value.ts";
import {
  CONFIGURATION_NAMES,
  type ConfigurationName,
  type LogName,
  type Rules,
  type Source,
} from "./rules.ts";

/** A line of an observing log; `null` where the header says nothing. */
export interface LogEntry {
  /** Instrument, and its arm where it has some: `kast-blue`; else what the header calls it. */
  readonly instrument: string | null;
  /** The evening that the night began with, `2016-08-26`; `null` also where the telescope's longitude is not known. */
  readonly night: string | null;
  /** Start of the exposure, UT: `2016-08-27T03:14:15`. */
  readonly start: string | null;
  /** Start of the exposure, modified Julian date, days. */
  readonly mjd: number | null;
  /** Exposure time, seconds. */
  readonly exposure: number | null;
  /** What the observer calls the target. */
  readonly target: string | null;
  /** Right ascension, degrees. */
  readonly ra: number | null;
  /** Declination, degrees. */
  readonly dec: number | null;
  /** Airmass. */
  readonly airmass: number | null;
  /**
   * How the instrument was set up, in PypeIt's names (`dispname`, `dispangle`, `decker`,
   * `dichroic`, `binning`…): what a calibration must share with the frames it is for.
   */
  readonly configuration: Readonly<Record<string, string>>;
}

/** What the header says for an observing log, read by the rules of its instrument. */
export function logEntryOf(header: Header, rules: Rules): LogEntry {
  const read = <T>(
    name: LogName | ConfigurationName,
    readAs: (values: readonly CardValue[]) => T | undefined,
  ) => firstOf(header, rules, name, readAs) ?? null;

  const started = read("start", mjdOf);
  const mjd = read("mjd", one(dateNumberOf)) ?? toTenthsOfMs(started);
  const longitude = read("longitude", one(longitudeOf));
  const start = started ?? mjd;
  return {
    instrument: read("instrument", one(nameOf)),
    night: mjd === null || longitude === null ? null : nightOf(mjd, longitude),
    start: start === null ? null : isoOf(start),
    mjd,
    exposure: read("exposure", one((value) => within(value, 0, 1e7))),
    target: read("target", one(nameOf)),
    ra: read("ra", one(rightAscensionOf)),
    dec: read("dec", one(declinationOf)),
    // 38 at the horizon; those that do not know write 0 or 99.9.
    airmass: read("airmass", one((value) => within(value, 0.99, 40))),
    configuration: Object.fromEntries(CONFIGURATION_NAMES.flatMap((name) => {
      const text = read(name, configurationText);
      return text === null ? [] : [[name, text]];
    })),
  };
}

function toTenthsOfMs(mjd: number | null): number | null {
  return mjd === null ? null : Math.round(mjd * 1e9) / 1e9;
}

/** The first value that can be read as what it should be. */
function firstOf<T>(
  header: Header,
  { readings }: Rules,
  name: LogName | ConfigurationName,
  readAs: (values: readonly CardValue[]) => T | undefined,
): T | undefined {
  for (const { sources, condition } of readings[name] ?? []) {
    if (!holds(condition, header)) continue;
    for (const source of sources) {
      const values = valuesOf(source, header);
      const found = values === null ? undefined : readAs(values);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The values of a source; `null` when one of its cards is not there. */
function valuesOf(source: Source, header: Header): CardValue[] | null {
  if ("text" in source) return [source.text];
  const values = source.cards.map((card) => header.values.get(card) ?? null);
  if (values.includes(null)) return null;
  return source.swapped ? values.map(swapped) : values;
}

function swapped(value: CardValue): CardValue {
  return textOf(value)!.split(/[\s,x]+/i).reverse().join(",");
}

function one<T>(readAs: (value: CardValue) => T | undefined) {
  return ([value, ...more]: readonly CardValue[]) =>
    more.length > 0 ? undefined : readAs(value!);
}

function nameOf(value: CardValue): string | undefined {
  return textOf(value) || undefined;
}

function within(
  value: CardValue,
  least: number,
  most: number,
): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= least && number <= most
    ? number
    : undefined;
}

/** From 1858 to 2132: a Julian date, or 0 for want of one, is none. */
function dateNumberOf(value: CardValue): number | undefined {
  return within(value, 1, 100_000);
}

/** Degrees, −180 to 180, east positive. A sexagesimal text is not taken: some count its degrees to the west. */
function longitudeOf(value: CardValue): number | undefined {
  const degrees = within(value, -180, 360);
  return degrees !== undefined && degrees > 180 ? degrees - 360 : degrees;
}

/** Values joined by commas; of a binning written otherwise (`1 2`, `1x2`), too. */
function configurationText(values: readonly CardValue[]): string | undefined {
  const text = values.map((value) => textOf(value)).join(",");
  const binning = /^(\d+)[\s,x]+(\d+)$/i.exec(text);
  return binning === null ? text || undefined : `${binning[1]},${binning[2]}`;
}
