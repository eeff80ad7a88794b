/**
 * Where frames were taken, and when it was day, twilight and night there.
 *
 * @module
 */
import { type Card, makeHeader } from "../../fits/header.ts";
import { selectRules } from "../../header/builtin_rules.ts";
import {
  MJD_OF_UNIX_EPOCH,
  parseDeclination,
} from "../../header/card_values.ts";
import { readLongitude } from "../../header/log_entry.ts";

/** The site of a telescope. */
export interface Site {
  /** Name of the observatory; `null` if it is not in the list. */
  readonly name: string | null;
  /** Degrees, east positive. */
  readonly longitude: number;
  /** Degrees, north positive. */
  readonly latitude: number;
  /** Name of the time zone in the IANA database; `null` if it is unknown. */
  readonly zone: string | null;
}

/**
 * Observatories: name, longitude, latitude, time zone. Positions are good to 0.02°, which
 * changes the times of twilight by some seconds.
 *
 * Source: astropy-data, coordinates/sites.json; for those that it lacks, the observatories.
 */
const SITES: readonly (readonly [string, number, number, string])[] = [
  ["Apache Point", -105.8204, 32.7803, "America/Denver"],
  ["Asiago", 11.5688, 45.8486, "Europe/Rome"],
  ["Calar Alto", -2.5468, 37.2236, "Europe/Madrid"],
  ["Cerro Pachón", -70.7367, -30.2407, "America/Santiago"],
  // SOAR, which is as far east as La Silla.
  ["Cerro Pachón", -70.7337, -30.238, "America/Santiago"],
  ["Cerro Tololo", -70.806, -30.1653, "America/Santiago"],
  ["Haleakalā", -156.2558, 20.7155, "Pacific/Honolulu"],
  ["Hanle", 78.9642, 32.7794, "Asia/Kolkata"],
  ["Haute-Provence", 5.7122, 43.9308, "Europe/Paris"],
  ["Kitt Peak", -111.5997, 31.9633, "America/Phoenix"],
  ["La Silla", -70.7345, -29.2567, "America/Santiago"],
  ["Las Campanas", -70.6926, -29.0033, "America/Santiago"],
  ["Lick Observatory", -121.6428, 37.3433, "America/Los_Angeles"],
  ["Lijiang", 100.03, 26.6951, "Asia/Shanghai"],
  ["Lowell Discovery Telescope", -111.4223, 34.7443, "America/Phoenix"],
  ["Maunakea", -155.4747, 19.8258, "Pacific/Honolulu"],
  ["McDonald Observatory", -104.0217, 30.6717, "America/Chicago"],
  ["MDM Observatory", -111.6164, 31.95, "America/Phoenix"],
  ["MMT Observatory", -110.885, 31.6883, "America/Phoenix"],
  ["Mount Graham", -109.8891, 32.7013, "America/Phoenix"],
  ["Palomar Observatory", -116.865, 33.356, "America/Los_Angeles"],
  ["Paranal", -70.405, -24.6274, "America/Santiago"],
  ["Roque de los Muchachos", -17.88, 28.7583, "Atlantic/Canary"],
  ["Siding Spring", 149.0661, -31.277, "Australia/Sydney"],
  ["Sutherland", 20.8107, -32.3783, "Africa/Johannesburg"],
  ["Teide", -16.5117, 28.3003, "Atlantic/Canary"],
  ["Xinglong", 117.575, 40.3933, "Asia/Shanghai"],
];

/** Keywords of the latitude, degrees. */
const LATITUDES = [
  ...["OBSGEO-B", "ESO TEL GEOLAT", "LATITUDE", "OBS-LAT", "OBSLAT"],
  ...["SITELAT", "LAT-OBS"],
];

/** Largest distance from a site of the list along either axis, degrees. */
const TOLERANCE = 0.05;

/**
 * Returns the site at which a frame was taken, by the longitude that the built-in rules read
 * from its header, and by its latitude where the header gives one; `null` if either is
 * unknown.
 */
export function findSite(cards: readonly Card[]): Site | null {
  const header = makeHeader(cards);
  const longitude = readLongitude(header, selectRules(header));
  if (longitude === null) return null;
  const values = LATITUDES.map((keyword) => header.values.get(keyword) ?? null);
  const latitude = values.map((value) => parseDeclination(value))
    .find((value) => value !== undefined);
  const distance = ([, east, north]: typeof SITES[number]) =>
    Math.max(
      Math.abs(east - longitude),
      latitude === undefined ? 0 : Math.abs(north - latitude),
    );
  const [nearest] = SITES.toSorted((one, other) =>
    distance(one) - distance(other)
  );
  if (distance(nearest!) <= TOLERANCE) {
    const [name, , north, zone] = nearest!;
    return { name, longitude, latitude: latitude ?? north, zone };
  }
  return latitude === undefined
    ? null
    : { name: null, longitude, latitude, zone: null };
}

/**
 * Returns the difference of local time from UT, hours, and its name: that of the time zone,
 * else that of the nearest full hour of longitude.
 *
 * @param mjd Modified Julian date, days, UT.
 */
export function findLocalTime(
  { longitude, zone }: Pick<Site, "longitude" | "zone">,
  mjd: number,
): { readonly offset: number; readonly name: string } {
  if (zone === null) {
    const offset = Math.round(longitude / 15);
    return { offset, name: `UT${offset < 0 ? "−" : "+"}${Math.abs(offset)}` };
  }
  const part = (timeZoneName: "longOffset" | "short") =>
    new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName })
      .formatToParts((mjd - MJD_OF_UNIX_EPOCH) * 86_400_000)
      .find(({ type }) => type === "timeZoneName")!.value;
  const [, sign = "+", hours = "0", minutes = "0"] =
    /([+-])(\d+):(\d+)/.exec(part("longOffset")) ?? [];
  const size = Number(hours) + Number(minutes) / 60;
  return {
    offset: sign === "-" ? -size : size,
    name: part("short").replace(/^GMT/, "UT").replace("-", "−"),
  };
}

const DEGREE = Math.PI / 180;

/**
 * Returns the altitude of the centre of the Sun without refraction, degrees, good to 0.02°
 * from 1950 to 2050.
 *
 * Source: The Astronomical Almanac, section C, low-precision formulas for the Sun; sidereal
 * time by IAU 1982, first two terms.
 *
 * @param mjd Modified Julian date, days, UT.
 */
export function computeSunAltitude(
  mjd: number,
  { longitude, latitude }: Pick<Site, "longitude" | "latitude">,
): number {
  const days = mjd - 51544.5;
  const mean = 280.46 + 0.9856474 * days;
  const anomaly = (357.528 + 0.9856003 * days) * DEGREE;
  const ecliptic = (mean + 1.915 * Math.sin(anomaly) +
    0.02 * Math.sin(2 * anomaly)) * DEGREE;
  const obliquity = (23.439 - 4e-7 * days) * DEGREE;
  const ascension = Math.atan2(
    Math.cos(obliquity) * Math.sin(ecliptic),
    Math.cos(ecliptic),
  );
  const sine = Math.sin(obliquity) * Math.sin(ecliptic);
  const sidereal = 280.46062 + 360.98564737 * days + longitude;
  const hour = sidereal * DEGREE - ascension;
  const north = latitude * DEGREE;
  return Math.asin(
    Math.sin(north) * sine +
      Math.cos(north) * Math.sqrt(1 - sine * sine) * Math.cos(hour),
  ) / DEGREE;
}

/** Day, twilight, or night. */
export type Phase = "day" | "twilight" | "night";

/** A part of a night, in modified Julian dates. */
export interface PhaseSpan {
  readonly phase: Phase;
  readonly start: number;
  readonly end: number;
}

/** Altitude of the Sun at its rising and setting: half its diameter, and the refraction. */
const HORIZON = -0.833;

/** Altitude of the Sun at the end of the astronomical twilight. */
const DARK = -18;

/** Steps of the search, days. The Sun crosses the twilight in more than twice that time. */
const STEP = 1 / 144;

/** Returns the phases from one time to another, in order. */
export function listPhases(
  start: number,
  end: number,
  site: Pick<Site, "longitude" | "latitude">,
): PhaseSpan[] {
  const phaseAt = (mjd: number): Phase => {
    const altitude = computeSunAltitude(mjd, site);
    return altitude > HORIZON ? "day" : altitude > DARK ? "twilight" : "night";
  };
  const spans: PhaseSpan[] = [];
  let first = start;
  let phase = phaseAt(start);
  for (let last = start; last < end;) {
    const next = Math.min(last + STEP, end);
    if (phaseAt(next) !== phase) {
      let [before, after] = [last, next];
      // To a second.
      while (after - before > 1e-5) {
        const middle = (before + after) / 2;
        if (phaseAt(middle) === phase) before = middle;
        else after = middle;
      }
      spans.push({ phase, start: first, end: after });
      first = after;
      phase = phaseAt(after);
    }
    last = next;
  }
  return [...spans, { phase, start: first, end }];
}
