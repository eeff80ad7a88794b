/**
 * Measures speed and memory next to the floor (inflating and inference alone) and
 * next to a tuned Python program (the peer), and compares them with targets.
 * docs/benchmarks.md explains how to read the result.
 *
 *     deno task bench
 *     deno task bench --frames 40 --runs 2 --only process floor
 *     deno task bench --night /data/2026-11-22 --python .venv/bin/python
 */
import { Command, Option } from "commander";
import { fileURLToPath } from "node:url";
import { classifyFile } from "../lib/classify/classify_file.ts";
import { parseCountFrom } from "../lib/commands/options.ts";
import { SpitError } from "../lib/errors.ts";
import { findFrames } from "../lib/io/find_frames.ts";
import { join } from "../lib/std.ts";
import { type Model, openModel } from "../lib/model/open_model.ts";
import { BOTH, floorName, inflate, makeFloor } from "./bench/floor.ts";
import {
  LARGE_FRAMES,
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

const PARTS = ["process", "floor", "peer", "formats", "memory"] as const;

export interface BenchOptions {
  readonly runs: number;
  readonly frames: number;
  readonly night?: string;
  readonly only: readonly typeof PARTS[number][];
  readonly python: string;
}

/** Parses the command line; ends the process when it is wrong. */
export function parseOptions(args: readonly string[]): BenchOptions {
  return new Command("bench")
    .description("measure speed and memory against the floor and a Python peer")
    .option("--runs <number>", "number of runs", parseCountFrom(1), 5)
    .option("--frames <number>", "frames per run", parseCountFrom(1), 200)
    .option("--night <folder>", "use these frames instead of simulated ones")
    .addOption(
      new Option("--only <parts...>", "measure only these parts")
        .choices(PARTS).default([...PARTS], "all"),
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

const TWO_WORKERS = `${MODEL}, 2 workers`;
const ONE_WORKER = `${MODEL}, 1 worker`;
const NO_WORKER = `${MODEL}, no worker`;
const PEER = "Python peer, 2 workers";

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

/**
 * Returns a sample from a run over many frames and one over few. Their difference
 * is the rate without the start of the process.
 */
export function makeProcessSample(many: ProcessRun, few: ProcessRun): Sample {
  const frames = many.rows.length;
  const moreFrames = frames - few.rows.length;
  const moreSeconds = many.seconds - few.seconds;
  return {
    "first row, s": many.firstRow,
    "total, s": many.seconds,
    // Few frames can take longer when the machine is busy: no rate then.
    ...(moreFrames > 0 && moreSeconds > 0 &&
      { "warm frames/s": moreFrames / moreSeconds }),
    ...(many.cpu !== undefined &&
      { "CPU ms/frame": 1000 * many.cpu / frames }),
    ...(many.peak !== undefined && { "peak, MB": many.peak / 1e6 }),
  };
}

function processSubject(
  program: Program,
  many: string,
  few: string,
  addRows: (name: string, rows: readonly string[]) => void,
): Subject {
  const run = (folder: string) =>
    runProcess(program.command, [...program.args, folder]);
  return {
    name: program.name,
    async measure() {
      const result = await run(many);
      addRows(program.name, result.rows);
      return makeProcessSample(result, await run(few));
    },
  };
}

function memorySubject(name: string, folder: string): Subject {
  const { command, args } = spit("", 2);
  return {
    name,
    async measure(): Promise<Sample> {
      const { peak } = await runProcess(command, [...args, folder]);
      return peak === undefined ? {} : { "peak, MB": peak / 1e6 };
    },
  };
}

/** Measures files on one thread of this process, next to inflating them. */
function formatSubject(
  name: string,
  files: readonly string[],
  model: Model,
): Subject {
  return {
    name,
    async measure(): Promise<Sample> {
      await measureClassify(files.slice(0, 2), model);
      const milliseconds = await measureClassify(files, model);
      const gzips = files.filter((file) => file.endsWith(".gz"));
      if (gzips.length < files.length) return { "ms/frame": milliseconds };
      const contents = await Promise.all(
        gzips.map((file) => Deno.readFile(file)),
      );
      const start = performance.now();
      contents.forEach(inflate);
      const inflating = (performance.now() - start) / gzips.length;
      return { "ms/frame": milliseconds, "inflate, ms": inflating };
    },
  };
}

async function measureClassify(
  files: readonly string[],
  model: Model,
): Promise<number> {
  const start = performance.now();
  for (const file of files) {
    const { error } = await classifyFile(file, { model });
    if (error !== null) throw new Error(`${file}: ${error.message}`);
  }
  return (performance.now() - start) / files.length;
}

/** Real Kast frames with Rice compression, where they are beside the checkout. */
const RICE_FOLDERS = ["kast-red", "kast-blue"]
  .map((arm) => join(ROOT, "../shared/frames", arm));

async function formatSubjects(
  night: readonly string[],
  scratch: string,
  model: Model,
): Promise<Subject[]> {
  const gzips = selectEvenly(
    night.filter((file) => file.endsWith(".gz")),
    Math.min(20, night.length),
  );
  const rice = (await Array.fromAsync(findFrames(RICE_FOLDERS, () => {})))
    .filter((file) => file.endsWith(".fz"));
  const large = await openLargeFrames();
  const formats = [
    ["Kast, .fits.gz", gzips],
    ["Kast, .fits", await writePlain(gzips, join(scratch, "plain"))],
    ["Kast, .fits.fz (Rice)", rice.length > 0 ? selectEvenly(rice, 20) : []],
    ...[...large].map(([name, file]) => [name, [file]] as const),
  ] as const;
  return formats.filter(([, files]) => files.length > 0)
    .map(([name, files]) => formatSubject(name, files, model));
}

/** Returns why a program cannot classify a folder; `null` when it can. */
async function findFault(
  { command, args }: Program,
  folder: string,
): Promise<string | null> {
  try {
    await runProcess(command, [...args, folder]);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const FEW_MEMORY = "memory, 100 frames";
const MANY_MEMORY = "memory, 10,000 frames";

export const TARGETS: readonly Target[] = [
  {
    name: "frames/s, warm, against the Python peer",
    numerator: [TWO_WORKERS, "warm frames/s"],
    denominator: [PEER, "warm frames/s"],
    atLeast: 3,
  },
  {
    name: "total time against the floor",
    numerator: [TWO_WORKERS, "total, s"],
    denominator: [floorName(2), BOTH],
    atMost: 1.5,
  },
  {
    name: "first row, s",
    numerator: [TWO_WORKERS, "first row, s"],
    atMost: 0.5,
  },
  {
    name: "first row against the Python peer",
    numerator: [TWO_WORKERS, "first row, s"],
    denominator: [PEER, "first row, s"],
    atMost: 1 / 8,
  },
  {
    name: "two workers against one, warm",
    numerator: [TWO_WORKERS, "warm frames/s"],
    denominator: [ONE_WORKER, "warm frames/s"],
    atLeast: 1.8,
  },
  {
    name: "4096 × 4096 against inflating it",
    numerator: [LARGE_FRAMES[0], "ms/frame"],
    denominator: [LARGE_FRAMES[0], "inflate, ms"],
    atMost: 4,
  },
  {
    name: "12 amplifiers against inflating them",
    numerator: [LARGE_FRAMES[1], "ms/frame"],
    denominator: [LARGE_FRAMES[1], "inflate, ms"],
    atMost: 4,
  },
  {
    name: "peak memory, 10,000 frames against 100",
    numerator: [MANY_MEMORY, "peak, MB"],
    denominator: [FEW_MEMORY, "peak, MB"],
    atMost: 1.1,
  },
  {
    name: "peak memory, MB",
    numerator: [MANY_MEMORY, "peak, MB"],
    atMost: 400,
  },
];

async function main(options: BenchOptions): Promise<void> {
  const { only, runs, frames, python } = options;
  const night = await openNight(options.night, frames);
  const scratch = await Deno.makeTempDir({ prefix: "spit-bench-" });
  const folder = (count: number) =>
    linkFrames(night, count, join(scratch, String(count)));
  const notes: string[] = [];
  const verdicts = compareVerdicts();
  try {
    await using model = await openModel(MODEL, "cpu");
    const many = await folder(frames);
    const few = await folder(Math.max(1, Math.floor(frames / 5)));
    const subjects: Subject[] = [];
    const addProgram = (program: Program) =>
      subjects.push(processSubject(program, many, few, verdicts.add));
    if (only.includes("process")) {
      addProgram(spit(NO_WORKER, 0));
      addProgram(spit(ONE_WORKER, 1));
      addProgram(spit(TWO_WORKERS, 2));
    }
    if (only.includes("peer")) {
      const fault = await findFault(peer(python), few);
      if (fault === null) addProgram(peer(python));
      else notes.push(`not measured: ${PEER}: ${fault}`);
    }
    if (only.includes("floor")) {
      const gzips = night.filter((file) => file.endsWith(".gz"));
      for (const processes of gzips.length > 0 ? [1, 2] : []) {
        subjects.push(makeFloor(MODEL, gzips, frames, processes));
      }
    }
    if (only.includes("formats")) {
      subjects.push(...await formatSubjects(night, scratch, model));
    }
    if (only.includes("memory")) {
      subjects.push(memorySubject(FEW_MEMORY, await folder(100)));
      subjects.push(memorySubject(MANY_MEMORY, await folder(10_000)));
    }
    const samples = await measureInTurns(subjects, runs, console.error);
    console.log(
      `${await describeMachine()}\n${frames} frames (${night.length} files), ` +
        `${runs} runs: medians (quartiles)\n`,
    );
    console.log(formatSamples(samples) + "\n");
    console.log(formatTargets(TARGETS, samples));
    for (const note of [...verdicts.notes(), ...notes]) console.log(note);
  } finally {
    await Deno.remove(scratch, { recursive: true });
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
