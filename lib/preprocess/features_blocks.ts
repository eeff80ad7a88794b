import type { Plane } from "../fits/frame.ts";
import {
  percentile,
  select,
  selectPercentile,
  sortFinite,
} from "./percentile.ts";

/** Side of a block, in pixels. */
export const BLOCK = 48;

/** Largest number of blocks along either axis. */
const MOST = 14;
export const MOST_BLOCKS = MOST * MOST;

/** Every how many rows and columns a pixel is sampled. */
const STEP = 2;

/** Largest number of sampled pixels of a block. */
export const SAMPLE = (BLOCK / STEP) ** 2;

export interface MeasuredBlock {
  readonly slitIndex: number;
  readonly dispersionIndex: number;
  /** Median, in counts. */
  readonly level: number;
  /** Standard deviation of a pixel in counts, from differences of neighbours; above 0. */
  readonly noise: number;
  /** The noise from neighbours along the slit over the noise from neighbours along the dispersion. */
  readonly noiseRatio: number;
  /** Half of the distance between the 16th and the 84th percentile, in counts. */
  readonly spread: number;
}

export interface Block extends MeasuredBlock {
  /** First pixel along the slit. */
  readonly slit: number;
  /** First pixel along the dispersion. */
  readonly dispersion: number;
  /** Pixels along the slit. */
  readonly rows: number;
  /** Pixels along the dispersion. */
  readonly columns: number;
  /** Every second pixel of every second row, in any order. */
  readonly sample: Float64Array;
}

/**
 * Returns the number of pixels along the slit (`rows`) and along the dispersion
 * (`columns`), and the distance in `pixels` between neighbours along each. The
 * longer axis is the dispersion.
 */
export function getStrides(
  { width, height }: Plane,
): { rows: number; columns: number; slit: number; dispersion: number } {
  return height > width
    ? { rows: width, columns: height, slit: 1, dispersion: width }
    : { rows: height, columns: width, slit: width, dispersion: 1 };
}

/** Measures evenly spaced blocks, 14 × 14 at most, without those that have no finite pixel. */
export function measureBlocks(plane: Plane): Block[] {
  const { rows, columns } = getStrides(plane);
  const size = {
    rows: Math.min(BLOCK, rows),
    columns: Math.min(BLOCK, columns),
  };
  const scratch = makeScratch();
  return placeBlocks(rows).flatMap((slit, slitIndex) =>
    placeBlocks(columns).flatMap((dispersion, dispersionIndex) => {
      const place = { slit, slitIndex, dispersion, dispersionIndex, ...size };
      return measureBlock(plane, place, scratch) ?? [];
    })
  );
}

/**
 * Computes the noise of the quiet blocks: the tenth percentile over the blocks that
 * have noise, which a blank border or a saturated order does not. It is 1 when no
 * block has noise.
 */
export function computeQuietNoise(blocks: readonly MeasuredBlock[]): number {
  const noises = blocks.map(({ noise }) => noise)
    .filter((noise) => noise > FAINTEST);
  return percentile(sortFinite(noises), QUIET) || 1;
}

/** Returns the first pixel of each block along an axis of `length` pixels. */
export function placeBlocks(length: number): number[] {
  const count = Math.max(1, Math.min(MOST, Math.floor(length / BLOCK)));
  const room = Math.max(0, length - BLOCK);
  return Array.from(
    { length: count },
    (_, k) => Math.floor(count === 1 ? room / 2 : room * k / (count - 1)),
  );
}

export type Place = Omit<
  Block,
  "level" | "noise" | "noiseRatio" | "spread" | "sample"
>;

/** Arrays that are refilled for each block. */
type Scratch = Readonly<Record<"sample" | "along" | "across", Float64Array>>;

export function makeScratch(): Scratch {
  return {
    sample: new Float64Array(SAMPLE),
    along: new Float64Array(SAMPLE),
    across: new Float64Array(SAMPLE),
  };
}

/** Measures one block; `undefined` when it has no finite pixel. */
export function measureBlock(
  plane: Plane,
  place: Place,
  { sample, along, across }: Scratch,
): Block | undefined {
  const { pixels } = plane;
  const { slit, dispersion } = getStrides(plane);
  let count = 0;
  for (let row = 0; row < place.rows; row += STEP) {
    const start = (place.slit + row) * slit + place.dispersion * dispersion;
    // The last row and column use the neighbour before them.
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
  const values = sample.slice(0, count);
  const noiseAlong = estimateNoise(along, count);
  const noiseAcross = estimateNoise(across, count);
  return {
    ...place,
    level: selectPercentile(values, 0.5),
    noise: Math.max(Math.min(noiseAlong, noiseAcross), FAINTEST),
    noiseRatio: (noiseAcross + FAINTEST) / (noiseAlong + FAINTEST),
    spread: 0.5 *
      (selectPercentile(values, 0.84) - selectPercentile(values, 0.16)),
    sample: values,
  };
}

/** Noise in counts below which a block counts as free of noise. */
const FAINTEST = 1e-3;

/** Which percentile of the blocks' noise is the noise of the quiet blocks. */
const QUIET = 0.1;

/** The fraction of the differences, the smallest ones, that the noise is estimated from. */
const KEPT = 0.8;

/**
 * Mean of the smallest 80 % of the absolute differences of two normally distributed
 * pixels, in units of the standard deviation of a pixel.
 */
const CLIPPED_MEAN = 0.79;

/** Estimates the standard deviation of a pixel from the absolute differences of neighbours. */
function estimateNoise(differences: Float64Array, count: number): number {
  let finite = 0;
  for (let k = 0; k < count; k++) {
    if (Number.isFinite(differences[k]!)) {
      differences[finite++] = differences[k]!;
    }
  }
  if (finite === 0) return 0;
  const kept = Math.max(1, Math.floor(KEPT * finite));
  select(differences, finite, kept - 1);
  let sum = 0;
  for (let k = 0; k < kept; k++) sum += differences[k]!;
  return sum / kept / CLIPPED_MEAN;
}
