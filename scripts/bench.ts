/**
 * Measures the time of a frame in each format next to the floor (inflating and inference
 * alone) and next to a tuned Python program (the peer), and compares them with targets.
 * docs/benchmarks.md explains how to read the result.
 *
 *     deno task bench
 *     deno task bench --frames 40 --runs 2 --only gz mosaic
 *     deno task bench --night /data/2026-11-22 --python .venv/bin/python
 */
import { Command, Option } from "commander";
import { fileURLToPath } from "node:url";
import { parseCountFrom } from "../lib/commands/options.ts";
import { SpitError } from "../lib/errors.ts";
import { findFrames } from "../lib/io/find_frames.ts";
import { join } from "../lib/std.ts";
import { measureFloor } from "./bench/floor.ts";
import {
  linkFrames,
  openLargeFrames,
  openNight,
  selectEvenly,
  writePlain,
} from "./bench/frames.ts";
import {
  measureInTurns,
  type ProcessRun,
  runProcess,
  type Sample,
  type Subject,
} from "./bench/measure.ts";
import {
  compareVerdicts,
  formatSamples,
  formatTargets,
  type Target,
} from "./bench/report.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODEL = "spit-compact";

/** The rows of the table by the name that selects them. */
const FORMATS = {
  gz: "Kast, .fits.gz",
  fits: "Kast, .fits",
  fz: "Kast, .fits.fz (Rice)",
  mosaic: "12 amplifiers",
  square: "4096 × 4096",
} as const;
const PARTS = [...Object.keys(FORMATS), "memory"];
const NIGHT = "frames of --night";

export interface BenchOptions {
  readonly runs: number;
  readonly frames: number;
  readonly night?: string;
  readonly only: readonly string[];
  readonly python: string;
}

/** Parses the command line; ends the process when it is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions {
  return new Command("bench")
    .description("measure speed and memory against the floor and a Python peer")
    .option("--runs <number>", "number of runs", parseCountFrom(1), 5)
    .option(
      "--frames <number>",
      "frames per run; a fifth of large ones",
      parseCountFrom(1),
      100,
    )
    .option("--night <folder>", "measure only the frames of a folder")
    .addOption(
      new Option("--only <parts...>", "measure only these formats, or memory")
        .choices(PARTS).default(PARTS, "all"),
    )
    .option("--python <program>", "Python with the peer's packages", "python3")
    .parse(args, { from: "user" })
    .opts<BenchOptions>();
}

/** A command that classifies a folder and writes NDJSON rows. */
interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const TWO_WORKERS = "2 workers";
const ONE_WORKER = "1 worker";
const PEER = "peer";
const INFLATE = "inflate, ms/frame";
const FLOOR = "floor, ms/frame";
const WHOLE = "with start, ms/frame";
const FIRST_ROW = "first row, s";

/** Returns the column of the time of a program. */
function timeOf(program: string): string {
  return `${program}, ms/frame`;
}

function spit(name: string, workers: number): Program {
  return {
    name,
    command: Deno.execPath(),
    args: [
      ...["run", "-A", join(ROOT, "cli.ts"), "--format", "ndjson", "--quiet"],
      // The peer classifies by the pixels alone.
      ...["--follow-links", "--pixels-only"],
      ...["--device", "cpu", "--model", MODEL, "--workers", String(workers)],
    ],
  };
}

function peer(python: string): Program {
  return {
    name: PEER,
    command: python,
    args: [
      join(ROOT, "scripts/peer/classify.py"),
      ...["--model", join(ROOT, "models", `${MODEL}.json`), "--workers", "2"],
    ],
  };
}

function run(program: Program, folder: string): Promise<ProcessRun> {
  return runProcess(program.command, [...program.args, folder]);
}

/**
 * Returns the milliseconds of a frame without the start of the process, from a run over
 * many frames and one over few; `undefined` if few took longer, as on a busy machine.
 */
export function computeFrameTime(
  many: Pick<ProcessRun, "seconds" | "rows">,
  few: Pick<ProcessRun, "seconds" | "rows">,
): number | undefined {
  const frames = many.rows.length - few.rows.length;
  const seconds = many.seconds - few.seconds;
  return frames > 0 && seconds > 0 ? 1000 * seconds / frames : undefined;
}

/** Describes the program that most columns are about. */
function describeProcess(
  { firstRow, seconds, cpu, peak, rows }: ProcessRun,
): Sample {
  const frames = rows.length;
  return {
    [WHOLE]: 1000 * seconds / frames,
    ...(cpu !== undefined && { "CPU, ms/frame": 1000 * cpu / frames }),
    [FIRST_ROW]: firstRow,
    ...(peak !== undefined && { "peak, MB": peak / 1e6 }),
  };
}

/** Files of one format, linked in two folders. */
interface Format {
  readonly name: string;
  readonly files: readonly string[];
  readonly many: string;
  readonly few: string;
  readonly count: number;
}

/** Measures the programs and the floor in turns, so that ratios are formed within a run. */
function formatSubject(
  { name, files, many, few, count }: Format,
  programs: readonly Program[],
  addRows: (program: string, rows: readonly string[]) => void,
): Subject {
  return {
    name,
    async measure(): Promise<Sample> {
      const times: Record<string, number> = {};
      let described: Sample = {};
      for (const program of programs) {
        const result = await run(program, many);
        addRows(program.name, result.rows);
        const time = computeFrameTime(result, await run(program, few));
        if (time !== undefined) times[timeOf(program.name)] = time;
        if (program.name === TWO_WORKERS) described = describeProcess(result);
      }
      if (files.every((file) => file.endsWith(".gz"))) {
        const { inflate, inference } = await measureFloor(
          ...[MODEL, files, count, 2] as const,
        );
        times[INFLATE] = inflate;
        times[FLOOR] = inflate + inference;
      }
      return { ...times, ...described };
    },
  };
}

/** Real Kast frames with Rice compression, where they are beside the checkout. */
const RICE_FOLDERS = ["kast-red", "kast-blue"]
  .map((arm) => join(ROOT, "../shared/frames", arm));

/** Lists the files of each format that is measured, and how many frames of it. */
async function listFormats(
  { night, frames, only }: BenchOptions,
  scratch: string,
): Promise<readonly (readonly [string, readonly string[], number])[]> {
  if (night !== undefined) return [[NIGHT, await openNight(night, 0), frames]];
  const { gz, fits, fz, mosaic, square } = FORMATS;
  const isWanted = (...parts: string[]) =>
    parts.some((part) => only.includes(part));
  const gzips = isWanted("gz", "fits")
    ? await openNight(undefined, frames)
    : [];
  const plain = isWanted("fits")
    ? await writePlain(selectEvenly(gzips, 20), join(scratch, "plain"))
    : [];
  const rice = isWanted("fz")
    ? await Array.fromAsync(findFrames(RICE_FOLDERS, () => {}))
    : [];
  const large = isWanted("mosaic", "square")
    ? await openLargeFrames()
    : undefined;
  const few = Math.ceil(frames / 5);
  const all = [
    ["gz", gz, gzips, frames],
    ["fits", fits, plain, frames],
    ["fz", fz, rice.filter((file) => file.endsWith(".fz")), frames],
    ["mosaic", mosaic, large ? [large.mosaic] : [], few],
    ["square", square, large ? [large.square] : [], few],
  ] as const;
  return all.filter(([part, , files]) => isWanted(part) && files.length > 0)
    .map(([, ...format]) => format);
}

const FEW_MEMORY = "100 frames, MB";
const MANY_MEMORY = "10,000 frames, MB";
const MEMORY = "memory";

function memorySubject(few: string, many: string): Subject {
  return {
    name: MEMORY,
    async measure(): Promise<Sample> {
      const program = spit(TWO_WORKERS, 2);
      const peaks = [await run(program, few), await run(program, many)]
        .map(({ peak }) => peak);
      return peaks.includes(undefined) ? {} : {
        [FEW_MEMORY]: peaks[0]! / 1e6,
        [MANY_MEMORY]: peaks[1]! / 1e6,
      };
    },
  };
}

export const TARGETS: readonly Target[] = [
  {
    name: ".fits.gz, time of the peer against 2 workers",
    numerator: [FORMATS.gz, timeOf(PEER)],
    denominator: [FORMATS.gz, timeOf(TWO_WORKERS)],
    atLeast: 3.5,
  },
  {
    name: ".fits.fz, time of the peer against 2 workers",
    numerator: [FORMATS.fz, timeOf(PEER)],
    denominator: [FORMATS.fz, timeOf(TWO_WORKERS)],
    atLeast: 3,
  },
  {
    name: ".fits.gz, with start, against the floor",
    numerator: [FORMATS.gz, WHOLE],
    denominator: [FORMATS.gz, FLOOR],
    atMost: 1.8,
  },
  {
    name: "12 amplifiers against inflating them",
    numerator: [FORMATS.mosaic, timeOf(TWO_WORKERS)],
    denominator: [FORMATS.mosaic, INFLATE],
    atMost: 2,
  },
  {
    name: "4096 × 4096 against inflating it",
    numerator: [FORMATS.square, timeOf(TWO_WORKERS)],
    denominator: [FORMATS.square, INFLATE],
    atMost: 2.5,
  },
  {
    name: "first row, s",
    numerator: [FORMATS.gz, FIRST_ROW],
    atMost: 0.25,
  },
  {
    name: ".fits.gz, time of 1 worker against 2",
    numerator: [FORMATS.gz, timeOf(ONE_WORKER)],
    denominator: [FORMATS.gz, timeOf(TWO_WORKERS)],
    atLeast: 1.7,
  },
  {
    name: "peak memory, 10,000 frames against 100",
    numerator: [MEMORY, MANY_MEMORY],
    denominator: [MEMORY, FEW_MEMORY],
    atMost: 1.1,
  },
  {
    name: "peak memory of 10,000 frames, MB",
    numerator: [MEMORY, MANY_MEMORY],
    atMost: 400,
  },
];

async function main(options: BenchOptions): Promise<void> {
  const { only, runs, python } = options;
  const scratch = await Deno.makeTempDir({ prefix: "spit-bench-" });
  const link = (files: readonly string[], count: number, name: string) =>
    linkFrames(files, count, join(scratch, name));
  const verdicts = compareVerdicts();
  try {
    const formats: Format[] = [];
    for (const [name, files, count] of await listFormats(options, scratch)) {
      const few = Math.max(1, Math.floor(count / 5));
      const folder = `${formats.length}`;
      formats.push({
        name,
        files,
        count,
        many: await link(files, count, `${folder}-many`),
        few: await link(files, few, `${folder}-few`),
      });
    }
    const programs = [spit(TWO_WORKERS, 2), spit(ONE_WORKER, 1)];
    const fault = formats.length === 0
      ? null
      : await findFault(peer(python), formats[0]!.few);
    if (fault === null) programs.push(peer(python));
    const subjects = formats.map((format) =>
      formatSubject(format, programs, verdicts.add)
    );
    const table = subjects.map(({ name }) => name);
    if (only.includes("memory") && options.night === undefined) {
      const files = await openNight(undefined, 100);
      subjects.push(memorySubject(
        await link(files, 100, "memory-few"),
        await link(files, 10_000, "memory-many"),
      ));
    }
    const samples = await measureInTurns(subjects, runs, console.error);
    console.log(
      `${await describeMachine()}\n${options.frames} frames, ${runs} runs: ` +
        "medians (quartiles)\n",
    );
    console.log(formatSamples(samples, table) + "\n");
    console.log(formatTargets(TARGETS, samples));
    for (const note of verdicts.notes()) console.log(note);
    if (fault !== null) console.log(`not measured: the Python peer: ${fault}`);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Returns why a program cannot classify a folder; `null` when it can. */
async function findFault(
  program: Program,
  folder: string,
): Promise<string | null> {
  try {
    await run(program, folder);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Describes date, processor, load and versions, without naming the machine. */
async function describeMachine(): Promise<string> {
  const information = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const processor = /^model name\s*: (.+)$/m.exec(information)?.[1] ??
    Deno.build.arch;
  const memory = (Deno.systemMemoryInfo().total / 1e9).toFixed(0);
  return `${
    new Date().toISOString().slice(0, 10)
  }, ${processor}, ${navigator.hardwareConcurrency} cores, ${memory} GB, ` +
    `load ${Deno.loadavg()[0]!.toFixed(1)}, Deno ${Deno.version.deno}`;
}

if (import.meta.main) {
  try {
    await main(parseOptions(Deno.args));
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    console.error(`error: ${error.message}`);
    Deno.exit(2);
  }
}
