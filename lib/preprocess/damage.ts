/**
 * Damage that the pixels of a plane show whatever its type: parts without data, and
 * saturation.
 *
 * Most planes are sound, and are left after a few pixels of each row and column and a
 * sample of 16,000 pixels.
 *
 * @module
 */
import type { Pixels, Plane } from "../fits/frame.ts";
import { cardNumber, cardString, type Header } from "../fits/header.ts";
import { selectNearEnd, selectPercentile } from "./percentile.ts";

/** Rows or columns that are constant, counted from 1 as in FITS section cards. */
export interface ConstantLines {
  /** First line of the longest run. */
  readonly first: number;
  /** Last line of the longest run. */
  readonly last: number;
  /** Number of constant lines in all runs. */
  readonly count: number;
  /** Number of lines of the plane. */
  readonly of: number;
  /** The columns in which the rows are constant; `null` for all. */
  readonly within: readonly [first: number, last: number] | null;
}

/** Saturation of a plane. */
export interface Saturation {
  /** The value of saturated pixels, or SATURATE of the header, in counts. */
  readonly level: number;
  /** Share of the lit pixels that are saturated, 0 to 1. */
  readonly share: number;
  /** Share of all pixels that are saturated, 0 to 1. */
  readonly area: number;
}

/** What is wrong with a plane. */
export interface PlaneDamage {
  /** Whether all pixels are equal, or none is finite. */
  readonly empty: boolean;
  /** Level without light, counts: a low percentile of the pixels; `null` if none is finite. */
  readonly level: number | null;
  /** Rows without data; `null` where there are none. */
  readonly rows: ConstantLines | null;
  /** Columns without data; `null` where there are none. */
  readonly columns: ConstantLines | null;
  /** `null` where too few pixels are saturated to matter. */
  readonly saturation: Saturation | null;
}

/** A part of a plane: columns from `left` to before `right`, rows from `top` to before `bottom`. */
interface Region {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/**
 * Measures the damage of a plane.
 *
 * Rows are constant if they equal the next row pixel by pixel, as where a readout was
 * broken off and the rest of the memory holds one value. They count as damage from 3 % of
 * the rows, and 16, at one end, and from 10 % between the ends, where mosaics have gaps.
 * Constant rows at both ends are the borders of a window or a mosaic. Rows outside the data
 * section of the header (DATASEC, TRIMSEC) are not compared. The same holds for columns.
 * From a quarter of the rows, one half of their columns is enough, as for an amplifier
 * without signal.
 *
 * A saturated pixel is at least as bright as SATURATE of the header, or belongs to a peak
 * at the top of the distribution of the pixels, where the converter or the pixels are
 * full. A lit pixel has more than half of the mean signal of the pixels that are brighter
 * than half of the mean signal. Saturation of less than 0.4 % of the plane, such as
 * that of bad columns, is not reported.
 *
 * @param plane Raw pixels in counts.
 * @param header The header of the plane, for its data section and SATURATE.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { measureDamage } from "./damage.ts";
 *
 * const pixels = Uint16Array.from({ length: 40 * 60 }, (_, k) => k < 1200 ? k % 7 : 0);
 * const { rows } = measureDamage({ width: 60, height: 40, pixels });
 * assertEquals(rows, { first: 21, last: 40, count: 20, of: 40, within: null });
 * ```
 */
export function measureDamage(plane: Plane, header?: Header): PlaneDamage {
  return assembleDamage(plane, header, measureByStep(plane));
}

/** Measures a plane without the fast path, for any pixels. */
export function measureByStep({ pixels, width }: Plane): DamageMeasurements {
  return { sample: samplePixels(pixels, width), findRuns };
}

/** What the damage of a plane is found by. */
export interface DamageMeasurements {
  /** Evenly spaced finite pixels. */
  readonly sample: DamageSample;
  /** Finds the runs of at least four lines. */
  readonly findRuns: (lines: Lines) => Run[];
}

/** Evenly spaced finite pixels. */
export interface DamageSample {
  readonly count: number;
  /** Level without light, counts; `null` without a pixel. */
  readonly dark: number | null;
  /** Returns the value that sorting would put at a rank, which is near the end. */
  readonly ranked: (rank: number) => number;
  /** Counts the values that are at least `level`. */
  readonly countFrom: (level: number) => number;
  /** Sums the values that are at least `level`. Those above `most` count as that. */
  readonly sumFrom: (level: number, most: number) => number;
  /**
   * Returns whether most neighbours that are both at least `level` differ by no more than
   * `limit`.
   */
  readonly areAlike: (level: number, limit: number) => boolean;
}

/** Finds the damage of a plane from measurements. */
export function assembleDamage(
  plane: Plane,
  header: Header | undefined,
  { sample, findRuns }: DamageMeasurements,
): PlaneDamage {
  const undamaged = {
    level: sample.dark,
    rows: null,
    columns: null,
    saturation: null,
  };
  if (isEmpty(plane.pixels)) return { ...undamaged, empty: true };
  const region = readDataSection(plane, header);
  const saturate = header === undefined
    ? undefined
    : SATURATION_CARDS.map((card) => cardNumber(header, card))
      .find((value) => value !== undefined);
  return {
    ...undamaged,
    empty: false,
    rows: findConstantRows(plane, region, findRuns),
    columns: findConstantColumns(plane, region, findRuns),
    saturation: sample.dark === null
      ? null
      : measureSaturation(sample, sample.dark, saturate),
  };
}

function isEmpty(pixels: Pixels): boolean {
  const first = pixels[0]!;
  for (let k = 1; k < pixels.length; k++) {
    const value = pixels[k]!;
    if (value !== first && (Number.isFinite(value) || Number.isFinite(first))) {
      return false;
    }
  }
  return true;
}

/** Cards of the section of a plane that the detector illuminates. */
const SECTION_CARDS = ["DATASEC", "TRIMSEC"];

const SECTION = /^\[\s*(\d+)\s*:\s*(\d+)\s*,\s*(\d+)\s*:\s*(\d+)\s*\]$/;

/**
 * Returns the data section of the header; the whole plane without one, or if it is that
 * of the detector before binning or of one of several amplifiers.
 */
function readDataSection({ width, height }: Plane, header?: Header): Region {
  const whole = { left: 0, right: width, top: 0, bottom: height };
  if (header === undefined) return whole;
  for (const card of SECTION_CARDS) {
    const match = SECTION.exec(cardString(header, card)?.trim() ?? "");
    if (match === null) continue;
    const [a, b, c, d] = match.slice(1).map(Number) as Four;
    const [left, right] = [Math.min(a, b) - 1, Math.max(a, b)];
    const [top, bottom] = [Math.min(c, d) - 1, Math.max(c, d)];
    const isInside = left >= 0 && right <= width && top >= 0 &&
      bottom <= height;
    if (
      isInside && right - left >= width / 2 && bottom - top >= height / 2
    ) {
      return { left, right, top, bottom };
    }
  }
  return whole;
}

type Four = [number, number, number, number];

/** Shares of the lines from which runs are damage. */
interface LeastShares {
  /** Of a run at one end. Sound frames of 31 cameras have 0.9 % at most. */
  readonly atEnd: number;
  /** Of all runs between the ends. There are gaps in mosaics. */
  readonly between: number;
}

const LEAST_SHARES: LeastShares = { atEnd: 0.03, between: 0.1 };

/** Fewest lines of a run at one end, in planes with enough lines. */
const LEAST_LINES = 16;

/** Share of the lines from which a run at the other end shows that both are borders. */
const BORDER = 0.05;

/** Share of a run from which one at the other end shows that both are borders. */
const ALIKE = 0.5;

/** Shares of the rows from which half of their columns is enough. */
const HALF: LeastShares = { atEnd: 0.25, between: 0.25 };

/** The shortest run that counts: a bad column and its neighbour can be equal. */
const SHORTEST = 4;

/** Parallel lines of pixels, all of the same length. */
export interface Lines {
  readonly pixels: Pixels;
  /** Index of the first pixel of the first line. */
  readonly start: number;
  /** Number of lines. */
  readonly count: number;
  /** Distance to the next line. */
  readonly across: number;
  /** Number of pixels of a line. */
  readonly length: number;
  /** Distance to the next pixel of a line. */
  readonly along: number;
}

/** Lines from `first` to `last`, counted from 0, each equal to the next. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

function findConstantRows(
  plane: Plane,
  region: Region,
  findRuns: DamageMeasurements["findRuns"],
): ConstantLines | null {
  const { left, right, top, bottom } = region;
  const search = (left: number, right: number, least: LeastShares) =>
    findConstantLines(
      {
        pixels: plane.pixels,
        start: top * plane.width + left,
        count: bottom - top,
        across: plane.width,
        length: right - left,
        along: 1,
      },
      least,
      findRuns,
    );
  const describe = (
    found: Omit<ConstantLines, "of" | "within">,
    within: ConstantLines["within"],
  ) => ({
    first: found.first + top,
    last: found.last + top,
    count: found.count,
    of: plane.height,
    within,
  });
  const found = search(left, right, LEAST_SHARES);
  if (found !== null) return describe(found, null);
  const middle = (left + right) >> 1;
  if (middle - left < SHORTEST) return null;
  for (const [from, to] of [[left, middle], [middle, right]] as const) {
    const half = search(from, to, HALF);
    if (half !== null) return describe(half, [from + 1, to]);
  }
  return null;
}

function findConstantColumns(
  { width, pixels }: Plane,
  { left, right, top, bottom }: Region,
  findRuns: DamageMeasurements["findRuns"],
): ConstantLines | null {
  const found = findConstantLines(
    {
      pixels,
      start: top * width + left,
      count: right - left,
      across: 1,
      length: bottom - top,
      along: width,
    },
    LEAST_SHARES,
    findRuns,
  );
  if (found === null) return null;
  const [first, last] = [found.first + left, found.last + left];
  return { first, last, count: found.count, of: width, within: null };
}

/**
 * Finds constant lines that are damage: a run at one end, or runs between the ends.
 *
 * @returns The longest run, counted from 1, and how many lines all runs have.
 */
function findConstantLines(
  lines: Lines,
  least: LeastShares,
  findRuns: DamageMeasurements["findRuns"],
): Pick<ConstantLines, "first" | "last" | "count"> | null {
  const { count } = lines;
  if (count < 2 * SHORTEST || lines.length < SHORTEST) return null;
  const runs = findRuns(lines);
  // All lines are equal only in a plane without noise, which no detector gives.
  const ends = runs.filter((run) =>
    (run.first === 0) !== (run.last === count - 1)
  ).sort((one, other) => countLines(other) - countLines(one));
  const between = runs.filter(({ first, last }) =>
    first > 0 && last < count - 1
  );
  const counted = [
    ...(isBrokenOff(ends, count, least) ? ends.slice(0, 1) : []),
    ...(sum(between.map(countLines)) >= least.between * count ? between : []),
  ];
  if (counted.length === 0) return null;
  const longest = counted.reduce((one, other) =>
    countLines(other) > countLines(one) ? other : one
  );
  if (!hasEdge(lines, longest)) return null;
  return {
    first: longest.first + 1,
    last: longest.last + 1,
    count: sum(counted.map(countLines)),
  };
}

/**
 * Whether the longer of the runs at the ends is damage rather than the border of a window
 * or a mosaic.
 *
 * @param ends At most two, the longer one first.
 */
function isBrokenOff(
  ends: readonly Run[],
  count: number,
  { atEnd, between }: LeastShares,
): boolean {
  const [longer = 0, shorter = 0] = ends.map(countLines);
  const areBorders = shorter > 0 &&
    shorter >= Math.min(BORDER * count, ALIKE * longer);
  const least = Math.max(
    atEnd * count,
    Math.min(LEAST_LINES, between * count),
  );
  return !areBorders && longer >= least;
}

function findRuns(lines: Lines): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let line = 0; line < lines.count; line++) {
    if (line + 1 < lines.count && equalsNext(lines, line)) continue;
    if (line - first + 1 >= SHORTEST) runs.push({ first, last: line });
    first = line + 1;
  }
  return runs;
}

function countLines({ first, last }: Run): number {
  return last - first + 1;
}

/** Pixels that are compared first: most lines differ in one of them from the next. */
const PROBES = 8;

function equalsNext(
  { pixels, start, across, length, along }: Lines,
  line: number,
): boolean {
  const from = start + line * across;
  for (let probe = 0; probe < PROBES; probe++) {
    const k = from + Math.floor((probe + 0.5) * length / PROBES) * along;
    if (!areSame(pixels[k]!, pixels[k + across]!)) return false;
  }
  const end = from + length * along;
  for (let k = from; k < end; k += along) {
    if (!areSame(pixels[k]!, pixels[k + across]!)) return false;
  }
  return true;
}

function areSame(one: number, other: number): boolean {
  return one === other || (one !== one && other !== other);
}

/** Share of the pixels of the next line from which lines are equal because they are quiet. */
const QUIET = 0.5;

/**
 * Whether data begin where a run ends. In a quiet detector without light, whole lines can
 * have the same value, but then most pixels of the next line have it, too.
 */
function hasEdge(
  { pixels, start, count, across, length, along }: Lines,
  { first, last }: Run,
): boolean {
  const edges = [[first, first - 1], [last, last + 1]] as const;
  return edges.every(([line, next]) => {
    if (next < 0 || next >= count) return true;
    let equal = 0;
    for (let k = 0; k < length; k++) {
      const at = start + k * along;
      if (areSame(pixels[at + line * across]!, pixels[at + next * across]!)) {
        equal++;
      }
    }
    return equal < QUIET * length;
  });
}

/** Cards of the value, in counts, at which a pixel is saturated. */
const SATURATION_CARDS = ["SATURATE", "SATURATN", "SATLEVEL"];

/** Pixels that are sampled, about. */
const SAMPLE = 8192;

/** Every how many pixels of the sample one is used for the level without light. */
export const COARSE = 16;

/** Percentile of the level without light. */
export const DARK = 0.05;

/** Percentile of the brightest light; brighter pixels may be hot or hit. */
const BRIGHT = 0.999;

/** Range in counts below which no light is measured. */
const LEAST_RANGE = 100;

/** Share of the pixels that must be saturated, which bad columns are not. */
const FEWEST = 0.004;

/** Part of the range at its top in which saturated pixels lie: pixels differ in capacity. */
const TOP = 0.02;

/** Part of the range below the top that saturated light crosses without staying there. */
const BELOW = 0.1;

/**
 * How many times as dense as below the pixels at the top are, and the differences of
 * neighbours among them, over the photon noise at one electron per count. Where the
 * converter is full, neighbours are equal. Where the pixels are, they are not, and this is
 * looked for only in the upper part of 16 bits. Flats that are not saturated have a
 * contrast of 1, or 6 with a narrow slit, and differences of 0.6 to 0.8; a flat with full
 * pixels has 21 and 0.35.
 */
const CONVERTER_FULL = { contrast: 3, difference: 0.1 };
const PIXELS_FULL = { contrast: 8, difference: 0.5 };

/** Counts from which the pixels of a detector with 16 bits may be full. */
const FULL = 45_000;

/** The largest value of a converter of 12 bits. */
const TWELVE_BITS = 4095;

/** The largest value of 16 bits. More counts are those of several exposures or of electrons. */
const LARGEST_WORD = 65_535;

/** Measures the saturation on a sample of the plane; `null` if it does not matter. */
function measureSaturation(
  sample: DamageSample,
  dark: number,
  saturate: number | undefined,
): Saturation | null {
  const { count } = sample;
  const bright = sample.ranked(Math.floor(BRIGHT * (count - 1)));
  const range = bright - dark;
  if (range < LEAST_RANGE) {
    // No bias is as bright, and light as bright has more noise.
    const isFull = bright >= FULL || (range === 0 && bright >= TWELVE_BITS);
    return isFull ? { level: bright, share: 1, area: 1 } : null;
  }
  const top = bright - TOP * range;
  const level = isPlausible(saturate, dark, bright)
    ? saturate
    : isPeak(sample, { top, range, bright })
    ? top
    : null;
  if (level === null) return null;
  const saturated = sample.countFrom(level);
  if (saturated < FEWEST * count) return null;
  const lit = sample.countFrom(findLitLevel(sample, dark, bright));
  return {
    level: level === top ? bright : level,
    share: Math.min(1, saturated / lit),
    area: saturated / count,
  };
}

/**
 * Returns the distance of sampled pixels, with which all rows and columns are represented.
 *
 * The sample has fewer than 106,496 pixels: in a plane of fewer than 13 × 8192, all are
 * sampled if the width has all primes up to 11 as factors.
 */
export function chooseStep(count: number, width: number): number {
  let step = Math.max(1, Math.floor(count / SAMPLE));
  while (greatestCommonDivisor(step, width) > 1) step--;
  return step;
}

/** Samples finite pixels at even distances. */
function samplePixels(pixels: Pixels, width: number): DamageSample {
  const count = pixels.length;
  const step = chooseStep(count, width);
  const all = new Float64Array(Math.ceil(count / step));
  const indices = new Uint32Array(all.length);
  let sampled = 0;
  for (let k = 0; k < count; k += step) {
    const value = pixels[k]!;
    if (!Number.isFinite(value)) continue;
    indices[sampled] = k;
    all[sampled++] = value;
  }
  const values = all.subarray(0, sampled);
  return {
    count: sampled,
    dark: findDarkLevel(values),
    ranked: (rank) => selectNearEnd(values, rank),
    countFrom: (level) => countFrom(values, level),
    sumFrom: (level, most) => sumFrom(values, level, most),
    areAlike: (level, limit) => areAlike(pixels, values, indices, level, limit),
  };
}

/**
 * Returns the level without light; `null` without a value. The smallest value does not
 * count: it may be that of a border without data.
 */
function findDarkLevel(values: Float64Array): number | null {
  if (values.length === 0) return null;
  let least = Infinity;
  for (let k = 0; k < values.length; k += COARSE) {
    least = Math.min(least, values[k]!);
  }
  const others = new Float64Array(Math.ceil(values.length / COARSE));
  let count = 0;
  for (let k = 0; k < values.length; k += COARSE) {
    if (values[k]! > least) others[count++] = values[k]!;
  }
  return count === 0
    ? least
    : selectPercentile(others.subarray(0, count), DARK);
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}

/**
 * Whether the header's value may be the one at which these pixels are saturated. It is not
 * for the sum of several exposures, nor in another unit.
 */
function isPlausible(
  saturate: number | undefined,
  dark: number,
  bright: number,
): saturate is number {
  return saturate !== undefined && saturate >= dark + LEAST_RANGE &&
    saturate <= bright && bright <= 2 * saturate &&
    (bright <= LARGEST_WORD || saturate > LARGEST_WORD);
}

/**
 * Whether the pixels at the top are a peak of their distribution: far denser than those
 * below, and with less noise than light has.
 */
function isPeak(
  sample: DamageSample,
  { top, range, bright }: Readonly<Record<"top" | "range" | "bright", number>>,
): boolean {
  const atTop = sample.countFrom(top);
  if (atTop < FEWEST * sample.count) return false;
  const below = sample.countFrom(bright - BELOW * range) - atTop;
  const contrast = atTop * (BELOW - TOP) / TOP / (below + 1);
  const kinds = bright >= FULL && bright <= LARGEST_WORD
    ? [CONVERTER_FULL, PIXELS_FULL]
    : [CONVERTER_FULL];
  return kinds.some((kind) =>
    contrast >= kind.contrast &&
    sample.areAlike(top, kind.difference * Math.sqrt(range))
  );
}

function areAlike(
  pixels: Pixels,
  values: Float64Array,
  indices: Uint32Array,
  level: number,
  limit: number,
): boolean {
  let pairs = 0, alike = 0;
  for (let k = 0; k < values.length; k++) {
    const next = pixels[indices[k]! + 1]!;
    if (!(values[k]! >= level && next >= level)) continue;
    pairs++;
    if (Math.abs(next - values[k]!) <= limit) alike++;
  }
  return pairs > 0 && alike >= pairs / 2;
}

/** Returns the level above which a pixel is lit. Values above the brightest light count as that. */
function findLitLevel(
  sample: DamageSample,
  dark: number,
  bright: number,
): number {
  const findHalf = (from: number) => {
    const mean = sample.sumFrom(from, bright) /
      Math.max(1, sample.countFrom(from));
    return dark + 0.5 * (mean - dark);
  };
  return findHalf(findHalf(-Infinity));
}

function sumFrom(values: Float64Array, level: number, most: number): number {
  let sum = 0;
  for (const value of values) {
    if (value >= level) sum += Math.min(value, most);
  }
  return sum;
}

function countFrom(values: Float64Array, level: number): number {
  let count = 0;
  for (let k = 0; k < values.length; k++) if (values[k]! >= level) count++;
  return count;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
