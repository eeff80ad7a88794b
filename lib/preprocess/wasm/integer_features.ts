/**
 * What features rest on, measured by the kernels on a plane of 16-bit integers.
 *
 * @module
 */
import {
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
import { type LoadedPlane, VALUES } from "./load_plane.ts";
import {
  BLOCK,
  type MeasuredBlock,
  quietest,
  SAMPLE,
  starts,
} from "../features_blocks.ts";
import { describeHits } from "../features_hits.ts";
import { DEPTH, describeProfile, LONGEST } from "../features_profiles.ts";

/** What the features of a frame are made of. */
export interface FrameMeasures {
  readonly blocks: readonly MeasuredBlock[];
  /** Of the quiet blocks, in counts. */
  readonly noise: number;
  /** Pixels in the samples of all blocks. */
  readonly sampled: number;
  /** The value at a share of the way through these pixels, sorted. */
  readonly level: (share: number) => number;
  /** How many of them are not below a limit. */
  readonly countFrom: (limit: number) => number;
  /** How many are not above one. */
  readonly countUpTo: (limit: number) => number;
  /** Seven numbers for the profile along each axis. */
  readonly slit: readonly number[];
  readonly dispersion: readonly number[];
  /** Nine numbers for sharp events. */
  readonly hits: readonly number[];
}

/** A block, and where its first pixel lies. */
interface PlacedBlock extends MeasuredBlock {
  readonly address: number;
}

/**
 * Measures a loaded plane.
 *
 * @returns `undefined` when it is lower than a block.
 */
export function measuresOf(plane: LoadedPlane): FrameMeasures | undefined {
  if (plane.height < BLOCK) return undefined;
  const { histogram } = plane.room;
  countsAt(histogram, VALUES).fill(0);
  const blocks = blocksOf(plane);
  const noise = quietest(blocks);
  return {
    blocks,
    noise,
    ...levelsOf(plane, blocks.length * SAMPLE),
    ...profilesOf(plane, noise),
    hits: hitsOf(plane, blocks, noise),
  };
}

/** The slit as it lies in the file: a plane that was turned has its last pixel first. */
function slitOf({ address, width, height, rotated }: LoadedPlane) {
  const row = width * WORD;
  return rotated
    ? { first: address + (height - 1) * row, stride: -row }
    : { first: address, stride: row };
}

function blocksOf(plane: LoadedPlane): PlacedBlock[] {
  const { width, height, base, room } = plane;
  const { first, stride } = slitOf(plane);
  const columns = starts(width);
  const measured = floatsAt(room.results, 4);
  return starts(height).flatMap((slit, slitIndex) =>
    columns.map((dispersion, dispersionIndex) => {
      const address = first + slit * stride + dispersion * WORD;
      measureBlock(address, stride, base, room.histogram, room.results);
      const [level, noise, noiseRatio, spread] = measured as unknown as Four;
      return {
        slitIndex,
        dispersionIndex,
        address,
        level,
        noise,
        noiseRatio,
        spread,
      };
    })
  );
}

type Four = readonly [number, number, number, number];

function levelsOf({ base, room }: LoadedPlane, sampled: number) {
  const counts = countsAt(room.histogram, VALUES);
  let least = 0;
  while (counts[least] === 0) least++;
  let most = VALUES - 1;
  while (counts[most] === 0) most--;
  const running = new Uint32Array(most - least + 1);
  let sum = 0;
  for (let k = 0; k < running.length; k++) {
    running[k] = sum += counts[least + k]!;
  }
  return {
    sampled,
    level(share: number): number {
      const rank = Math.floor(share * (sampled - 1));
      return base + least + firstBeyond(running, rank);
    },
    countFrom(limit: number): number {
      const below = Math.ceil(limit - base) - least - 1;
      return sampled - (running[below] ?? (below < 0 ? 0 : sampled));
    },
    countUpTo(limit: number): number {
      const place = Math.floor(limit - base) - least;
      return running[place] ?? (place < 0 ? 0 : sampled);
    },
  };
}

/** Place of the first of some growing counts that is more than `rank`. */
function firstBeyond(running: Uint32Array, rank: number): number {
  let from = 0;
  let to = running.length - 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (running[middle]! > rank) to = middle;
    else from = middle + 1;
  }
  return from;
}

function profilesOf(plane: LoadedPlane, noise: number) {
  const { width, height } = plane;
  const { first, stride } = slitOf(plane);
  const along = (
    length: number,
    step: number,
    depth: number,
    depthStep: number,
  ) => {
    const points = Math.min(length, LONGEST);
    const deep = Math.min(depth, DEPTH);
    const into = plane.room.points;
    profile(
      first,
      length,
      step,
      depth,
      depthStep,
      points,
      deep,
      plane.base,
      into,
    );
    return describeProfile(floatsAt(into, points), noise, depth);
  };
  return {
    slit: along(height, stride, width, WORD),
    dispersion: along(width, WORD, height, stride),
  };
}

function hitsOf(
  plane: LoadedPlane,
  blocks: readonly PlacedBlock[],
  noise: number,
): number[] {
  const { results, residuals, bins, scratch } = plane.room;
  const { stride } = slitOf(plane);
  const sums = floatsAt(results, 8).fill(0);
  let plain = 0;
  for (const { address, noise: own } of blocks) {
    const room = residuals + plain * SAMPLE * FLOAT;
    plain += countHits(address, stride, own, noise, room, results);
  }
  const count = plain * SAMPLE;
  binResiduals(residuals, count, bins);
  const [single, high, several, below, along, across, squares, pixels] =
    sums as unknown as Eight;
  return describeHits(
    { single, high, several, below, along, across, squares, pixels },
    (share) => {
      if (count === 0) return 0;
      const rank = Math.floor(share * (count - 1));
      return rankedResidual(residuals, count, bins, rank, scratch);
    },
    plain / blocks.length,
  );
}

type Eight = readonly [...Four, ...Four];
