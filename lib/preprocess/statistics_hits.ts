/**
 * Cosmic rays, warm pixels and the noise's own shape, in the quiet parts of a
 * raw frame.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { joined, percentile } from "./percentile.ts";
import { type Block, strides } from "./statistics_blocks.ts";

/** A block is quiet when neither its noise nor its spread is more than this over the frame's noise. */
const QUIET = 2;

/** A hit's height above its block's level, in noises; and that of a high one. */
const HIT = 6;
const HIGH = 30;

/**
 * Ten numbers: densities (log10 of one more than the hits in a million pixels)
 * of hits of a single pixel, high ones of a single pixel, hits whose neighbours
 * are hit too, and pixels as far below; the share of blocks that are quiet; the
 * correlation of neighbours along dispersion and slit; the skewness; and the
 * largest values.
 *
 * A single pixel is a warm one, or a cosmic ray in a large pixel; one that has
 * company is a cosmic ray's track, or light.
 *
 * @param noise Of the quiet blocks, in counts, above 0.
 */
export function hitsOf(
  plane: Plane,
  blocks: readonly Block[],
  noise: number,
): number[] {
  const quiet = blocks.filter((block) =>
    block.noise < QUIET * noise && block.spread < 1.5 * QUIET * noise
  );
  const counts = { single: 0, high: 0, several: 0, below: 0 };
  let pixels = 0;
  const products = { along: 0, across: 0, squares: 0 };
  for (const block of quiet) {
    pixels += block.rows * block.columns;
    scan(plane, block, noise, counts, products);
  }
  const density = (count: number) =>
    pixels === 0 ? 0 : Math.log10(1 + 1e6 * count / pixels);
  const correlation = (sum: number) =>
    products.squares === 0 ? 0 : sum / products.squares;
  const residuals = joined(
    quiet.map(({ sample, level }) =>
      sample.map((value) => (value - level) / noise)
    ),
  ).sort();
  const upper = percentile(residuals, 0.975);
  const lower = -percentile(residuals, 0.025);
  return [
    density(counts.single),
    density(counts.high),
    density(counts.several),
    density(counts.below),
    blocks.length === 0 ? 0 : quiet.length / blocks.length,
    correlation(products.along),
    correlation(products.across),
    upper + lower === 0 ? 0 : (upper - lower) / (upper + lower),
    Math.asinh(percentile(residuals, 0.999)),
    Math.asinh(percentile(residuals, 1)),
  ];
}

function scan(
  plane: Plane,
  block: Block,
  noise: number,
  counts: { single: number; high: number; several: number; below: number },
  products: { along: number; across: number; squares: number },
): void {
  const { pixels } = plane;
  const { slit, dispersion } = strides(plane);
  const { level } = block;
  const reach = HIT * noise;
  const clipped = (k: number) => {
    const off = pixels[k]! - level;
    return Math.abs(off) < 4 * noise ? off : 0;
  };
  for (let row = 1; row + 1 < block.rows; row++) {
    const start = (block.slit + row) * slit + block.dispersion * dispersion;
    for (let column = 1; column + 1 < block.columns; column++) {
      const k = start + column * dispersion;
      const off = pixels[k]! - level;
      if (!Number.isFinite(off)) continue;
      if (Math.abs(off) < reach) {
        if (((row ^ column) & 3) === 0) {
          const here = clipped(k);
          products.squares += here * here;
          products.along += here * clipped(k + dispersion);
          products.across += here * clipped(k + slit);
        }
        continue;
      }
      if (off < 0) {
        counts.below++;
        continue;
      }
      const company = pixels[k - slit]! - level > 0.5 * reach ||
        pixels[k + slit]! - level > 0.5 * reach ||
        pixels[k - dispersion]! - level > 0.5 * reach ||
        pixels[k + dispersion]! - level > 0.5 * reach;
      if (company) counts.several++;
      else if (off > HIGH * noise) counts.high++;
      else counts.single++;
    }
  }
}
