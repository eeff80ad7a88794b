/**
 * Checks that a long run does not leak: classifies many files in one process, broken
 * and missing ones among them, and prints memory, file descriptors and threads. The
 * exit code is 1 if one of them grows between the second and the last quarter.
 * Requires Linux.
 *
 *     deno run -A scripts/soak.ts --files 20000
 */
import { Command } from "commander";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parseCount } from "../lib/commands/options.ts";
import { classifyFiles } from "../lib/classify/classify_files.ts";
import { encodeFits } from "../lib/fits/write_fits.ts";
import { join } from "../lib/std.ts";
import { createInstrument } from "../lib/simulate/named_instrument.ts";
import { simulateNight } from "../lib/simulate/simulate_night.ts";

type Sample = ReturnType<typeof takeSample>;

const SAMPLES = 200;

/** Largest ratio of the means of the last and the second quarter. */
const MAX_GROWTH = 1.05;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const { files, workers } = new Command("soak.ts")
  .option("--files <number>", "number of files", parseCount, 20_000)
  .option("--workers <number>", "number of reader threads", parseCount, 2)
  .parse(Deno.args, { from: "user" })
  .opts();
const folder = Deno.makeTempDirSync({ prefix: "spit-soak-" });
try {
  const samples = await takeSamples(folder, files, workers);
  Deno.exitCode = printGrowth(samples) ? 1 : 0;
} finally {
  Deno.removeSync(folder, { recursive: true });
}

async function takeSamples(
  folder: string,
  count: number,
  workers: number,
): Promise<Sample[]> {
  const files = writeFiles(folder);
  function* paths() {
    for (let k = 0; k < count; k++) yield files[k % files.length]!;
  }
  const samples: Sample[] = [];
  const ends = new Map<string, number>();
  const interval = Math.max(1, Math.floor(count / SAMPLES));
  let done = 0;
  for await (const { error } of classifyFiles(paths(), { workers })) {
    const end = error?.code ?? "classified";
    ends.set(end, (ends.get(end) ?? 0) + 1);
    if (++done % interval === 0) samples.push(takeSample());
  }
  console.log([...ends].map(([end, n]) => `${n} ${end}`).join(", "));
  return samples;
}

/** Writes a night, a truncated file and one that is not FITS; adds a missing file. */
function writeFiles(folder: string): string[] {
  const instrument = createInstrument("kast-red", 1)!;
  const files = simulateNight({ seed: 1, count: 24, instrument })
    .map(({ name, cards, plane }) =>
      [`${name}.fits`, encodeFits([{ cards, plane }])] as const
    ).toArray();
  const [, first] = files[0]!;
  files.push(["truncated.fits", first.subarray(0, 300_000)]);
  files.push(["foreign.fits", first.subarray(8)]);
  for (const [name, bytes] of files) {
    Deno.writeFileSync(join(folder, name), bytes);
  }
  return [...files.map(([name]) => name), "missing.fits"]
    .map((name) => join(folder, name));
}

/** Returns resident memory and, after a garbage collection, the heap in MB, and counts. */
function takeSample() {
  const { rss } = Deno.memoryUsage();
  collectGarbage();
  return {
    resident: rss / 1e6,
    heap: Deno.memoryUsage().heapUsed / 1e6,
    descriptors: [...Deno.readDirSync("/proc/self/fd")].length,
    threads: [...Deno.readDirSync("/proc/self/task")].length,
  };
}

/** Prints the means of the second and the last quarter; returns whether one grows. */
function printGrowth(samples: readonly Sample[]): boolean {
  const quarter = Math.floor(samples.length / 4);
  const mean = (part: readonly Sample[], quantity: keyof Sample) =>
    part.reduce((sum, sample) => sum + sample[quantity], 0) / part.length;
  let grows = false;
  for (
    const quantity of ["resident", "heap", "descriptors", "threads"] as const
  ) {
    const early = mean(samples.slice(quarter, 2 * quarter), quantity);
    const late = mean(samples.slice(-quarter), quantity);
    grows ||= late > MAX_GROWTH * early;
    console.log(`${quantity}: ${early.toFixed(1)}, then ${late.toFixed(1)}`);
  }
  return grows;
}
