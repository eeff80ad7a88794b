/**
 * Blocks of a raw frame, with their level, noise and spread.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { select } from "./median.ts";
import { percentile, sortedFinite } from "./percentile.ts";

/** Side of a block, in pixels. */
export const BLOCK = 48;

/** Most blocks along either axis, and in all. */
const MOST = 14;
export const MOST_BLOCKS = MOST * MOST;

/** Pixels between those that give level and noise. */
const STEP = 2;

/** Pixels that give level and noise, at most. */
export const SAMPLE = (BLOCK / STEP) ** 2;

/** Where a block lies, and what is measured of it. */
export interface MeasuredBlock {
  /** How many blocks come before it along the slit. */
  readonly slitIndex: number;
  /** The same along the dispersion. */
  readonly dispersionIndex: number;
  /** Median, in counts. */
  readonly level: number;
  /** Standard deviation of a pixel, from differences of neighbours; above 0. */
  readonly noise: number;
  /** That along the slit over that along the dispersion. */
  readonly noiseRatio: number;
  /** Half of the distance between the 16th and the 84th percentile. */
  readonly spread: number;
}

/** A square of pixels. */
export interface Block extends MeasuredBlock {
  /** First pixel along the slit, and along the dispersion. */
  readonly slit: number;
  readonly dispersion: number;
  /** Pixels along either axis. */
  readonly rows: number;
  readonly columns: number;
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
  const scratch = makeScratch();
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
      const block = measure(plane, place, scratch);
      if (block) blocks.push(block);
    })
  );
  return blocks;
}

/**
 * Noise of the tenth percentile of the blocks that have some: a blank border or
 * a saturated order has none. 1 when no block has.
 */
export function quietest(blocks: readonly MeasuredBlock[]): number {
  const noises = blocks.map(({ noise }) => noise)
    .filter((noise) => noise > FAINTEST);
  return percentile(sortedFinite(noises), 0.1) || 1;
}

/** First pixels of the blocks along an axis. */
export function starts(length: number): number[] {
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

/** Room for what one block gives; refilled for each. */
function makeScratch() {
  const most = Math.ceil(BLOCK / STEP) ** 2;
  return {
    sample: new Float64Array(most),
    along: new Float64Array(most),
    across: new Float64Array(most),
  };
}

function measure(
  plane: Plane,
  place: Place,
  { sample, along, across }: ReturnType<typeof makeScratch>,
): Block | undefined {
  const { pixels } = plane;
  const { slit, dispersion } = strides(plane);
  let count = 0;
  for (let row = 0; row < place.rows; row += STEP) {
    const start = (place.slit + row) * slit + place.dispersion * dispersion;
    // The last row and column have their neighbour before them.
    const next = row + 1 < place.rows ? slit : row > 0 ? -slit : 0;
    for (let column = 0; column < place.columns; column += STEP) {
      const k = start + column * dispersion;
      const beside = column + 1 < place.columns
        ? dispersion
        : column > 0
        ? -dispersion
        : 0;
      const value = pixels[k]!;
      if (!Number.isFinite(value)) continue;
      sample[count] = value;
      along[count] = Math.abs(pixels[k + beside]! - value);
      across[count++] = Math.abs(pixels[k + next]! - value);
    }
  }
  if (count === 0) return undefined;
  const sorted = sample.slice(0, count).sort();
  const noiseAlong = noiseOf(along, count);
  const noiseAcross = noiseOf(across, count);
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
function noiseOf(differences: Float64Array, count: number): number {
  let finite = 0;
  for (let k = 0; k < count; k++) {
    if (Number.isFinite(differences[k]!)) {
      differences[finite++] = differences[k]!;
    }
  }
  if (finite === 0) return 0;
  const kept = Math.max(1, Math.floor(0.8 * finite));
  select(differences, finite, kept - 1);
  let sum = 0;
  for (let k = 0; k < kept; k++) sum += differences[k]!;
  return sum / kept / CLIPPED_MEAN;
}
