/**
 * Cosmic rays, warm pixels and the noise's own shape, in the parts of a raw
 * frame that are plain once rows and columns are taken out.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { concatArrays } from "../io/memory.ts";
import { median } from "./median.ts";
import { percentile, selected } from "./percentile.ts";
import { BLOCK, type Block, strides } from "./features_blocks.ts";

/** A block is plain when what rows and columns leave is spread no wider than this many of its noises. */
const PLAIN = 1.5;

/** A hit's height, in noises of its block; and that of a high one, in those of the frame. */
const HIT = 6;
const HIGH = 30;

/** Beyond it a pixel has no part in the correlations. */
const CLIP = 4;

/**
 * Nine numbers: densities (log10 of one more than the hits in a million pixels)
 * of hits of a single pixel, high ones of a single pixel, hits whose neighbours
 * are hit too, and pixels as far below; the share of blocks that are plain; the
 * correlation of neighbours along dispersion and slit; the skewness; and the
 * 99.9th percentile.
 *
 * From each block the medians of its rows and columns are taken out first: bad
 * columns, edges, slopes, straight lines and traces are no hits. A single pixel
 * is a warm one, or a cosmic ray in a large pixel; one that has company is a
 * cosmic ray's track, or light that bends.
 *
 * @param noise Of the quiet blocks, in counts, above 0.
 */
export function hitsOf(
  plane: Plane,
  blocks: readonly Block[],
  noise: number,
): number[] {
  const counts = { single: 0, high: 0, several: 0, below: 0 };
  const products = { along: 0, across: 0, squares: 0 };
  const residuals: Float64Array[] = [];
  let pixels = 0;
  const left = new Float64Array(BLOCK * BLOCK);
  for (const block of blocks) {
    const sample = takeOut(plane, block, left);
    const spread = 0.5 * (percentile(sample, 0.84) - percentile(sample, 0.16));
    if (spread > PLAIN * block.noise) continue;
    pixels += block.rows * block.columns;
    count(left, block, noise, counts, products);
    residuals.push(sample.map((value) => value / block.noise));
  }
  const all = concatArrays(Float64Array, residuals);
  return describeHits(
    { ...counts, ...products, pixels },
    (share) => selected(all, share),
    blocks.length === 0 ? 0 : residuals.length / blocks.length,
  );
}

/** What is counted in the plain blocks. */
export interface HitCounts {
  readonly single: number;
  readonly high: number;
  readonly several: number;
  readonly below: number;
  /** Sums of products of neighbours, in noises. */
  readonly along: number;
  readonly across: number;
  readonly squares: number;
  /** Pixels of all these blocks. */
  readonly pixels: number;
}

/**
 * The nine numbers.
 *
 * @param residual What rows and columns leave of a sample, in noises: the value at a
 *   share of the way through them, sorted.
 * @param plain The share of blocks that are plain.
 */
export function describeHits(
  hits: HitCounts,
  residual: (share: number) => number,
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
 * Writes into `left` what a block's rows and columns leave, row after row.
 *
 * @returns Every fourth of these values, sorted.
 */
function takeOut(
  plane: Plane,
  block: Block,
  left: Float64Array,
): Float64Array {
  const { slit, dispersion } = strides(plane);
  const { rows, columns, level } = block;
  const { pixels } = plane;
  for (let row = 0; row < rows; row++) {
    const start = (block.slit + row) * slit + block.dispersion * dispersion;
    for (let column = 0; column < columns; column++) {
      const value = pixels[start + column * dispersion]!;
      left[row * columns + column] = Number.isFinite(value) ? value - level : 0;
    }
  }
  subtractMedians(left, columns, 1, rows, columns);
  subtractMedians(left, rows, columns, columns, 1);
  const sample = new Float64Array((rows * columns + 3) >> 2);
  for (let k = 0; k < sample.length; k++) sample[k] = left[4 * k]!;
  return sample.sort();
}

/** From each of some lines of values its median, by every second value. */
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

function count(
  left: Float64Array,
  { rows, columns, noise: own }: Block,
  noise: number,
  counts: { single: number; high: number; several: number; below: number },
  products: { along: number; across: number; squares: number },
): void {
  const reach = HIT * own;
  const clipped = (k: number) => Math.abs(left[k]!) < CLIP * own ? left[k]! : 0;
  let along = 0, across = 0, squares = 0;
  for (let row = 1; row + 1 < rows; row++) {
    for (let column = 1; column + 1 < columns; column++) {
      const k = row * columns + column;
      const off = left[k]!;
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
        counts.below++;
        continue;
      }
      const company = left[k - 1]! > 0.5 * reach ||
        left[k + 1]! > 0.5 * reach ||
        left[k - columns]! > 0.5 * reach ||
        left[k + columns]! > 0.5 * reach;
      if (company) counts.several++;
      else if (off > HIGH * noise) counts.high++;
      else counts.single++;
    }
  }
  products.squares += squares / (own * own);
  products.along += along / (own * own);
  products.across += across / (own * own);
}
