/**
 * Blocks of a raw frame, with their level, noise and spread.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { percentile, sortedFinite } from "./percentile.ts";

/** Side of a block, in pixels. */
export const BLOCK = 48;

/** Most blocks along either axis. */
const MOST = 14;

/** Pixels between those that give level and noise. */
const STEP = 2;

/** A square of pixels. */
export interface Block {
  /** First pixel along the slit, and how many blocks come before it there. */
  readonly slit: number;
  readonly slitIndex: number;
  /** The same along the dispersion. */
  readonly dispersion: number;
  readonly dispersionIndex: number;
  /** Pixels along either axis. */
  readonly rows: number;
  readonly columns: number;
  /** Median, in counts. */
  readonly level: number;
  /** Standard deviation of a pixel, from differences of neighbours; above 0. */
  readonly noise: number;
  /** That along the slit over that along the dispersion. */
  readonly noiseRatio: number;
  /** Half of the distance between the 16th and the 84th percentile. */
  readonly spread: number;
  /** Every second pixel of every second row, sorted. */
  readonly sample: Float64Array;
}

/** How far apart neighbours lie in `pixels`: the longer axis is the dispersion. */
export function strides(
  { width, height }: Plane,
): { rows: number; columns: number; slit: number; dispersion: number } {
  return height > width
    ? { rows: width, columns: height, slit: 1, dispersion: width }
    : { rows: height, columns: width, slit: width, dispersion: 1 };
}

/** Evenly spaced blocks, 14 × 14 at most; those without a finite pixel are left out. */
export function blocksOf(plane: Plane): Block[] {
  const { rows, columns } = strides(plane);
  const blocks: Block[] = [];
  starts(rows).forEach((slit, slitIndex) =>
    starts(columns).forEach((dispersion, dispersionIndex) => {
      const place = {
        slit,
        slitIndex,
        dispersion,
        dispersionIndex,
        rows: Math.min(BLOCK, rows),
        columns: Math.min(BLOCK, columns),
      };
      const block = measure(plane, place);
      if (block) blocks.push(block);
    })
  );
  return blocks;
}

/** Noise of the tenth percentile of the blocks; 1 when there is none, or no noise. */
export function quietest(blocks: readonly Block[]): number {
  return percentile(sortedFinite(blocks.map(({ noise }) => noise)), 0.1) || 1;
}

function starts(length: number): number[] {
  const count = Math.max(1, Math.min(MOST, Math.floor(length / BLOCK)));
  const room = Math.max(0, length - BLOCK);
  return Array.from(
    { length: count },
    (_, k) => Math.floor(count === 1 ? room / 2 : room * k / (count - 1)),
  );
}

type Place = Omit<
  Block,
  "level" | "noise" | "noiseRatio" | "spread" | "sample"
>;

function measure(plane: Plane, place: Place): Block | undefined {
  const { pixels } = plane;
  const { slit, dispersion } = strides(plane);
  const sample: number[] = [];
  const along: number[] = [];
  const across: number[] = [];
  for (let row = 0; row < place.rows; row += STEP) {
    const start = (place.slit + row) * slit + place.dispersion * dispersion;
    for (let column = 0; column < place.columns; column += STEP) {
      const k = start + column * dispersion;
      const value = pixels[k]!;
      if (!Number.isFinite(value)) continue;
      sample.push(value);
      if (column + 1 < place.columns) {
        along.push(Math.abs(pixels[k + dispersion]! - value));
      }
      if (row + 1 < place.rows) {
        across.push(Math.abs(pixels[k + slit]! - value));
      }
    }
  }
  if (sample.length === 0) return undefined;
  const sorted = sortedFinite(sample);
  const noiseAlong = noiseOf(along);
  const noiseAcross = noiseOf(across);
  return {
    ...place,
    level: percentile(sorted, 0.5),
    noise: Math.max(Math.min(noiseAlong, noiseAcross), FAINTEST),
    noiseRatio: (noiseAcross + FAINTEST) / (noiseAlong + FAINTEST),
    spread: 0.5 * (percentile(sorted, 0.84) - percentile(sorted, 0.16)),
    sample: sorted,
  };
}

/** Below it a block counts as free of noise. */
const FAINTEST = 1e-3;

/** Mean of |difference| over the smallest 80 % of normal ones, per standard deviation of a pixel. */
const CLIPPED_MEAN = 0.79;

/** Standard deviation of a pixel from the sizes of differences, the largest fifth left out. */
function noiseOf(differences: number[]): number {
  const sorted = sortedFinite(differences);
  const count = Math.floor(0.8 * sorted.length);
  if (count === 0) return 0;
  let sum = 0;
  for (let k = 0; k < count; k++) sum += sorted[k]!;
  return sum / count / CLIPPED_MEAN;
}
