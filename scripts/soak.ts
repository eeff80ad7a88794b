/**
 * Types many files in one process and watches its memory and handles: what leaks
 * shows. Among the files are broken ones, some that their worker dies of, and
 * some that it takes too long for, so that workers come and go.
 *
 *     deno run -A scripts/soak.ts                        20,000 files
 *     deno run -A scripts/soak.ts --files 2000 --json    as one JSON object
 *
 * Linux tells of descriptors and threads. The exit code is 1 where something grows.
 */
import { Command } from "commander";
import { join } from "../lib/io/path.ts";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { classifyInputs } from "../lib/classify/classify_inputs.ts";
import { getInputOptions } from "../lib/classify/inputs.ts";
import {
  readInputsAhead,
  startReaderWorker,
} from "../lib/classify/reader_pool.ts";
import { encodeFits } from "../lib/fits/write_fits.ts";
import { DEFAULT_MODEL } from "../lib/model/find_model.ts";
import { openModel } from "../lib/model/open_model.ts";
import { createInstrument } from "../lib/simulate/named_instrument.ts";
import { simulateNight } from "../lib/simulate/simulate_night.ts";
import { isFlat, type Trend, trendOf } from "./soak/trend.ts";

/** The process after so many files. */
interface Sample {
  readonly files: number;
  /** Resident memory, megabytes. */
  readonly resident: number;
  /** Heap in use when what nobody needs is collected, megabytes. */
  readonly heap: number;
  /** Open file descriptors. */
  readonly descriptors: number;
  readonly threads: number;
}

const QUANTITIES = ["resident", "heap", "descriptors", "threads"] as const;

/** Samples in all; a row is printed of every tenth. */
const SAMPLES = 200;

/** Growth over the second half that is none, as a share of the mean. */
const FLAT = 0.02;

/** Seconds for a file, after which it is given up. */
const TIMEOUT = 1;

/** Files between two that a worker dies of, and two that it takes too long for. */
const DEADLY = 500;
const SLOW = 2500;

/** Does not survive files of these names; else the worker that all runs have. */
const WORKER = new URL("../tests/classify/faulty_worker.ts", import.meta.url);

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

async function main(): Promise<number> {
  const program = new Command("soak.ts")
    .option("--files <number>", "how many", Number, 20_000)
    .option("--workers <number>", "that read", Number, 2)
    .option("--model <name>", "name or card", DEFAULT_MODEL)
    .option("--json", "print JSON")
    .parse(Deno.args, { from: "user" });
  const { files, workers, model, json } = program.opts();
  const folder = Deno.makeTempDirSync({ prefix: "spit-soak-" });
  try {
    const start = performance.now();
    const { samples, ends } = await soak(folder, files, workers, model);
    const seconds = (performance.now() - start) / 1000;
    const late = samples.filter((sample) => 2 * sample.files >= files);
    const trends = Object.fromEntries(QUANTITIES.map((name) => {
      const places = late.map((sample) => sample.files / 1000);
      return [name, trendOf(places, late.map((sample) => sample[name]))];
    }));
    const growing = QUANTITIES.filter((name) =>
      !isFlat(trends[name]!, files / 2000, FLAT)
    );
    if (json) {
      const found = { files, workers, seconds, ends, trends, growing, samples };
      console.log(JSON.stringify(found));
    } else show(samples, ends, trends, seconds);
    console.error(
      growing.length === 0 ? "flat" : `growing: ${growing.join(", ")}`,
    );
    return growing.length === 0 ? 0 : 1;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

async function soak(
  folder: string,
  files: number,
  workers: number,
  name: string,
): Promise<{ samples: Sample[]; ends: Record<string, number> }> {
  const kinds = writeFrames(folder);
  await using model = await openModel(name, "cpu");
  const samples: Sample[] = [];
  const ends: Record<string, number> = {};
  const every = Math.max(1, Math.floor(files / SAMPLES));
  let done = 0;
  const read = readInputsAhead(
    pathsOf(folder, kinds, files),
    getInputOptions(model.card),
    {
      workers,
      timeout: TIMEOUT,
      startWorker: (options) => startReaderWorker(options, WORKER),
    },
  );
  for await (const file of read) {
    const { error } = await classifyInputs(file, model);
    const end = error?.code ?? "typed";
    ends[end] = (ends[end] ?? 0) + 1;
    if (++done % every === 0) samples.push(sampleAfter(done));
  }
  return { samples, ends };
}

/** A night, a frame that is cut and one that is none. */
function writeFrames(folder: string): string[] {
  const instrument = createInstrument("kast-red", 1)!;
  const names: string[] = [];
  for (const frame of simulateNight({ seed: 1, count: 24, instrument })) {
    const name = `${frame.name}.fits`;
    const bytes = encodeFits([{ cards: frame.cards, plane: frame.plane }]);
    Deno.writeFileSync(join(folder, name), bytes);
    names.push(name);
    if (names.length > 1) continue;
    Deno.writeFileSync(join(folder, "cut.fits"), bytes.subarray(0, 300_000));
    Deno.writeFileSync(join(folder, "none.fits"), bytes.subarray(8));
  }
  return [...names, "cut.fits", "none.fits", "absent.fits"];
}

function* pathsOf(folder: string, names: readonly string[], files: number) {
  for (let k = 1; k <= files; k++) {
    const name = k % SLOW === 0
      ? "slow.fits"
      : k % DEADLY === 0
      ? "deadly.fits"
      : names[k % names.length]!;
    yield join(folder, name);
  }
}

function sampleAfter(files: number): Sample {
  const { rss } = Deno.memoryUsage();
  collect();
  return {
    files,
    resident: rss / 1e6,
    heap: Deno.memoryUsage().heapUsed / 1e6,
    descriptors: entriesOf("/proc/self/fd"),
    threads: entriesOf("/proc/self/task"),
  };
}

function entriesOf(folder: string): number {
  return Deno.build.os === "linux" ? [...Deno.readDirSync(folder)].length : 0;
}

function show(
  samples: readonly Sample[],
  ends: Readonly<Record<string, number>>,
  trends: Readonly<Record<string, Trend>>,
  seconds: number,
): void {
  const cells = (first: string, rest: readonly (number | string)[]) =>
    console.log(
      [first.padStart(10), ...rest.map((cell) => `${cell}`.padStart(16))]
        .join(""),
    );
  cells("files", ["resident, MB", "heap, MB", "descriptors", "threads"]);
  for (const sample of samples.filter((_, k) => k % 10 === 9)) {
    const { files, resident, heap, descriptors, threads } = sample;
    const memory = [resident.toFixed(0), heap.toFixed(1)];
    cells(`${files}`, [...memory, descriptors, threads]);
  }
  cells(
    "per 1,000",
    QUANTITIES.map((name) => {
      const { slope, error } = trends[name]!;
      return `${slope.toFixed(3)} ± ${error.toFixed(3)}`;
    }),
  );
  const said = Object.entries(ends).map(([end, count]) => `${count} ${end}`);
  console.log(`${said.join(", ")}; ${seconds.toFixed(0)} s`);
}

if (import.meta.main) Deno.exit(await main());
