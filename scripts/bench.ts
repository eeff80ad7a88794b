/**
 * Measures the toolkit, beside what it cannot do without (the floor) and beside
 * what an astronomer would write in Python (the peer), and prints what came of it
 * against the targets. `docs/benchmarks.md` says how to read it.
 *
 *     deno task bench --json bench.json
 *     deno task bench --frames 40 --runs 2 --only whole floor
 *     deno task bench --night /data/2026-11-22 --python .venv/bin/python
 *
 * Contenders take turns, and ratios are formed within a run: a machine that has
 * other work, too, slows both sides down. It takes some minutes, `--long` half an
 * hour. Standard error tells how far it is.
 */
import { SpitError } from "../lib/errors.ts";
import { openModel } from "../lib/model/open_model.ts";
import { contendersOf, countsOf } from "./bench/contenders.ts";
import { benchMachine, machineText } from "./bench/machine.ts";
import { openNight } from "./bench/night.ts";
import { type BenchOptions, parseOptions } from "./bench/options.ts";
import {
  type Contender,
  interleave,
  type Rounds,
  summaryOf,
} from "./bench/rounds.ts";
import { sectionTable, targetsTable } from "./bench/show.ts";
import { isMet, type Target, targetsOf } from "./bench/targets.ts";
import { compareVerdicts } from "./bench/verdicts.ts";
import { foldersOf } from "./bench/whole.ts";

/** Titles of the tables, in their order. */
const TITLES: Readonly<Record<string, string>> = {
  whole: "WHOLE PROCESS",
  floor: "FLOOR",
  stages: "STAGE",
  kinds: "KIND OF FILE",
  pixels: "PIXELS",
  counts: "FRAMES",
  memory: "MEMORY",
};

/** Frames of a simulated night, unless told otherwise. */
const FRAMES = 200;

async function main(
  chosen: ReturnType<typeof parseOptions>,
): Promise<void> {
  const machine = await benchMachine();
  console.log(machineText(machine));
  const night = await openNight(chosen.night, chosen.frames ?? FRAMES);
  const options: BenchOptions = {
    ...chosen,
    frames: chosen.frames ??
      (chosen.night === undefined ? FRAMES : night.files.length),
  };
  console.log(
    `${options.frames} frames (${night.files.length} different files, ${
      (night.bytes / 1e6).toFixed(0)
    } MB), ${options.runs} runs: medians (quartiles)\n`,
  );

  await using folders = foldersOf(night);
  await using model = await openModel("spit-compact", "cpu");
  const scratch = await Deno.makeTempDir({ prefix: "spit-bench-" });
  const notes: string[] = [];
  const verdicts = compareVerdicts();
  try {
    const contenders = await contendersOf({
      ...{ options, night, folders, scratch, model },
      note: (text) => notes.push(text),
      rowsOf: verdicts.add,
    });
    const rounds = await interleave(contenders, options.runs, console.error);
    notes.push(...verdicts.notes());
    const targets = targetsOf(rounds, countsOf(options));
    print(contenders, rounds, targets, notes);
    if (options.json !== undefined) {
      const { runs, frames, only, long } = options;
      const { files: { length: files }, bytes } = night;
      await writeJson(options.json, {
        machine,
        options: { runs, frames, only, long },
        night: { files, bytes, simulated: options.night === undefined },
        targets: targets.map((one) => ({ ...one, met: isMet(one) })),
        summary: summaryOf(rounds),
        samples: Object.fromEntries(rounds),
        notes,
      });
    }
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

function print(
  contenders: readonly Contender[],
  rounds: Rounds,
  targets: readonly Target[],
  notes: readonly string[],
): void {
  for (const [section, title] of Object.entries(TITLES)) {
    const own = contenders.filter((one) => one.section === section);
    if (own.length > 0) console.log(sectionTable(title, own, rounds) + "\n");
  }
  console.log(targetsTable(targets));
  if (notes.length > 0) console.log("\n" + notes.join("\n"));
}

async function writeJson(path: string, whole: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(whole, null, 2) + "\n");
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
