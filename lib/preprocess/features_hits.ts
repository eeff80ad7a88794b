import type { Plane } from "../fits/frame.ts";
import { concatArrays } from "../io/memory.ts";
import { BLOCK, type Block, getStrides } from "./features_blocks.ts";
import { median, selectPercentile } from "./percentile.ts";

/** Largest spread of the residuals of a plain block, in units of the block's noise. */
const PLAIN = 1.5;

/** Distance of a hit from its block, in units of the block's noise. */
const HIT = 6;

/** Height of a high hit, in units of the noise of the quiet blocks. */
const HIGH = 30;

/** A neighbour above this part of the height of a hit belongs to the hit. */
const NEIGHBOUR = 0.5;

/** Residuals beyond this many units of the block's noise count as 0 in the correlations. */
const CLIP = 4;

/**
 * Computes nine features: the densities (log10 of 1 + hits per million pixels) of
 * hits of a single pixel, high hits of a single pixel, hits of several pixels, and
 * pixels as far below; the fraction of blocks that are plain; the correlation of
 * neighbouring residuals along the dispersion and along the slit; the skewness of
 * the residuals; and the asinh of their 99.9th percentile.
 *
 * The residuals of a block are its pixels less the medians of its columns and rows,
 * so that bad columns, edges, slopes, straight lines and traces are not hits. A hit
 * of a single pixel is a warm pixel, or a cosmic ray in a large pixel; a hit of
 * several pixels is the track of a cosmic ray, or a curved line of light.
 *
 * @param noise Noise of the quiet blocks in counts, above 0.
 */
export function measureHits(
  plane: Plane,
  blocks: readonly Block[],
  noise: number,
): number[] {
  const sums = makeHitCounts();
  const residual = new Float64Array(BLOCK * BLOCK);
  const residuals = blocks.flatMap((block) =>
    measureBlockHits(plane, block, noise, residual, sums) ?? []
  );
  const all = concatArrays(Float64Array, residuals);
  return describeHits(
    sums,
    (fraction) => selectPercentile(all, fraction),
    blocks.length === 0 ? 0 : residuals.length / blocks.length,
  );
}

/**
 * Adds the hits of a block to `sums`, unless it is not plain.
 *
 * @param residual Is overwritten.
 * @returns Every fourth residual, in units of the block's noise; `undefined` for a block that
 *   is not plain.
 */
export function measureBlockHits(
  plane: Plane,
  block: Omit<Block, "sample">,
  noise: number,
  residual: Float64Array,
  sums: HitSums,
): Float64Array | undefined {
  const sample = computeResiduals(plane, block, residual);
  const spread = 0.5 *
    (selectPercentile(sample, 0.84) - selectPercentile(sample, 0.16));
  if (spread > PLAIN * block.noise) return undefined;
  sums.pixels += block.rows * block.columns;
  countHits(residual, block, noise, sums);
  return sample.map((value) => value / block.noise);
}

/** {@linkcode HitCounts} that are being added up. */
type HitSums = { -readonly [Name in keyof HitCounts]: HitCounts[Name] };

export function makeHitCounts(): HitSums {
  return {
    single: 0,
    high: 0,
    several: 0,
    below: 0,
    along: 0,
    across: 0,
    squares: 0,
    pixels: 0,
  };
}

/** Sums over the plain blocks. */
export interface HitCounts {
  readonly single: number;
  readonly high: number;
  readonly several: number;
  readonly below: number;
  /** Sum of the products of neighbours along the dispersion, in units of the noise squared. */
  readonly along: number;
  /** Sum of the products of neighbours along the slit. */
  readonly across: number;
  readonly squares: number;
  /** Number of pixels of these blocks. */
  readonly pixels: number;
}

/**
 * Assembles the nine features.
 *
 * @param residual Returns a percentile of the residuals, in units of the noise of
 *   their block; the fraction is from 0 to 1.
 * @param plain The fraction of blocks that are plain.
 */
export function describeHits(
  hits: HitCounts,
  residual: (fraction: number) => number,
  plain: number,
): number[] {
  const density = (count: number) =>
    hits.pixels === 0 ? 0 : Math.log10(1 + 1e6 * count / hits.pixels);
  const correlation = (sum: number) =>
    hits.squares === 0 ? 0 : sum / hits.squares;
  const upper = residual(0.975);
  const lower = -residual(0.025);
  return [
    density(hits.single),
    density(hits.high),
    density(hits.several),
    density(hits.below),
    plain,
    correlation(hits.along),
    correlation(hits.across),
    upper + lower === 0 ? 0 : (upper - lower) / (upper + lower),
    Math.asinh(residual(0.999)),
  ];
}

/**
 * Writes the residuals of a block into `residual`, row after row.
 *
 * @returns Every fourth residual.
 */
function computeResiduals(
  plane: Plane,
  block: Omit<Block, "sample">,
  residual: Float64Array,
): Float64Array {
  const { slit, dispersion } = getStrides(plane);
  const { rows, columns, level } = block;
  const { pixels } = plane;
  for (let row = 0; row < rows; row++) {
    const start = (block.slit + row) * slit + block.dispersion * dispersion;
    for (let column = 0; column < columns; column++) {
      const value = pixels[start + column * dispersion]!;
      residual[row * columns + column] = Number.isFinite(value)
        ? value - level
        : 0;
    }
  }
  subtractMedians(residual, columns, 1, rows, columns);
  subtractMedians(residual, rows, columns, columns, 1);
  const sample = new Float64Array((rows * columns + 3) >> 2);
  for (let k = 0; k < sample.length; k++) sample[k] = residual[4 * k]!;
  return sample;
}

/** Subtracts from each line of values the median of every second value of it. */
function subtractMedians(
  values: Float64Array,
  lines: number,
  lineStride: number,
  length: number,
  stride: number,
): void {
  const line = new Float64Array((length + 1) >> 1);
  for (let n = 0; n < lines; n++) {
    const start = n * lineStride;
    for (let k = 0; k < line.length; k++) {
      line[k] = values[start + 2 * k * stride]!;
    }
    const middle = median(line, line.length);
    for (let k = 0; k < length; k++) values[start + k * stride]! -= middle;
  }
}

function countHits(
  residual: Float64Array,
  { rows, columns, noise: own }: Omit<Block, "sample">,
  noise: number,
  sums: HitSums,
): void {
  const reach = HIT * own;
  const clipped = (k: number) =>
    Math.abs(residual[k]!) < CLIP * own ? residual[k]! : 0;
  let along = 0, across = 0, squares = 0;
  for (let row = 1; row + 1 < rows; row++) {
    for (let column = 1; column + 1 < columns; column++) {
      const k = row * columns + column;
      const off = residual[k]!;
      if (Math.abs(off) < reach) {
        if (((row ^ column) & 3) === 0) {
          const here = clipped(k);
          squares += here * here;
          along += here * clipped(k + 1);
          across += here * clipped(k + columns);
        }
        continue;
      }
      if (off < 0) {
        sums.below++;
        continue;
      }
      const beside = NEIGHBOUR * reach;
      const isWide = residual[k - 1]! > beside || residual[k + 1]! > beside ||
        residual[k - columns]! > beside || residual[k + columns]! > beside;
      if (isWide) sums.several++;
      else if (off > HIGH * noise) sums.high++;
      else sums.single++;
    }
  }
  sums.squares += squares / (own * own);
  sums.along += along / (own * own);
  sums.across += across / (own * own);
}
