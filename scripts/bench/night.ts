/**
 * The frames of a benchmark: a night of both arms of Kast, or the caller's own.
 *
 * @module
 */
import { basename, join, resolve } from "../../lib/io/path.ts";
import { fileURLToPath } from "node:url";
import { findFrames } from "../../lib/io/find_frames.ts";
import { simulate } from "../../lib/commands/simulate.ts";
import { SpitError } from "../../lib/errors.ts";

/** Where frames are kept from run to run; git ignores it. */
export const CACHE = fileURLToPath(
  new URL("../../data/bench", import.meta.url),
);

/** Frames of each arm that are simulated at most: more files are links to them. */
const MOST_SIMULATED = 100;

/** Frames to type. */
export interface Night {
  /** Paths of different files. */
  readonly files: readonly string[];
  /** Their bytes, as they lie on disk. */
  readonly bytes: number;
}

/** Takes the frames of a folder, or simulates about as many as asked for. */
export async function openNight(
  folder: string | undefined,
  frames: number,
): Promise<Night> {
  const files = folder === undefined
    ? await simulatedFrames(frames)
    : await Array.fromAsync(findFrames([resolve(folder)], console.error));
  if (files.length === 0) {
    throw new SpitError("usage", "there are no frames to measure with");
  }
  let bytes = 0;
  for (const file of files) bytes += (await Deno.stat(file)).size;
  return { files, bytes };
}

/** Half from the red arm, then half from the blue; made once. */
async function simulatedFrames(frames: number): Promise<string[]> {
  const count = Math.min(MOST_SIMULATED, Math.ceil(frames / 2));
  const files: string[] = [];
  for (const instrument of ["kast-red", "kast-blue"]) {
    const out = join(CACHE, `${instrument}-${count}`);
    const made = await isComplete(out)
      ? Array.fromAsync(findFrames([out], console.error))
      : simulate(out, { seed: 1, count, instrument, gzip: true });
    files.push(...await made);
  }
  return files;
}

/** The labels are written last. */
async function isComplete(folder: string): Promise<boolean> {
  try {
    await Deno.stat(join(folder, "labels.csv"));
    return true;
  } catch {
    return false;
  }
}

/**
 * As many of some things as asked for, in their order and evenly from all of
 * them, so that few are like many; where there are too few, several times.
 */
export function evenly<T>(all: readonly T[], count: number): T[] {
  return Array.from(
    { length: count },
    (_, k) => all[Math.floor((k + 0.5) * all.length / count)]!,
  );
}

/**
 * A folder with so many frames, links to those of the night. It is a temporary
 * one, for the caller to remove.
 */
export async function linkedFolder(
  files: readonly string[],
  count: number,
): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "spit-bench-" });
  let number = 0;
  for (const file of evenly(files, count)) {
    const name = String(++number).padStart(6, "0");
    await Deno.symlink(file, join(folder, `${name}-${basename(file)}`));
  }
  return folder;
}
