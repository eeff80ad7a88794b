/**
 * The measurements of the statistics by the kernels, for a plane of 16-bit integers: the
 * fast path of `../statistics.ts`.
 *
 * @module
 */
import {
  type AxesLight,
  ignoreSingle,
  type PixelSample,
  ROWS,
  SAMPLE,
  type StatisticsMeasurements,
} from "../statistics.ts";
import { getSlit } from "./features.ts";
import {
  addLight,
  countsAt,
  floatsAt,
  sampleCountUpTo,
  sampleEvenly,
  sampleRanked,
  wordsAt,
} from "./kernels.ts";
import { type Loaded, type LoadedPlane, VALUES } from "./load_plane.ts";
import { subtractMedians } from "./running_median.ts";

/**
 * Measures a loaded plane.
 *
 * @returns `undefined` for a plane of floats, and for one with fewer pixels than a sample.
 */
export function measureLoadedStatistics(
  plane: Loaded,
): StatisticsMeasurements | undefined {
  if (plane.kind === "floats" || plane.width * plane.height < SAMPLE) {
    return undefined;
  }
  return {
    sample: samplePixels(plane),
    measureLight: (dark, limit) => measureLight(plane, dark, limit),
    subtractMedians,
  };
}

function samplePixels({ width, height, base, room }: LoadedPlane): PixelSample {
  const { sample } = room;
  sampleEvenly(room.plane, width * height, SAMPLE, sample);
  const ranked = (rank: number) => sampleRanked(sample, SAMPLE, rank);
  const countUpTo = (limit: number) => sampleCountUpTo(sample, SAMPLE, limit);
  const most = ranked(SAMPLE - 1);
  return {
    count: SAMPLE,
    ranked: (rank) => base + ranked(rank),
    least: ignoreSingle(countUpTo(ranked(0))),
    most: ignoreSingle(most === 0 ? SAMPLE : SAMPLE - countUpTo(most - 1)),
  };
}

function measureLight(
  plane: LoadedPlane,
  dark: number,
  limit: number,
): AxesLight {
  const { width, height, base, room } = plane;
  const { first, stride } = getSlit(plane);
  const depth = Math.min(height, ROWS);
  const cut = limit - dark;
  const top = Math.max(0, Math.min(dark - base + Math.floor(cut), VALUES - 1));
  const { light, largest, slit } = room;
  addLight(first, stride, height, width, depth, top, light, largest, slit);
  const sums = countsAt(light, width);
  const most = wordsAt(largest, width);
  const columns = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    columns[k] = (sums[k]! - most[k]! - (depth - 1) * (dark - base)) /
      (depth - 1);
  }
  const rows = floatsAt(slit, 2 * depth);
  return {
    columns,
    slit: Float64Array.from({ length: depth }, (_, k) => {
      const [sum, above] = [rows[2 * k]!, rows[2 * k + 1]!];
      return (sum - (width - above) * (dark - base) + above * cut) / width;
    }),
  };
}
