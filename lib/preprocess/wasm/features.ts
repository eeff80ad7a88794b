/**
 * The measurements of the features by the kernels: the fast path of `../features_*.ts`. Those
 * of planes of floats are in `features_floats.ts`.
 *
 * @module
 */
import type { FrameMeasurements } from "../features.ts";
import {
  BLOCK,
  computeQuietNoise,
  type MeasuredBlock,
  placeBlocks,
  SAMPLE,
} from "../features_blocks.ts";
import { describeHits } from "../features_hits.ts";
import { DEPTH, describeProfile, LONGEST } from "../features_profiles.ts";
import {
  accumulate,
  binResiduals,
  countHits,
  countsAt,
  FLOAT,
  floatsAt,
  measureBlock,
  profile,
  rankedResidual,
  WORD,
} from "./kernels.ts";
import { measureFloats } from "./features_floats.ts";
import { type Loaded, type LoadedPlane, VALUES } from "./load_plane.ts";
import { subtractMedians } from "./running_median.ts";

interface PlacedBlock extends MeasuredBlock {
  readonly address: number;
}

/**
 * Measures a loaded plane.
 *
 * @returns `undefined` for a plane with fewer rows than a block.
 */
export function measureLoaded(plane: Loaded): FrameMeasurements | undefined {
  if (plane.height < BLOCK) return undefined;
  return plane.kind === "words" ? measureWords(plane) : measureFloats(plane);
}

function measureWords(plane: LoadedPlane): FrameMeasurements {
  const { histogram } = plane.room;
  countsAt(histogram, VALUES).fill(0);
  const blocks = measureBlocks(plane);
  const noise = computeQuietNoise(blocks);
  return {
    blocks,
    noise,
    ...measureLevels(plane, blocks.length * SAMPLE),
    ...measureProfiles(plane, noise),
    hits: measureHits(plane, blocks, noise),
  };
}

/**
 * Returns the address of the first pixel along the slit and the bytes to the next one.
 * Turning a plane reverses its slit; the order here is that of the file.
 */
export function getSlit({ address, width, height, rotated }: LoadedPlane) {
  const row = width * WORD;
  return rotated
    ? { first: address + (height - 1) * row, stride: -row }
    : { first: address, stride: row };
}

function measureBlocks(plane: LoadedPlane): PlacedBlock[] {
  const { width, height, base, room } = plane;
  const { first, stride } = getSlit(plane);
  const columns = placeBlocks(width);
  const measured = floatsAt(room.results, 4);
  return placeBlocks(height).flatMap((slit, slitIndex) =>
    columns.map((dispersion, dispersionIndex) => {
      const address = first + slit * stride + dispersion * WORD;
      measureBlock(address, stride, base, room.histogram, room.results);
      const [level, noise, noiseRatio, spread] = measured as unknown as Four;
      const place = { slitIndex, dispersionIndex, address };
      return { ...place, level, noise, noiseRatio, spread };
    })
  );
}

export type Four = readonly [number, number, number, number];

function measureLevels({ base, room }: LoadedPlane, sampled: number) {
  accumulate(room.histogram);
  const running = countsAt(room.histogram, VALUES);
  const countBelow = (value: number) =>
    running[Math.min(value, VALUES) - 1] ?? 0;
  return {
    sampled,
    level(fraction: number): number {
      const rank = Math.floor(fraction * (sampled - 1));
      return base + findFirstAbove(running, rank);
    },
    countFrom: (limit: number) => sampled - countBelow(Math.ceil(limit - base)),
    countUpTo: (limit: number) => countBelow(Math.floor(limit - base) + 1),
  };
}

/** Returns the index of the first of some ascending counts that is more than `rank`. */
function findFirstAbove(running: Uint32Array, rank: number): number {
  let from = 0;
  let to = running.length - 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (running[middle]! > rank) to = middle;
    else from = middle + 1;
  }
  return from;
}

function measureProfiles(plane: LoadedPlane, noise: number) {
  const { width, height, base, room } = plane;
  const { first, stride } = getSlit(plane);
  const along = (
    length: number,
    step: number,
    depth: number,
    depthStep: number,
  ) =>
    measureProfile(room.points, length, depth, noise, (points, deep) => {
      profile(
        first,
        length,
        step,
        depth,
        depthStep,
        points,
        deep,
        base,
        room.points,
      );
      return points;
    });
  return {
    slit: along(height, stride, width, WORD),
    dispersion: along(width, WORD, height, stride),
  };
}

/**
 * Measures a profile.
 *
 * @param at Address of the points.
 * @param length Pixels along the axis.
 * @param depth Pixels across the axis.
 * @param compute Computes a number of points, each the median of `deep` pixels, and returns
 *   their number without those that have no finite pixel.
 */
export function measureProfile(
  at: number,
  length: number,
  depth: number,
  noise: number,
  compute: (points: number, deep: number) => number,
): number[] {
  const count = compute(Math.min(length, LONGEST), Math.min(depth, DEPTH));
  return describeProfile(floatsAt(at, count), noise, depth, subtractMedians);
}

function measureHits(
  plane: LoadedPlane,
  blocks: readonly PlacedBlock[],
  noise: number,
): number[] {
  const { room } = plane;
  const { stride } = getSlit(plane);
  return sumHits(
    room,
    blocks,
    ({ address, noise: own }, residuals) =>
      countHits(address, stride, own, noise, residuals, room.results),
  );
}

/**
 * Sums the hits of all blocks.
 *
 * @param count Adds the hits of a block to `room.results`, and writes its residuals to the
 *   memory, if it is plain; returns whether it is.
 */
export function sumHits<Measured>(
  { results, residuals, bins, scratch }: Pick<
    Loaded["room"],
    "results" | "residuals" | "bins" | "scratch"
  >,
  blocks: readonly Measured[],
  count: (block: Measured, residuals: number) => number,
): number[] {
  const sums = floatsAt(results, 8).fill(0);
  let plain = 0;
  for (const block of blocks) {
    plain += count(block, residuals + plain * SAMPLE * FLOAT);
  }
  const sampled = plain * SAMPLE;
  binResiduals(residuals, sampled, bins);
  const [single, high, several, below, along, across, squares, pixels] =
    sums as unknown as Eight;
  return describeHits(
    { single, high, several, below, along, across, squares, pixels },
    (fraction) => {
      if (sampled === 0) return 0;
      const rank = Math.floor(fraction * (sampled - 1));
      return rankedResidual(residuals, sampled, bins, rank, scratch);
    },
    blocks.length === 0 ? 0 : plain / blocks.length,
  );
}

type Eight = readonly [...Four, ...Four];
