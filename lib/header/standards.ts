import { findCelestialName } from "./celestial_name.ts";
import type { LogEntry, Pointing } from "./log_entry.ts";
import csv from "./standards.csv" with { type: "text" };

/** A star of the catalogue of standard stars. */
export interface Standard {
  readonly name: string;
  readonly aliases: readonly string[];
  /** Right ascension, degrees, J2000, epoch 2000. */
  readonly ra: number;
  /** Declination, degrees, J2000, epoch 2000. */
  readonly dec: number;
  /** Proper motion in right ascension × cos(declination), mas/yr; 0 if it is small. */
  readonly pmRa: number;
  /** Proper motion in declination, mas/yr; 0 if it is small. */
  readonly pmDec: number;
  /** Visual magnitude; the sources give none for a quarter of the stars, all of them faint. */
  readonly magnitude?: number;
  readonly kind: "spectrophotometric" | "telluric" | "polarimetric";
  /** List or paper that the entry comes from. */
  readonly source: string;
}

/** The standard star that a pointing or the name of a target gives. */
export interface StandardMatch {
  /** Name of the star in the catalogue. */
  readonly name: string;
  /**
   * What matched: the pointing, the name of the target, or both; the name of the file
   * where the header has neither.
   */
  readonly matched: readonly ("position" | "name" | "file name")[];
  /** Angle between the pointing and the star, arcseconds; `null` without a pointing. */
  readonly separation: number | null;
  /** Visual magnitude of the star, if the catalogue has one. */
  readonly magnitude?: number;
}

/**
 * Largest separation of a match by position, arcseconds, unless the rules give another:
 * positions in headers are often those of the telescope's encoders. By chance, a target is
 * as near to one of the stars in 0.03 % of the sky.
 */
const DEFAULT_TOLERANCE = 360;

/**
 * Largest separation, arcseconds, at which the name of the target counts although the
 * position does not match: offsets of the instrument, mounts without a pointing model,
 * coordinates of 1950 without their equinox (up to 42′).
 */
const NAME_TOLERANCE = 2700;

/**
 * Largest separation, arcseconds, at which the position counts although the target has the
 * name of another object: the star may have a name that the catalogue lacks, but a galaxy,
 * a companion or a supernova some arcminutes away is not the star.
 */
const OTHER_NAME_TOLERANCE = 30;

let standards: readonly Standard[] | undefined;

/** Lists the catalogue of standard stars. */
export function listStandards(): readonly Standard[] {
  return standards ??= csv.trimEnd().split("\n").slice(1).map((line) => {
    const [name, aliases, ra, dec, pmRa, pmDec, magnitude, kind, source] = line
      .split(",") as [string, ...string[]];
    return {
      name,
      aliases: aliases ? aliases.split("|") : [],
      ra: Number(ra),
      dec: Number(dec),
      pmRa: Number(pmRa),
      pmDec: Number(pmDec),
      ...(magnitude && { magnitude: Number(magnitude) }),
      kind: kind as Standard["kind"],
      source: source!,
    };
  });
}

/**
 * Finds the standard star that a telescope pointed at.
 *
 * A star matches by position within the tolerance, but only within 30″ if the target has
 * the name of another celestial object. A star also matches by the name of the target, if
 * there is no pointing or the pointing is less than 45′ away. Without an
 * equinox, the coordinates are tried as J2000 and as those of date, which some telescopes
 * write. A right ascension below 24 is tried as degrees and as hours. Proper motion is
 * optional: the coordinates may be of epoch 2000 or of date.
 *
 * Without a pointing, the name of the file counts if the target names no standard star:
 * with much camera software, observers type the name of each file and leave OBJECT as it
 * was. With a tolerance of 0 no star matches: rules say so where the star is a science
 * target.
 *
 * A coordinate of exactly 0 and a pole are no pointing: software and parked telescopes
 * write them. Other parking positions are not recognized, because no coordinates are common
 * to all of them.
 *
 * @param file Path of the file.
 * @returns `null` if no star matches.
 */
export function matchStandard(
  entry: Pick<LogEntry, "target" | "ra" | "dec" | "mjd"> & Pointing,
  file?: string,
): StandardMatch | null {
  const { target, ra, dec, mjd, tolerance = DEFAULT_TOLERANCE } = entry;
  if (tolerance === 0) return null;
  const named = target === null ? undefined : findStandardByName(target);
  if (ra === null || dec === null || !isPointing(ra, dec)) {
    const found = named ?? findStandardInFileName(file ?? "");
    if (found === undefined) return null;
    const matched = [named ? "name" : "file name"] as const;
    return toMatch(found, null, matched);
  }
  const year = mjd === null ? null : toYear(mjd);
  const directions = listEquinoxes(entry.equinox, year).flatMap((equinox) =>
    listRightAscensions(ra).map((angle) => precessToJ2000(angle, dec, equinox))
  );
  const measure = (standard: Standard) =>
    Math.min(
      ...directions.map((direction) => separate(direction, standard, year)),
    );
  if (named !== undefined) {
    const separation = measure(named);
    if (separation <= tolerance) {
      return toMatch(named, separation, ["position", "name"]);
    }
    if (separation < NAME_TOLERANCE) {
      return toMatch(named, separation, ["name"]);
    }
  }
  const isNamed = named === undefined && target !== null &&
    findCelestialName(target) !== null;
  let nearest: Standard | undefined;
  let smallest = tolerance;
  for (const standard of listNear(directions, tolerance)) {
    const separation = measure(standard);
    if (separation > smallest) continue;
    const isOther = isNamed && !containsName(target, standard);
    if (isOther && separation > OTHER_NAME_TOLERANCE) continue;
    nearest = standard;
    smallest = separation;
  }
  return nearest === undefined
    ? null
    : toMatch(nearest, smallest, ["position"]);
}

function toMatch(
  { name, magnitude }: Standard,
  separation: number | null,
  matched: StandardMatch["matched"],
): StandardMatch {
  return {
    name,
    matched,
    separation: separation === null ? null : Math.round(separation * 10) / 10,
    ...(magnitude !== undefined && { magnitude }),
  };
}

/** Whether coordinates are those of a pointing, and not those of software or a parked telescope. */
function isPointing(ra: number, dec: number): boolean {
  return Number.isFinite(ra) && Number.isFinite(dec) && ra !== 0 && dec !== 0 &&
    Math.abs(dec) < HIGHEST_DECLINATION;
}

/** Declination of a telescope that is parked at a pole, degrees. */
const HIGHEST_DECLINATION = 89.9;

/**
 * Returns the standard star whose name a file name contains: `vega_std.fits.fz`.
 *
 * A name has four letters and digits or more, at least one of them a letter, and stands
 * between separators. The letter of names such as G 24-9 is joined to its number.
 */
export function findStandardInFileName(fileName: string): Standard | undefined {
  // In file names, `-` separates words more often than it is a sign.
  const base = fileName.replace(/^[^]*[\\/]/, "").replaceAll("-", "_");
  const tokens = splitTokens(base);
  for (let start = 0; start < tokens.length; start++) {
    if (/^[A-Z]$/i.test(tokens[start]!)) continue;
    const end = Math.min(tokens.length, start + MAX_TOKENS);
    for (let stop = end; stop > start; stop--) {
      const text = tokens.slice(start, stop).join("");
      if (text.length < MIN_FILE_NAME_LENGTH || LETTER_AND_NUMBER.test(text)) {
        continue;
      }
      const standard = lookUpTokens(tokens, start, stop);
      if (standard !== undefined) return standard;
    }
  }
  return undefined;
}

const MIN_FILE_NAME_LENGTH = 4;

/** A letter and a number. In the name of a file it is that of a frame: `f110.fits`. */
const LETTER_AND_NUMBER = /^[A-Z]\d+$/i;

/** Tokens of the longest names in file names: `Cyg_OB2_No_9`. */
const MAX_TOKENS = 4;

// Names

/** A name as compared: groups of letters and of digits, `["BD", "28", "4211"]`. */
interface NameKey {
  /** The groups, joined. */
  readonly text: string;
  /** Places in `text` where a separator divides digits: 4 for `BD28|4211`. */
  readonly cuts: ReadonlySet<number>;
  /** Sign of the declination in the name; empty if none is written. */
  readonly sign: string;
}

interface NamedStandard {
  readonly name: string;
  readonly standard: Standard;
}

/** Words that observers add to the name of a star, also with a number: `slit5`. */
const ADDED_WORDS = new Set(
  ("STD STDS STANDARD STAR STDSTAR SP SPEC SPECT SPECTRUM SPECPHOT SPPHOT SPSTD SPECSTD " +
    "SPECTROPHOTOMETRIC FLUX FLUXSTD FLUXSTAR FLUXCAL TELLURIC TELL ZPOL POL " +
    "SLIT SLITLESS WIDE NARROW BLUE RED ARM SIDE ARCSEC ASEC PAR PARALLACTIC ANGLE PA EXP NOD " +
    "SPS TELLURICS SPECTROSCOPIC GRISM GRATING UVB VIS NIR OFFSET CENTER CENTRE " +
    "AIRMASS AM HIGH LOW SEC FIT FITS")
    .split(" "),
);

/**
 * A number that observers add: of an exposure, its seconds, the width of a slit, the
 * binning.
 */
const ADDED_NUMBER = /^[-+]?\d+(?:S|SEC|ARCSEC|ASEC|AS|X\d*|L|NM)?$/i;

/** A grating, a grism or a unit: `GD71_R1000B`, `EG21_400m1`, `300l/mm`, `60 s`. */
const ADDED_SETUP =
  /^(?:(?:GR|GRISM|G|R|B|V|VPH|M)\d{1,4}[A-Z]?|\d{3,4}M\d|S|L|MM)$/i;

/**
 * A word joined to a name, or a letter after its number: `stdFeige34`, `Feige34std`,
 * `feige34a`. A letter after another name is another star: `Sirius B`, `sigma Ori E`.
 */
const GLUED_WORD =
  /^(?:STD|SP)(?=[A-Z])|(?<=\d)(?:STD|FLUX|BLUE|RED|\s?[A-FR])$/gi;

/** What names in the catalogue have in place of other spellings: `ksi2 Cet`, `Hilt102`. */
const FULL_WORDS = new Map(
  ("ALF ALPHA ALP ALPHA BET BETA GAM GAMMA DEL DELTA EPS EPSILON ZET ZETA THE THETA " +
    "TET THETA IOT IOTA KAP KAPPA LAM LAMBDA KSI XI OMI OMICRON SIG SIGMA UPS UPSILON OME OMEGA " +
    "HILT HILTNER EGGR EG")
    .match(/\S+ \S+/g)!.map((pair) => pair.split(" ") as [string, string]),
);

/** A Greek letter joined to a constellation: `zetCas`. */
const GREEK_NAME =
  /^(?:AL[FP]|ALPHA|BETA?|GAM|GAMMA|DEL|DELTA|EPS|ZETA?|ETA|THE|TET|IOT|KAP|LAM|MU|NU|KSI|XI|OMI|PI|RHO|SIG|SIGMA|TAU|UPS|PHI|CHI|PSI|OME)(?=[A-Z]{3}$)/;

/** Catalogues whose names are also written without it: `J17583798+6646522`. */
const OMITTED_CATALOGUE = /^(?:2MASS|SDSS)[\s_-]*(?=J\s?\d)/;

/** Genitives of constellations, and what names in the catalogue have: `alpha Lyrae`. */
const GENITIVES = new Map(
  ("AQUARII AQR AQUILAE AQL CASSIOPEIAE CAS CETI CET COLUMBAE COL CRATERIS CRT " +
    "DORADUS DOR GEMINORUM GEM HYDRAE HYA LACERTAE LAC LEONIS LEO LEPORIS LEP " +
    "LYRAE LYR ORIONIS ORI PEGASI PEG PISCIUM PSC SCORPII SCO TAURI TAU VIRGINIS VIR " +
    "CANIS C URSAE U MAJORIS MA MINORIS MI")
    .match(/\S+ \S+/g)!.map((pair) => pair.split(" ") as [string, string]),
);

let names: ReadonlyMap<string, readonly NamedStandard[]> | undefined;

/**
 * Returns the standard star that a text names: `BDp33_2642_zpol`, `std Feige-034`. Case,
 * separators, leading zeros, and words that observers add are ignored; the rest must be the
 * whole name.
 */
export function findStandardByName(text: string): Standard | undefined {
  const tokens = splitTokens(text);
  // A name can look like added words, as SP0305261 does.
  const first = Math.max(0, tokens.findIndex((token) => !isAddedWord(token)));
  const last = tokens.findLastIndex((token) => !isAdded(token));
  // The fewest words are left out: SP and numbers are also parts of names.
  for (let start = 0; start <= first; start++) {
    for (let stop = tokens.length; stop > Math.max(start, last); stop--) {
      const standard = lookUpTokens(tokens, start, stop);
      if (standard !== undefined) return standard;
    }
  }
  return undefined;
}

function isAddedWord(token: string): boolean {
  return ADDED_WORDS.has(token.toUpperCase().replace(/\d+$/, ""));
}

function isAdded(token: string): boolean {
  return isAddedWord(token) || ADDED_NUMBER.test(token) ||
    ADDED_SETUP.test(token);
}

/** Splits a text at separators. A sign before a digit stays with it: `BD`, `+28`, `4211`. */
function splitTokens(text: string): string[] {
  return text.split(/[^A-Za-z0-9+-]+|[+-](?!\d)|(?=[+-]\d)/)
    .filter((token) => token !== "");
}

/**
 * Finds the star that some tokens of a text name. A number after them continues an
 * abbreviated name: `BD+28` is BD+28 4211, but `BD+28 1234` is another star.
 */
function lookUpTokens(
  tokens: readonly string[],
  start: number,
  stop: number,
): Standard | undefined {
  const text = tokens.slice(start, stop).join(" ");
  const found = lookUp(text) ?? lookUp(text.replace(GLUED_WORD, ""));
  const isContinued = /^[-+]?\d+$/.test(tokens[stop] ?? "");
  return found === undefined || isContinued && isAbbreviation(found)
    ? undefined
    : found.standard;
}

function lookUp(text: string): NamedStandard | undefined {
  for (const key of listKeys(text)) {
    const found = listNames().get(toHash(key.text))?.find(({ name }) =>
      listKeys(name).some((other) => isSameName(key, other))
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a name is the beginning of a longer one, or a letter and a number: `BD+28`, `L1020`. */
function isAbbreviation({ name, standard }: NamedStandard): boolean {
  return LETTER_AND_NUMBER.test(name) ||
    [standard.name, ...standard.aliases].some((longer) =>
      longer.startsWith(name) &&
      /^[\s.]?[-+]?\d/.test(longer.slice(name.length))
    );
}

function isSameName(key: NameKey, name: NameKey): boolean {
  return key.text === name.text &&
    [...key.cuts].every((cut) => name.cuts.has(cut)) &&
    (key.sign === "" || name.sign === "" || key.sign === name.sign);
}

/** Lists all names by hash, which takes a tenth of the time that their keys take. */
function listNames(): ReadonlyMap<string, readonly NamedStandard[]> {
  if (names !== undefined) return names;
  const map = new Map<string, NamedStandard[]>();
  for (const standard of listStandards()) {
    for (const name of [standard.name, ...standard.aliases]) {
      const hash = toHash(omitCatalogue(name));
      const named = map.get(hash);
      if (named === undefined) map.set(hash, [{ name, standard }]);
      else named.push({ name, standard });
    }
  }
  return names = map;
}

/** Returns letters and digits other than 0, which names have or leave out in front. */
function toHash(upperCase: string): string {
  return upperCase.replace(/[^A-Z1-9]+/g, "");
}

function omitCatalogue(name: string): string {
  return name.toUpperCase().replace(OMITTED_CATALOGUE, "");
}

/** Whether a text contains a name of a star, whatever separates its letters and digits. */
function containsName(text: string, { name, aliases }: Standard): boolean {
  const hash = toHash(text.toUpperCase());
  return [name, ...aliases].some((one) =>
    hash.includes(toHash(omitCatalogue(one)))
  );
}

/** Returns the key of a name, and that without leading zeros; none for digits alone. */
function listKeys(name: string): NameKey[] {
  const text = omitCatalogue(name)
    // Signs written as letters: BDp33_2642, J0027m0017; the d of BD+28d4211.
    .replace(/^(BD|CD|CPD)\s?([PM+-])(?=\s?\d)/, writeSign)
    .replace(/(\d{4})([PM])(?=\d{2})/, writeSign)
    .replace(/^((?:BD|CD|CPD|GRW|AGK)[\s+-]*\d\d?)\s?D(?:EG)?(?=\s?\d)/, "$1 ")
    // zetCas, a Greek letter and a constellation.
    .replace(GREEK_NAME, "$& ");
  const groups = text.match(/[A-Z]+|\d+/g)
    ?.map((group) => GENITIVES.get(group) ?? group) ?? [];
  if (!/[A-Z]/.test(text)) return [];
  const sign = /(?:^(?:BD|CD|CPD)\s*|\d{4})([+-])\s*\d/.exec(text)?.[1] ?? "";
  const first = FULL_WORDS.get(groups[0]!);
  if (first !== undefined) groups[0] = first;
  const stripped = groups.map((group) => group.replace(/^0+(?=\d)/, ""));
  return [groups, stripped].map((parts) => joinGroups(parts, sign));
}

function writeSign(_match: string, before: string, sign: string): string {
  return `${before} ${sign === "P" || sign === "+" ? "+" : "-"}`;
}

function joinGroups(groups: readonly string[], sign: string): NameKey {
  const cuts = new Set<number>();
  let text = "";
  for (const group of groups) {
    if (/\d$/.test(text) && /^\d/.test(group)) cuts.add(text.length);
    text += group;
  }
  return { text, cuts, sign };
}

// Positions

/** A direction as a unit vector. */
type Direction = readonly [x: number, y: number, z: number];

const DEGREE = Math.PI / 180;

const ARCSECOND = DEGREE / 3600;

/** Largest motion of a star between 2000 and the date of a frame, arcseconds. */
const LARGEST_MOTION = 300;

let declinations: Float64Array | undefined;

/** Lists the stars whose declination does not exclude a match. */
function* listNear(
  directions: readonly Direction[],
  tolerance: number,
): Generator<Standard> {
  const all = listStandards();
  declinations ??= Float64Array.from(all, ({ dec }) => dec);
  const limit = (tolerance + LARGEST_MOTION) / 3600;
  for (const [, , z] of directions) {
    const dec = Math.asin(Math.max(-1, Math.min(1, z))) / DEGREE;
    for (let i = 0; i < all.length; i++) {
      if (Math.abs(declinations[i]! - dec) <= limit) yield all[i]!;
    }
  }
}

/** A number below 24 may be in hours: not every header gives degrees, and few give the unit. */
function listRightAscensions(ra: number): number[] {
  return ra < 24 ? [ra, 15 * ra] : [ra];
}

function listEquinoxes(equinox: number | null, year: number | null): number[] {
  if (equinox !== null) return [equinox];
  return year === null ? [2000] : [2000, year];
}

/** Returns arcseconds between a direction and a star at epoch 2000 or, if nearer, of date. */
function separate(
  direction: Direction,
  { ra, dec, pmRa, pmDec }: Standard,
  year: number | null,
): number {
  const at2000 = measureAngle(direction, toDirection(ra, dec));
  if (year === null || (pmRa === 0 && pmDec === 0)) return at2000;
  const years = year - 2000;
  const moved = toDirection(
    ra + pmRa * years / 3.6e6 / Math.cos(dec * DEGREE),
    dec + pmDec * years / 3.6e6,
  );
  return Math.min(at2000, measureAngle(direction, moved));
}

/** Returns arcseconds; from the chord, which is precise for small angles. */
function measureAngle(a: Direction, b: Direction): number {
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  return 2 * Math.asin(Math.min(1, chord / 2)) / ARCSECOND;
}

function toDirection(ra: number, dec: number): Direction {
  const cos = Math.cos(dec * DEGREE);
  return [
    cos * Math.cos(ra * DEGREE),
    cos * Math.sin(ra * DEGREE),
    Math.sin(dec * DEGREE),
  ];
}

/** Returns the Julian epoch, years. */
function toYear(mjd: number): number {
  return 2000 + (mjd - 51544.5) / 365.25;
}

/**
 * Precesses coordinates to J2000.
 *
 * Source: Lieske, J. H. et al. 1977, A&A 58, 1 (IAU 1976). The difference between FK4 and
 * FK5, about 1″ for 1950, is ignored.
 *
 * @param ra Right ascension, degrees.
 * @param dec Declination, degrees.
 * @param equinox Years.
 */
function precessToJ2000(ra: number, dec: number, equinox: number): Direction {
  const from = toDirection(ra, dec);
  // Angles of the rotation from J2000 to the equinox; t in Julian centuries.
  const t = (equinox - 2000) / 100;
  const zeta = (2306.2181 + (0.30188 + 0.017998 * t) * t) * t * ARCSECOND;
  const z = (2306.2181 + (1.09468 + 0.018203 * t) * t) * t * ARCSECOND;
  const theta = (2004.3109 - (0.42665 + 0.041833 * t) * t) * t * ARCSECOND;
  return rotateZ(rotateY(rotateZ(from, z), -theta), zeta);
}

/** Rotates the axes by an angle, radians, about the third of them. */
function rotateZ([x, y, z]: Direction, angle: number): Direction {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos * x + sin * y, cos * y - sin * x, z];
}

/** Rotates the axes by an angle, radians, about the second of them. */
function rotateY([x, y, z]: Direction, angle: number): Direction {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [cos * x - sin * z, y, sin * x + cos * z];
}
