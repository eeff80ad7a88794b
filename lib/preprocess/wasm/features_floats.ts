/**
 * The measurements of the features by the kernels, for a plane of floats: the fast path of
 * `../features_*.ts`. Blocks with pixels that are not finite are left to the steps.
 *
 * @module
 */
import type { FrameMeasurements } from "../features.ts";
import {
  BLOCK,
  computeQuietNoise,
  getStrides,
  makeScratch,
  measureBlock,
  type MeasuredBlock,
  type Place,
  placeBlocks,
  SAMPLE,
} from "../features_blocks.ts";
import { makeHitCounts, measureBlockHits } from "../features_hits.ts";
import { type Four, measureProfile, sumHits } from "./features.ts";
import {
  countFloatHits,
  FLOAT,
  floatsAt,
  measureFloats as measureBlockOfFloats,
  profileFloats,
  selectFloat,
} from "./kernels.ts";
import type { LoadedFloats } from "./load_plane.ts";

interface PlacedBlock extends MeasuredBlock, Place {
  /** Address of the first pixel; `undefined` for a block that is left to the steps. */
  readonly address: number | undefined;
}

/** Measures a loaded plane with at least as many rows as a block. */
export function measureFloats(loaded: LoadedFloats): FrameMeasurements {
  const { blocks, sampled } = measureBlocks(loaded);
  const noise = computeQuietNoise(blocks);
  return {
    blocks,
    noise,
    ...measureLevels(loaded, sampled),
    ...measureProfiles(loaded, noise),
    hits: measureHits(loaded, blocks, noise),
  };
}

/** Returns the bytes between neighbours along both axes, in the order of the file. */
function getByteStrides({ plane }: LoadedFloats) {
  const { slit, dispersion } = getStrides(plane);
  return [slit * FLOAT, dispersion * FLOAT] as const;
}

/** Measures the blocks, and writes the samples of all of them to the memory. */
function measureBlocks(loaded: LoadedFloats) {
  const { plane, room } = loaded;
  const [slitStride, dispersionStride] = getByteStrides(loaded);
  const { rows, columns } = getStrides(plane);
  const measured = floatsAt(room.results, 4);
  const scratch = makeScratch();
  const dispersions = placeBlocks(columns);
  const blocks: PlacedBlock[] = [];
  let sampled = 0;
  for (const [slitIndex, slit] of placeBlocks(rows).entries()) {
    for (const [dispersionIndex, dispersion] of dispersions.entries()) {
      const place = {
        slit,
        slitIndex,
        dispersion,
        dispersionIndex,
        rows: BLOCK,
        columns: BLOCK,
      };
      const address = room.plane + slit * slitStride +
        dispersion * dispersionStride;
      const to = room.samples + sampled * FLOAT;
      if (
        measureBlockOfFloats(
          address,
          slitStride,
          dispersionStride,
          to,
          room.results,
        )
      ) {
        const [level, noise, noiseRatio, spread] = measured as unknown as Four;
        blocks.push({ ...place, address, level, noise, noiseRatio, spread });
        sampled += SAMPLE;
        continue;
      }
      const block = measureBlock(plane, place, scratch);
      if (block === undefined) continue;
      const { sample, ...rest } = block;
      floatsAt(to, sample.length).set(sample);
      blocks.push({ ...rest, address: undefined });
      sampled += sample.length;
    }
  }
  return { blocks, sampled };
}

function measureLevels({ room }: LoadedFloats, sampled: number) {
  const values = floatsAt(room.samples, sampled);
  // Ranks whose value is in its place, with all smaller values before it.
  const found: number[] = [];
  const ranked = (rank: number) => {
    let from = 0;
    let end = sampled;
    for (const other of found) {
      if (other === rank) return values[rank]!;
      if (other < rank) from = Math.max(from, other + 1);
      else end = Math.min(end, other);
    }
    found.push(rank);
    const start = room.samples + from * FLOAT;
    return selectFloat(start, end - from, rank - from);
  };
  const level = (fraction: number) =>
    sampled === 0 ? 0 : ranked(Math.floor(fraction * (sampled - 1)));
  // Divides the values for the other ranks.
  for (const fraction of [0.5, 0.05, 0.95]) level(fraction);
  return {
    sampled,
    level,
    countFrom(limit: number): number {
      let count = 0;
      for (let k = 0; k < sampled; k++) if (values[k]! >= limit) count++;
      return count;
    },
    countUpTo(limit: number): number {
      let count = 0;
      for (let k = 0; k < sampled; k++) if (values[k]! <= limit) count++;
      return count;
    },
  };
}

function measureProfiles(loaded: LoadedFloats, noise: number) {
  const { plane, room } = loaded;
  const { rows, columns } = getStrides(plane);
  const [slit, dispersion] = getByteStrides(loaded);
  const along = (
    length: number,
    step: number,
    depth: number,
    depthStep: number,
  ) =>
    measureProfile(
      room.points,
      length,
      depth,
      noise,
      (points, deep) =>
        profileFloats(
          room.plane,
          length,
          step,
          depth,
          depthStep,
          points,
          deep,
          room.points,
        ),
    );
  return {
    slit: along(rows, slit, columns, dispersion),
    dispersion: along(columns, dispersion, rows, slit),
  };
}

function measureHits(
  loaded: LoadedFloats,
  blocks: readonly PlacedBlock[],
  noise: number,
): number[] {
  const { plane, room } = loaded;
  const strides = getByteStrides(loaded);
  const residual = new Float64Array(BLOCK * BLOCK);
  return sumHits(room, blocks, (block, residuals) => {
    if (block.address === undefined) {
      const sums = makeHitCounts();
      const sample = measureBlockHits(plane, block, noise, residual, sums);
      if (sample === undefined) return 0;
      floatsAt(residuals, SAMPLE).set(sample);
      const results = floatsAt(room.results, 8);
      const { single, high, several, below, along, across, squares, pixels } =
        sums;
      [single, high, several, below, along, across, squares, pixels]
        .forEach((sum, k) => results[k]! += sum);
      return 1;
    }
    const { address, level, noise: own } = block;
    return countFloatHits(
      address,
      ...strides,
      level,
      own,
      noise,
      residuals,
      room.results,
    );
  });
}
