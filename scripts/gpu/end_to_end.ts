/**
 * Files to verdicts, all cores feeding the device, and what holds them up.
 *
 * @module
 */
import { join } from "../../lib/io/path.ts";
import process from "node:process";
import { classifyFiles } from "../../lib/classify/classify_files.ts";
import { simulate } from "../../lib/commands/simulate.ts";
import type { Model } from "../../lib/model/open_model.ts";

/** Frames that are simulated; the other files of a night are copies. */
const DISTINCT = 24;

/** One way through a folder. */
export interface EndToEnd {
  /** Files, `.fits.gz`. */
  readonly files: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Threads that read and preprocess. */
  readonly workers: number;
  /** Seconds from the first file to the last verdict. */
  readonly wall: number;
  /** Of them, in passes of the network; the others its thread waits for flips. */
  readonly inRun: number;
  /** Seconds of the processor, all threads together. */
  readonly processor: number;
  /** Seconds that reading the bytes alone takes, by one thread. */
  readonly reading: number;
  /** What there is too little of. */
  readonly bottleneck: string;
}

/** Writes a night of Kast's red arm; remove the folder when done. */
export async function writeNight(files: number): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "spit-night-" });
  const made = await simulate(folder, {
    seed: 1,
    count: Math.min(files, DISTINCT),
    instrument: "kast-red",
    gzip: true,
    quiet: true,
  });
  const paths = [...made];
  while (paths.length < files) {
    const path = join(folder, `copy-${paths.length}.fits.gz`);
    await Deno.copyFile(made[paths.length % made.length]!, path);
    paths.push(path);
  }
  return paths;
}

/**
 * Types files and takes the time of each part.
 *
 * @throws {SpitError} As `classifyFiles` does; `Error` when a file gets no verdict.
 */
export async function measureEndToEnd(
  opened: Model,
  paths: readonly string[],
  workers: number,
): Promise<EndToEnd> {
  let start = performance.now();
  let bytes = 0;
  for (const path of paths) bytes += (await Deno.readFile(path)).length;
  const reading = (performance.now() - start) / 1000;

  let inRun = 0;
  const model: Model = {
    ...opened,
    async run(...input) {
      const begin = performance.now();
      const output = await opened.run(...input);
      inRun += (performance.now() - begin) / 1000;
      return output;
    },
  };
  const options = { model, workers };
  // Threads start and code is compiled on the first files.
  await typeAll(paths.slice(0, 2 * workers), options);
  inRun = 0;
  const before = process.cpuUsage();
  start = performance.now();
  await typeAll(paths, options);
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const processor = (user + system) / 1e6;
  const times = { wall, inRun, processor, reading };
  const bottleneck = bottleneckOf(times, navigator.hardwareConcurrency);
  return { files: paths.length, bytes, workers, ...times, bottleneck };
}

/** Names what takes the time; no cause is named where none takes most of it. */
export function bottleneckOf(
  { wall, inRun, processor, reading }: Pick<
    EndToEnd,
    "wall" | "inRun" | "processor" | "reading"
  >,
  cores: number,
): string {
  if (inRun > 0.7 * wall) return "inference";
  if (processor > 0.7 * cores * wall) return "preprocessing, on all cores";
  if (reading > 0.7 * wall) return "reading the files";
  return "none alone: neither the network, nor the cores, nor the disk is busy throughout";
}

async function typeAll(
  paths: readonly string[],
  options: { model: Model; workers: number },
): Promise<void> {
  for await (const { file, error } of classifyFiles(paths, options)) {
    if (error !== null) throw new Error(`${file}: ${error.message}`);
  }
}
