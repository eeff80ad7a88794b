/**
 * Features of a raw frame: what zscale throws away.
 *
 * A input image shows every frame at the same contrast, so that a bias and a long
 * dark, or a bright star and a faint one, may look alike. These numbers say how
 * far apart the levels are in units of the detector's own noise, how many cosmic
 * rays and warm pixels there are, and along which axis light varies.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { concatArrays } from "../io/memory.ts";
import { type FrameMeasures, measuresOf } from "./wasm/integer_features.ts";
import { type LoadedPlane, loadPlane } from "./wasm/load_plane.ts";
import { blocksOf, type MeasuredBlock, quietest } from "./features_blocks.ts";
import { profilesOf } from "./features_profiles.ts";
import { hitsOf } from "./features_hits.ts";
import { percentile, sortedFinite } from "./percentile.ts";

/** Grows with every change of what the numbers mean: a network knows one version. */
export const FEATURES_VERSION = 1;

/**
 * Names of the features, in their order. `asinh` of a ratio is linear for
 * small and logarithmic for large ones; `noise` is that of the quiet blocks.
 */
export const FEATURES = [
  // Noise, from differences of neighbours, over blocks.
  "log noise",
  "log noise: median block / quiet",
  "log noise: 90 % block / quiet",
  "log noise: loudest block / quiet",
  "log noise: along slit / along dispersion",
  // Spread inside of blocks over their noise: light that varies within 48 pixels.
  "log spread / noise: 10 % block",
  "log spread / noise: median block",
  "log spread / noise: 90 % block",
  // Levels of pixels above the first percentile, in noises.
  "asinh level: 5 %",
  "asinh level: 25 %",
  "asinh level: 50 %",
  "asinh level: 75 %",
  "asinh level: 95 %",
  "asinh level: 99 %",
  "asinh level: 99.9 %",
  // Levels in counts.
  "asinh counts: 1 %",
  "asinh counts: 50 %",
  "log share of pixels at the top",
  "log share of pixels at the bottom",
  // Median profile along the slit, in noises above its fifth percentile.
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
  // Levels of blocks: large-scale light.
  "asinh blocks: spread",
  "asinh blocks: spread along slit",
  "asinh blocks: spread along dispersion",
  "asinh blocks: spread beyond both",
  "asinh variance against level",
  // Sharp events in blocks that are plain but for rows and columns, per million pixels.
  "log hits of one pixel, 6 noises",
  "log hits of one pixel, 30 noises",
  "log hits of several pixels, 6 noises",
  "log hits below, 6 noises",
  "share of blocks that are plain",
  // The shape of what remains in the plain blocks.
  "correlation along dispersion",
  "correlation along slit",
  "skewness",
  "asinh plain: 99.9 %",
] as const;

/**
 * Features of a raw frame, in the order of {@linkcode FEATURES}.
 *
 * They rest on a sample of at most 196 blocks of 48 × 48 pixels, evenly spaced,
 * and on the two median profiles. The noise of a block is taken from the
 * differences of its neighbours, so that light that varies slowly does not
 * count; the frame's own noise is that of its tenth percentile of blocks: for
 * most frames the read noise. Pixels that are not finite are left out; a frame
 * that has none else, or no two that differ, gives zeros where there is nothing
 * to measure, never NaN. No feature is that of a single largest pixel: those
 * are glitches as often as light.
 *
 * Source: ours. The noise from differences follows Stoehr et al. 2008 (DER_SNR),
 * with a clipped mean in the place of the median, which integers of a quiet
 * detector would quantise.
 *
 * @param plane height × width raw pixels, either axis spectral; the longer is taken.
 * @returns As many finite numbers as there are names.
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
  return summarizeFeatures(plane, loadPlane(plane));
}

/** {@linkcode computeFeatures}, by the kernels where the plane is loaded. */
export function summarizeFeatures(
  plane: Plane,
  loaded: LoadedPlane | undefined,
): Float32Array {
  const measures = loaded === undefined ? undefined : measuresOf(loaded);
  return describe(measures ?? measureByStep(plane));
}

/** {@linkcode computeFeatures} without the kernels, for any pixels. */
export function featuresByStep(plane: Plane): Float32Array {
  return describe(measureByStep(plane));
}

function measureByStep(plane: Plane): FrameMeasures {
  const blocks = blocksOf(plane);
  const noise = quietest(blocks);
  const pixels = concatArrays(Float64Array, blocks.map(({ sample }) => sample))
    .toSorted();
  return {
    blocks,
    noise,
    sampled: pixels.length,
    level: (share) => percentile(pixels, share),
    countFrom: (limit) => pixels.length - firstFrom(pixels, limit),
    countUpTo: (limit) => firstAbove(pixels, limit),
    ...profilesOf(plane, noise),
    hits: hitsOf(plane, blocks, noise),
  };
}

/** The numbers of {@linkcode FEATURES}, from what was measured. */
function describe(measures: FrameMeasures): Float32Array {
  const { blocks, noise, level, slit, dispersion, hits } = measures;
  const inNoise = (value: number) => Math.asinh(value / noise);
  const loudness = ratios(blocks.map((block) => block.noise / noise));
  const spreads = ratios(blocks.map((block) => block.spread / block.noise));
  const first = level(0.01);
  const large = largeScale(blocks);
  const top = level(1);
  const bottom = level(0);
  const share = (count: number) =>
    measures.sampled === 0
      ? 0
      : Math.log10(1e-6 + count / measures.sampled) + 6;

  const values = [
    Math.log10(noise),
    percentile(loudness, 0.5),
    percentile(loudness, 0.9),
    percentile(loudness, 1),
    percentile(ratios(blocks.map((block) => block.noiseRatio)), 0.5),
    percentile(spreads, 0.1),
    percentile(spreads, 0.5),
    percentile(spreads, 0.9),
    ...LEVELS.map((part) => inNoise(level(part) - first)),
    Math.asinh(first),
    Math.asinh(level(0.5)),
    share(measures.countFrom(top - 0.02 * (top - bottom))),
    share(measures.countUpTo(bottom)),
    ...slit,
    ...dispersion,
    inNoise(large.whole),
    inNoise(large.alongSlit),
    inNoise(large.alongDispersion),
    inNoise(large.rest),
    Math.asinh(varianceSlope(blocks, noise)),
    ...hits,
  ];
  return Float32Array.from(
    values,
    (v) => Number.isFinite(v) ? Math.max(-LARGEST, Math.min(v, LARGEST)) : 0,
  );
}

/** Shares of the pixels whose level is told. */
const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999];

/** No feature of a frame that a detector took comes near it. */
const LARGEST = 1000;

type Blocks = readonly MeasuredBlock[];

/** Logarithms of ratios, sorted. */
function ratios(values: readonly number[]): Float64Array {
  return sortedFinite(values.map((v) => Math.log(Math.max(v, 1e-3))));
}

/** Spread of the blocks' levels, and the parts of it that follow the axes. */
function largeScale(blocks: Blocks) {
  const levels = blocks.map(({ level }) => level);
  const mean = average(levels);
  const part = (key: (block: Blocks[number]) => number) => {
    const means = new Map(
      [...Map.groupBy(blocks, key)].map((
        [k, group],
      ) => [k, average(group.map(({ level }) => level)) - mean]),
    );
    return (block: Blocks[number]) => means.get(key(block))!;
  };
  const slitPart = part(({ slitIndex }) => slitIndex);
  const dispersionPart = part(({ dispersionIndex }) => dispersionIndex);
  const rms = (of: (block: Blocks[number]) => number) =>
    Math.sqrt(average(blocks.map((block) => of(block) ** 2)));
  return {
    whole: rms(({ level }) => level - mean),
    alongSlit: rms(slitPart),
    alongDispersion: rms(dispersionPart),
    rest: rms((block) =>
      block.level - mean - slitPart(block) - dispersionPart(block)
    ),
  };
}

/** Growth of the noise's variance with the level, per count: photons have 1 / gain. */
function varianceSlope(blocks: Blocks, noise: number): number {
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

/** Rank of the first of some sorted values that is not below a limit. */
function firstFrom(sorted: Float64Array, limit: number): number {
  let rank = sorted.length;
  while (rank > 0 && sorted[rank - 1]! >= limit) rank--;
  return rank;
}

/** Rank of the first of some sorted values that is above a limit. */
function firstAbove(sorted: Float64Array, limit: number): number {
  const rank = sorted.findIndex((value) => value > limit);
  return rank < 0 ? sorted.length : rank;
}

function average(values: readonly number[]): number {
  return values.length === 0
    ? 0
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}
