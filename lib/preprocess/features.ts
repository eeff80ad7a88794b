/**
 * Features: statistics of the raw frame that the input image does not preserve.
 *
 * zscale shows every frame at the same contrast, so a bias and a long dark, or a
 * bright and a faint star, can give the same input image. The features tell how
 * far apart the pixel levels are in units of the detector noise, how many cosmic
 * rays and warm pixels there are, and along which axis the light varies.
 *
 * This file and the `features_*.ts` beside it are the specification;
 * `wasm/features.ts` and `wasm/features_floats.ts` are the fast path.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { concatArrays } from "../io/memory.ts";
import { checkPlane } from "./check_plane.ts";
import {
  computeQuietNoise,
  measureBlocks,
  type MeasuredBlock,
} from "./features_blocks.ts";
import { measureHits } from "./features_hits.ts";
import { measureProfiles } from "./features_profiles.ts";
import { percentile, sortFinite } from "./percentile.ts";
import { measureLoaded } from "./wasm/features.ts";
import { load, type Loaded } from "./wasm/load_plane.ts";

/**
 * Version of the features. It grows with every change of what the numbers mean; a
 * network works with one version only.
 */
export const FEATURES_VERSION = 1;

/**
 * Names of the features, in their order. `noise` is the noise of the quiet
 * blocks. `asinh` of a ratio is linear for small and logarithmic for large ratios.
 */
export const FEATURES = [
  // Noise of the blocks, from differences of neighbouring pixels.
  "log noise",
  "log noise: median block / quiet",
  "log noise: 90 % block / quiet",
  "log noise: loudest block / quiet",
  "log noise: along slit / along dispersion",
  // Spread within a block over its noise: light that varies within 48 pixels.
  "log spread / noise: 10 % block",
  "log spread / noise: median block",
  "log spread / noise: 90 % block",
  // Percentiles of the pixels above the first percentile, in units of the noise.
  "asinh level: 5 %",
  "asinh level: 25 %",
  "asinh level: 50 %",
  "asinh level: 75 %",
  "asinh level: 95 %",
  "asinh level: 99 %",
  "asinh level: 99.9 %",
  // Percentiles in counts, and saturation at either end.
  "asinh counts: 1 %",
  "asinh counts: 50 %",
  "log share of pixels at the top",
  "log share of pixels at the bottom",
  // Median profile along the slit above its fifth percentile, in units of the noise.
  "asinh slit profile: 25 %",
  "asinh slit profile: 50 %",
  "asinh slit profile: 75 %",
  "asinh slit profile: 95 %",
  "asinh slit profile: largest",
  "asinh slit profile: roughness",
  "asinh slit profile: peaks",
  // Median profile along the dispersion.
  "asinh dispersion profile: 25 %",
  "asinh dispersion profile: 50 %",
  "asinh dispersion profile: 75 %",
  "asinh dispersion profile: 95 %",
  "asinh dispersion profile: largest",
  "asinh dispersion profile: roughness",
  "asinh dispersion profile: peaks",
  // Levels of the blocks: light that varies on a large scale.
  "asinh blocks: spread",
  "asinh blocks: spread along slit",
  "asinh blocks: spread along dispersion",
  "asinh blocks: spread beyond both",
  "asinh variance against level",
  // Hits (pixels far from their block) per million pixels of the plain blocks.
  "log hits of one pixel, 6 noises",
  "log hits of one pixel, 30 noises",
  "log hits of several pixels, 6 noises",
  "log hits below, 6 noises",
  "share of blocks that are plain",
  // The residuals in the plain blocks.
  "correlation along dispersion",
  "correlation along slit",
  "skewness",
  "asinh plain: 99.9 %",
] as const;

/**
 * Computes the features of a raw frame, in the order of {@linkcode FEATURES}.
 *
 * They are measured on at most 196 evenly spaced blocks of 48 × 48 pixels and on
 * the median profiles along both axes. The noise of a block is estimated from
 * the differences of neighbouring pixels, so that slowly varying light does not
 * contribute. The noise of the frame is the tenth percentile over the blocks: for
 * most frames, the read noise. Pixels that are not finite are ignored. Where a
 * frame has nothing to measure, as when all its pixels are equal, a feature is 0,
 * never NaN. No feature is the value of the single brightest pixel, which is as
 * often a glitch as it is light.
 *
 * Source: this project. The noise from differences follows Stoehr et al. 2008
 * (DER_SNR), with a clipped mean in place of the median, which would be
 * quantised for the integers of a quiet detector.
 *
 * @param plane height × width raw pixels in counts. The longer axis is the
 *   spectral one.
 * @returns `FEATURES.length` finite numbers, from -1000 to 1000.
 * @throws {SpitError} `usage` as `preprocess` does.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { computeFeatures, FEATURES } from "./features.ts";
 *
 * const blank = { width: 700, height: 300, pixels: new Uint16Array(700 * 300) };
 * assertEquals(computeFeatures(blank).length, FEATURES.length);
 * ```
 */
export function computeFeatures(plane: Plane): Float32Array {
  checkPlane(plane);
  const loaded = load(plane);
  return loaded === undefined
    ? computeFeaturesByStep(plane)
    : computeLoadedFeatures(plane, loaded);
}

/** Computes the features by the fast path where the plane is large enough for it. */
export function computeLoadedFeatures(
  plane: Plane,
  loaded: Loaded,
): Float32Array {
  const measured = measureLoaded(loaded);
  return measured === undefined
    ? computeFeaturesByStep(plane)
    : assembleFeatures(measured);
}

/** Computes the features without the fast path, for any pixels. */
export function computeFeaturesByStep(plane: Plane): Float32Array {
  const blocks = measureBlocks(plane);
  const noise = computeQuietNoise(blocks);
  const pixels = concatArrays(Float64Array, blocks.map(({ sample }) => sample))
    .toSorted();
  return assembleFeatures({
    blocks,
    noise,
    sampled: pixels.length,
    level: (fraction) => percentile(pixels, fraction),
    countFrom: (limit) => pixels.length - findFirstFrom(pixels, limit),
    countUpTo: (limit) => findFirstAbove(pixels, limit),
    ...measureProfiles(plane, noise),
    hits: measureHits(plane, blocks, noise),
  });
}

/** Returns the noise of the quiet blocks of a frame, counts; from its features if they are known. */
export function measureNoise(
  plane: Plane,
  features: Float32Array | null,
): number {
  return features === null
    ? computeQuietNoise(measureBlocks(plane))
    : 10 ** features[FEATURES.indexOf("log noise")]!;
}

export interface FrameMeasurements {
  readonly blocks: readonly MeasuredBlock[];
  /** Noise of the quiet blocks, in counts, above 0. */
  readonly noise: number;
  /** Number of pixels in the samples of all blocks. */
  readonly sampled: number;
  /** Percentile of these pixels, in counts; the fraction is from 0 to 1. */
  readonly level: (fraction: number) => number;
  /** How many of these pixels are at least `limit`. */
  readonly countFrom: (limit: number) => number;
  /** How many of these pixels are at most `limit`. */
  readonly countUpTo: (limit: number) => number;
  readonly slit: readonly number[];
  readonly dispersion: readonly number[];
  readonly hits: readonly number[];
}

const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999];

/** Pixels within this part of the range from its top count as saturated. */
const TOP = 0.02;

/** Bound of every feature; those of real frames are far below it. */
const LARGEST = 1000;

function assembleFeatures(measured: FrameMeasurements): Float32Array {
  const { blocks, noise, level, slit, dispersion, hits } = measured;
  const inNoise = (value: number) => Math.asinh(value / noise);
  const loudness = sortLogs(blocks.map((block) => block.noise / noise));
  const spreads = sortLogs(blocks.map((block) => block.spread / block.noise));
  const noiseRatios = sortLogs(blocks.map((block) => block.noiseRatio));
  const first = level(0.01);
  const large = measureLargeScale(blocks);
  const top = level(1);
  const bottom = level(0);
  const logFraction = (count: number) =>
    measured.sampled === 0
      ? 0
      : Math.log10(1e-6 + count / measured.sampled) + 6;

  const values = [
    Math.log10(noise),
    percentile(loudness, 0.5),
    percentile(loudness, 0.9),
    percentile(loudness, 1),
    percentile(noiseRatios, 0.5),
    percentile(spreads, 0.1),
    percentile(spreads, 0.5),
    percentile(spreads, 0.9),
    ...LEVELS.map((fraction) => inNoise(level(fraction) - first)),
    Math.asinh(first),
    Math.asinh(level(0.5)),
    logFraction(measured.countFrom(top - TOP * (top - bottom))),
    logFraction(measured.countUpTo(bottom)),
    ...slit,
    ...dispersion,
    inNoise(large.whole),
    inNoise(large.alongSlit),
    inNoise(large.alongDispersion),
    inNoise(large.rest),
    Math.asinh(fitVarianceSlope(blocks, noise)),
    ...hits,
  ];
  return Float32Array.from(
    values,
    // Never -0, which would depend on the order of equal zeros.
    (v) =>
      Number.isFinite(v) ? Math.max(-LARGEST, Math.min(v, LARGEST)) + 0 : 0,
  );
}

/** Returns the natural logarithms of ratios, sorted; ratios below 1e-3 count as 1e-3. */
function sortLogs(ratios: readonly number[]): Float64Array {
  return sortFinite(ratios.map((v) => Math.log(Math.max(v, 1e-3))));
}

/** Computes the rms of the blocks' levels, and of its parts along either axis. */
function measureLargeScale(blocks: readonly MeasuredBlock[]) {
  const levels = blocks.map(({ level }) => level);
  const mean = average(levels);
  const meansBy = (key: (block: MeasuredBlock) => number) => {
    const means = new Map<number, number>();
    for (const [k, group] of Map.groupBy(blocks, key)) {
      means.set(k, average(group.map(({ level }) => level)) - mean);
    }
    return (block: MeasuredBlock) => means.get(key(block))!;
  };
  const slitPart = meansBy(({ slitIndex }) => slitIndex);
  const dispersionPart = meansBy(({ dispersionIndex }) => dispersionIndex);
  const rms = (value: (block: MeasuredBlock) => number) =>
    Math.sqrt(average(blocks.map((block) => value(block) ** 2)));
  return {
    whole: rms(({ level }) => level - mean),
    alongSlit: rms(slitPart),
    alongDispersion: rms(dispersionPart),
    rest: rms((block) =>
      block.level - mean - slitPart(block) - dispersionPart(block)
    ),
  };
}

/**
 * Returns ten times the growth of the noise variance per count of level, from the
 * brighter and the fainter half of the blocks; 0 where their levels differ by less
 * than half of the noise. Photon noise gives 10 / gain.
 */
function fitVarianceSlope(
  blocks: readonly MeasuredBlock[],
  noise: number,
): number {
  const sorted = blocks.toSorted((a, b) => a.level - b.level);
  const half = Math.floor(sorted.length / 2);
  if (half === 0) return 0;
  const lower = sorted.slice(0, half);
  const upper = sorted.slice(-half);
  const rise = average(upper.map((b) => b.level)) -
    average(lower.map((b) => b.level));
  const growth = average(upper.map((b) => b.noise ** 2)) -
    average(lower.map((b) => b.noise ** 2));
  return rise > 0.5 * noise ? 10 * growth / rise : 0;
}

/** Returns the rank of the first sorted value that is at least `limit`. */
function findFirstFrom(sorted: Float64Array, limit: number): number {
  let rank = sorted.length;
  while (rank > 0 && sorted[rank - 1]! >= limit) rank--;
  return rank;
}

/** Returns the rank of the first sorted value that is above `limit`. */
function findFirstAbove(sorted: Float64Array, limit: number): number {
  const rank = sorted.findIndex((value) => value > limit);
  return rank < 0 ? sorted.length : rank;
}

function average(values: readonly number[]): number {
  return values.length === 0
    ? 0
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}
