import type { Pixels, Plane } from "../fits/frame.ts";
import { getStrides } from "./features_blocks.ts";
import { subtractRunningMedian } from "./features_profiles.ts";
import { median } from "./percentile.ts";

/** Largest pixel that counts as finite: sums of larger ones would overflow. */
const LARGEST_PIXEL = 1e300;

/** Parts of the dispersion in `spectrum`. */
export const SPECTRUM = 16;

/** Parts of the slit in `slit`. */
export const SLIT = 8;

/** Most lines in `brightest`. */
export const BRIGHTEST = 7;

/**
 * Statistics of a frame in which it is compared with frames of the same kind. They are in
 * physical units, so that their ratios have a meaning, and rounded to four significant
 * digits, except the levels, which are rounded to a tenth of a count.
 *
 * The longer axis of the frame is the dispersion. Single bright pixels, such as cosmic
 * rays, hardly count.
 */
export interface FrameStatistics {
  /** Width and height of the frame, pixels. */
  readonly size: readonly [width: number, height: number];
  /** Median of the pixels, counts. */
  readonly level: number;
  /**
   * Second percentile of the pixels that do not have the smallest value, counts: the level
   * where no light is.
   */
  readonly dark: number;
  /** 99th percentile of the pixels, counts. */
  readonly bright: number;
  /** Noise of the quiet parts, counts. */
  readonly noise: number;
  /**
   * Share of the pixels, 0 to 1, that have the largest value of all: much above 0 where
   * the detector is saturated.
   */
  readonly saturated: number;
  /** Mean light above `dark` in 16 parts along the dispersion, counts. */
  readonly spectrum: readonly number[];
  /** Mean light above `dark` in 8 parts along the slit, counts. */
  readonly slit: readonly number[];
  /** Number of emission lines. */
  readonly lines: number;
  /** Mean light of the lines over the whole dispersion, counts. */
  readonly lineLight: number;
  /** Places of the 7 brightest lines at most, pixels along the dispersion, ascending. */
  readonly brightest: readonly number[];
}

/** Most rows of the slit, and points along the dispersion, that are measured. */
export const ROWS = 32;
export const POINTS = 1024;

/** Most pixels of which the levels are percentiles. */
export const SAMPLE = 4096;

/**
 * How far above the median the values of a row are cut off, in units of the distance of the
 * 99.5th percentile.
 */
const CUT = 6;

/**
 * Least height of a line above the running median of the spectrum: in standard deviations
 * of this difference, as a share of the spectrum, and in standard errors of a point.
 * Fringes and the steps of a mosaic are lower.
 */
const LINE = { deviations: 6, share: 0.05, errors: 5 };

/**
 * Computes the statistics of a plane from a part of its pixels. Pixels that are not finite
 * are ignored; a plane without any other has only zeros.
 *
 * Source: this project. A line is a maximum of the spectrum above its running median.
 *
 * @param plane height × width raw pixels in counts. The longer axis is the dispersion.
 * @param noise Noise of the quiet parts, counts, as `measureNoise` returns it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { computeStatistics } from "./statistics.ts";
 *
 * // Two lines, at columns 200 and 500.
 * const spectrum = (column: number) => column === 200 || column === 500 ? 3000 : 1000;
 * const pixels = Uint16Array.from({ length: 300 * 800 }, (_, k) => spectrum(k % 800));
 * const { size, level, lines } = computeStatistics({ width: 800, height: 300, pixels }, 4);
 * assertEquals([size, level, lines], [[800, 300], 1000, 2]);
 * ```
 */
export function computeStatistics(
  plane: Plane,
  noise: number,
): FrameStatistics {
  return assembleStatistics(plane, noise, measureByStep(plane, noise));
}

/** Measures a plane without the fast path, for any pixels. */
export function measureByStep(
  plane: Plane,
  noise: number,
): StatisticsMeasurements {
  return {
    sample: samplePixels(plane),
    measureLight: (dark, limit) => measureLight(plane, dark, limit, noise),
  };
}

/** What the statistics of a plane are computed from. */
export interface StatisticsMeasurements {
  /** Evenly spaced finite pixels. */
  readonly sample: PixelSample;
  /**
   * Measures the light above `dark` along both axes. In each column the largest value is
   * left out, and in each row the values are cut off at `limit`, so that cosmic rays hardly
   * count.
   */
  readonly measureLight: (dark: number, limit: number) => Light;
}

export interface PixelSample {
  readonly count: number;
  /** The value that sorting would put at a rank, in counts. */
  readonly ranked: (rank: number) => number;
  /** How many values equal the smallest, and the largest one; 0 for a single one. */
  readonly least: number;
  readonly most: number;
}

/** Light along both axes, counts. */
export interface Light {
  /** Number of points along the dispersion. */
  readonly points: number;
  /** Means of parts along the dispersion. */
  readonly spectrum: ArrayLike<number>;
  /** Means of parts along the slit. */
  readonly slit: ArrayLike<number>;
  readonly emission: EmissionLines;
}

/** Emission lines of a spectrum. */
export interface EmissionLines {
  readonly count: number;
  /** Sum of their light. */
  readonly light: number;
  /** Points of the brightest, ascending. */
  readonly brightest: readonly number[];
}

/** Computes the statistics from measurements. */
export function assembleStatistics(
  { width, height }: Plane,
  noise: number,
  { sample, measureLight }: StatisticsMeasurements,
): FrameStatistics {
  const { count, least, most } = sample;
  const percentile = (fraction: number) =>
    count === 0 ? 0 : sample.ranked(Math.floor(fraction * (count - 1)));
  const level = percentile(0.5);
  // A blank border is no level of the detector.
  const above = count - least;
  const dark = above === 0
    ? level
    : sample.ranked(least + Math.floor(0.02 * (above - 1)));
  const limit = level + CUT * (percentile(0.995) - level) + noise;
  const { points, spectrum, slit, emission } = measureLight(dark, limit);
  const scale = Math.max(width, height) / points;
  return {
    size: [width, height],
    level: roundLevel(level),
    dark: roundLevel(dark),
    bright: roundLevel(percentile(0.99)),
    noise: round(noise),
    saturated: round(most / Math.max(1, count)),
    spectrum: Array.from(spectrum, round),
    slit: Array.from(slit, round),
    lines: emission.count,
    lineLight: round(emission.light / points),
    brightest: emission.brightest.map((point) =>
      Math.floor((point + 0.5) * scale)
    ),
  };
}

/** Returns evenly spaced finite pixels. */
function samplePixels({ pixels }: Plane): PixelSample {
  const count = Math.min(pixels.length, SAMPLE);
  const step = pixels.length / count;
  const values = new Float64Array(count);
  let finite = 0;
  for (let k = 0; k < count; k++) {
    const value = pixels[Math.floor(k * step)]!;
    if (Math.abs(value) <= LARGEST_PIXEL) values[finite++] = value;
  }
  const sorted = values.subarray(0, finite).sort();
  return {
    count: finite,
    ranked: (rank) => sorted[rank]!,
    ...countExtremes(sorted),
  };
}

/** Counts the values that equal the smallest, and those that equal the largest one. */
function countExtremes(
  sorted: Float64Array,
): Pick<PixelSample, "least" | "most"> {
  let least = 0;
  while (least < sorted.length && sorted[least] === sorted[0]) least++;
  let most = 0;
  while (most < sorted.length && sorted.at(-1 - most) === sorted.at(-1)) most++;
  return { least: ignoreSingle(least), most: ignoreSingle(most) };
}

/** Returns 0 for 1: a single smallest or largest value means nothing. */
export function ignoreSingle(count: number): number {
  return count > 1 ? count : 0;
}

function measureLight(
  plane: Plane,
  dark: number,
  limit: number,
  noise: number,
): Light {
  const { columns, slit } = measureAxes(plane, dark, limit);
  const points = averagePoints(columns);
  const error = noise / Math.sqrt(slit.length);
  return {
    points: points.length,
    spectrum: averageParts(points, SPECTRUM),
    slit: averageParts(slit, SLIT),
    emission: findLines(points, subtractRunningMedian(points), error),
  };
}

/**
 * Returns the mean of each column along the dispersion, NaN without a finite pixel, and of
 * each measured row along the slit, 0 without one.
 */
function measureAxes(plane: Plane, dark: number, limit: number) {
  const { rows, columns, slit, dispersion } = getStrides(plane);
  const depth = Math.min(rows, ROWS);
  const light = new Float64Array(columns);
  const largest = new Float64Array(columns).fill(-Infinity);
  const gaps = new Uint8Array(columns);
  const profile = new Float64Array(depth);
  const values = new Float64Array(columns);
  for (let row = 0; row < depth; row++) {
    const place = Math.floor((row + 0.5) * rows / depth);
    copyRow(plane.pixels, place * slit, dispersion, values);
    const missing = mayHaveGaps(plane.pixels)
      ? fillGaps(values, dark, gaps)
      : 0;
    const sum = addLight(values, dark, limit - dark, light, largest);
    profile[row] = sum / Math.max(1, columns - missing);
  }
  for (let column = 0; column < columns; column++) {
    const finite = depth - gaps[column]!;
    if (finite === 0) light[column] = NaN;
    else if (finite > 1) {
      light[column] = (light[column]! - largest[column]!) / (finite - 1);
    }
  }
  return { columns: light, slit: profile };
}

/** Averages columns to at most 1024 points; a point without a column with finite pixels is 0. */
function averagePoints(columns: Float64Array): Float64Array {
  const count = Math.min(columns.length, POINTS);
  const points = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let column = 0; column < columns.length; column++) {
    const light = columns[column]!;
    if (Number.isNaN(light)) continue;
    const point = Math.floor(column * count / columns.length);
    points[point]! += light;
    weights[point]!++;
  }
  for (let k = 0; k < count; k++) points[k]! /= Math.max(1, weights[k]!);
  return points;
}

/** Copies pixels at equal distances. One type of array makes the loops over it fast. */
function copyRow(
  pixels: Pixels,
  start: number,
  stride: number,
  to: Float64Array,
): void {
  if (stride === 1) to.set(pixels.subarray(start, start + to.length));
  else for (let k = 0; k < to.length; k++) to[k] = pixels[start + k * stride]!;
}

function mayHaveGaps(pixels: Pixels): boolean {
  return pixels instanceof Float32Array || pixels instanceof Float64Array;
}

/** Replaces the values that are not finite, and counts them: by column, and in all. */
function fillGaps(
  values: Float64Array,
  level: number,
  gaps: Uint8Array,
): number {
  let count = 0;
  for (let k = 0; k < values.length; k++) {
    if (Math.abs(values[k]!) <= LARGEST_PIXEL) continue;
    values[k] = level;
    gaps[k]!++;
    count++;
  }
  return count;
}

/**
 * Adds the light of a row to the sums of the columns, and returns its sum with a limit on
 * each value. The values above the limit are counted, so that the sum is exact for integers.
 */
function addLight(
  values: Float64Array,
  dark: number,
  limit: number,
  light: Float64Array,
  largest: Float64Array,
): number {
  let sum = 0;
  let cut = 0;
  for (let k = 0; k < values.length; k++) {
    const value = values[k]! - dark;
    light[k]! += value;
    largest[k] = Math.max(largest[k]!, value);
    if (value > limit) cut++;
    else sum += value;
  }
  return sum + cut * limit;
}

/**
 * Finds the emission lines of a spectrum.
 *
 * @param residual The points less their running median.
 * @param error Standard error of a point, counts.
 */
function findLines(
  points: Float64Array,
  residual: Float64Array,
  error: number,
): EmissionLines {
  const size = residual.map(Math.abs);
  const deviation = 1.4826 * median(size, size.length);
  const peaks: number[] = [];
  let light = 0;
  for (let k = 0; k < points.length; k++) {
    const value = residual[k]!;
    const base = Math.max(0, points[k]! - value);
    const least = Math.max(
      LINE.deviations * deviation,
      LINE.share * base,
      LINE.errors * error,
    );
    if (value <= least) continue;
    light += value;
    const isMaximum = value > (residual[k - 1] ?? 0) &&
      value >= (residual[k + 1] ?? 0);
    if (isMaximum) peaks.push(k);
  }
  const brightest = peaks.toSorted((a, b) => residual[b]! - residual[a]!)
    .slice(0, BRIGHTEST).sort((a, b) => a - b);
  return { count: peaks.length, light, brightest };
}

/**
 * Returns the mean light of parts of equal length. The light of a point is shared
 * between the two nearest parts, so that a line that is displaced by a little does not
 * change parts.
 */
function averageParts(values: Float64Array, parts: number): Float64Array {
  const sums = new Float64Array(parts);
  const weights = new Float64Array(parts);
  for (let k = 0; k < values.length; k++) {
    const place = (k + 0.5) * parts / values.length - 0.5;
    const clamped = Math.max(0, Math.min(place, parts - 1));
    const first = Math.min(Math.floor(clamped), Math.max(0, parts - 2));
    const share = clamped - first;
    sums[first]! += (1 - share) * values[k]!;
    weights[first]! += 1 - share;
    sums[first + 1]! += share * values[k]!;
    weights[first + 1]! += share;
  }
  return sums.map((sum, k) => weights[k] === 0 ? 0 : sum / weights[k]!);
}

/**
 * Combines the statistics of the image HDUs of a file: each number is the mean over the
 * HDUs; `size` and `brightest` are those of the first.
 *
 * @param hdus At least one.
 */
export function combineStatistics(
  hdus: readonly FrameStatistics[],
): FrameStatistics {
  const [first] = hdus;
  if (hdus.length === 1) return first!;
  const average = (measure: (hdu: FrameStatistics) => number) =>
    hdus.reduce((sum, hdu) => sum + measure(hdu), 0) / hdus.length;
  const averages = (measure: (hdu: FrameStatistics) => readonly number[]) =>
    measure(first!).map((_, k) => round(average((hdu) => measure(hdu)[k]!)));
  return {
    size: first!.size,
    level: roundLevel(average(({ level }) => level)),
    dark: roundLevel(average(({ dark }) => dark)),
    bright: roundLevel(average(({ bright }) => bright)),
    noise: round(average(({ noise }) => noise)),
    saturated: round(average(({ saturated }) => saturated)),
    spectrum: averages(({ spectrum }) => spectrum),
    slit: averages(({ slit }) => slit),
    lines: round(average(({ lines }) => lines)),
    lineLight: round(average(({ lineLight }) => lineLight)),
    brightest: first!.brightest,
  };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** Rounds a level to a tenth of a count, or to four digits where these are smaller. */
function roundLevel(value: number): number {
  return Math.abs(value) < 100 ? round(value) : Math.round(10 * value) / 10;
}
