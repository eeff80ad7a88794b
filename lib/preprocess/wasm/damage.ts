/**
 * The measurements of damage by the kernels, for a plane of 16-bit integers: the fast path of
 * `../damage.ts`.
 *
 * @module
 */
import {
  chooseStep,
  COARSE,
  type DamageMeasurements,
  type DamageSample,
  DARK,
  type Lines,
  type Run,
} from "../damage.ts";
import {
  areAlike,
  countsAt,
  findRun,
  sampleCountUpTo,
  sampleEvery,
  sampleRanked,
  sampleSumFrom,
  WORD,
} from "./kernels.ts";
import { type Loaded, type LoadedPlane, VALUES } from "./load_plane.ts";

/**
 * Measures a loaded plane.
 *
 * @returns `undefined` for a plane of floats, and for one that is not in the order of the file.
 */
export function measureLoadedDamage(
  plane: Loaded,
): DamageMeasurements | undefined {
  if (plane.kind === "floats" || !plane.isInOrder) return undefined;
  const { width, height, rotated } = plane;
  const step = chooseStep(width * height, rotated ? height : width);
  return {
    sample: samplePixels(plane, step),
    findRuns: (lines) => findRuns(plane, lines),
  };
}

function samplePixels(
  { width, height, base, room }: LoadedPlane,
  step: number,
): DamageSample {
  const pixels = width * height;
  const sample = sampleWords(room.plane, pixels, step, room.residuals);
  const coarse = sampleWords(room.plane, pixels, COARSE * step, room.scratch);
  /** Returns the smallest stored number that is at least a level; 65536 if none is. */
  const toWord = (level: number) =>
    Math.max(0, Math.min(Math.ceil(level) - base, VALUES));
  const countFrom = (level: number) =>
    sample.count - sample.countBelow(toWord(level));
  return {
    count: sample.count,
    dark: base + findDarkLevel(coarse),
    ranked: (rank) => base + sample.ranked(rank),
    countFrom,
    sumFrom: (level, most) =>
      base * countFrom(level) +
      sampleSumFrom(
        room.residuals,
        sample.count,
        toWord(level),
        most - base,
      ),
    areAlike: (level, limit) =>
      areAlike(room.plane, pixels, step, toWord(level), Math.floor(limit)) !==
        0,
  };
}

/** Stored numbers at even distances. */
interface WordSample {
  readonly count: number;
  readonly ranked: (rank: number) => number;
  readonly countBelow: (limit: number) => number;
}

/** @param to Address of memory for the sample. */
function sampleWords(
  plane: number,
  pixels: number,
  step: number,
  to: number,
): WordSample {
  sampleEvery(plane, pixels, step, to);
  const count = Math.ceil(pixels / step);
  // The sample fills whole vectors; the numbers added at the end are the largest ones.
  const filled = Math.ceil(count / LANES) * LANES;
  return {
    count,
    ranked: (rank) => sampleRanked(to, filled, rank),
    countBelow: (limit) =>
      limit === 0 ? 0 : Math.min(count, sampleCountUpTo(to, filled, limit - 1)),
  };
}

/** Numbers of 16 bits in a vector. */
const LANES = 8;

function findDarkLevel({ count, ranked, countBelow }: WordSample): number {
  const least = ranked(0);
  const first = countBelow(least + 1);
  const others = count - first;
  return others === 0 ? least : ranked(first + Math.floor(DARK * (others - 1)));
}

function findRuns(
  { room }: LoadedPlane,
  { start, count, across, length, along }: Lines,
): Run[] {
  const found = countsAt(room.results, 2);
  const first = room.plane + start * WORD;
  const findNext = (from: number) =>
    findRun(
      first,
      count,
      across * WORD,
      length,
      along * WORD,
      from,
      room.results,
    ) !== 0;
  const runs: Run[] = [];
  for (let from = 0; findNext(from); from = runs.at(-1)!.last + 1) {
    runs.push({ first: found[0]!, last: found[1]! });
  }
  return runs;
}
