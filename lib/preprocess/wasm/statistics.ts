/**
 * The measurements of the statistics by the kernels, for a plane of 16-bit integers: the
 * fast path of `../statistics.ts`.
 *
 * @module
 */
import {
  BRIGHTEST,
  ignoreSingle,
  type Light,
  type PixelSample,
  POINTS,
  ROWS,
  SAMPLE,
  SLIT,
  SPECTRUM,
  type StatisticsMeasurements,
} from "../statistics.ts";
import { getSlit } from "./features.ts";
import {
  addLight,
  averageParts,
  averagePoints,
  averageRows,
  countsAt,
  findLines,
  FLOAT,
  floatsAt,
  sampleCountUpTo,
  sampleEvenly,
  sampleRanked,
  subtractRunningMedian,
} from "./kernels.ts";
import { type Loaded, type LoadedPlane, VALUES } from "./load_plane.ts";

/**
 * Measures a loaded plane.
 *
 * @param noise Noise of the quiet parts, counts.
 * @returns `undefined` for a plane of floats, for one that is not in the order of the file,
 *   and for one with fewer pixels than a sample.
 */
export function measureLoadedStatistics(
  plane: Loaded,
  noise: number,
): StatisticsMeasurements | undefined {
  if (plane.kind === "floats" || !plane.isInOrder) return undefined;
  if (plane.width * plane.height < SAMPLE) return undefined;
  return {
    sample: samplePixels(plane),
    measureLight: (dark, limit) => measureLight(plane, dark, limit, noise),
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
  noise: number,
): Light {
  const { width, height, base, room } = plane;
  const { first, stride } = getSlit(plane);
  const depth = Math.min(height, ROWS);
  const cut = limit - dark;
  const level = dark - base;
  const top = Math.max(0, Math.min(level + Math.floor(cut), VALUES - 1));
  const { light, largest, slit, points, scratch } = room;
  addLight(first, stride, height, width, depth, top, light, largest, slit);
  const count = Math.min(width, POINTS);
  averagePoints(light, largest, width, depth, level, count, points, scratch);
  averageRows(slit, depth, width, level, cut);
  const average = (values: number, count: number, parts: number) => {
    averageParts(values, count, parts, scratch, scratch + parts * FLOAT);
    return floatsAt(scratch, parts).slice();
  };
  return {
    points: count,
    spectrum: average(points, count, SPECTRUM),
    slit: average(slit, depth, SLIT),
    emission: measureLines(room, count, noise / Math.sqrt(depth)),
  };
}

function measureLines(
  { points, scratch, results }: LoadedPlane["room"],
  count: number,
  error: number,
): Light["emission"] {
  const residual = scratch;
  const sizes = scratch + count * FLOAT;
  subtractRunningMedian(points, count, residual);
  const brightest = results + FLOAT;
  const lines = findLines(
    points,
    residual,
    count,
    error,
    sizes,
    results,
    brightest,
  );
  const places = countsAt(brightest, Math.min(lines, BRIGHTEST));
  return {
    count: lines,
    light: floatsAt(results, 1)[0]!,
    brightest: Array.from(places).sort((one, other) => one - other),
  };
}
