/**
 * Types damaged files; each must end as a row, in time.
 *
 *     deno task fuzz                           100,000 cases, on all cores
 *     deno task fuzz --seed 7 --cases 20000
 *     deno task fuzz --case 4711               one case again; its file is kept
 *
 * Prints how they ended, and each that ended otherwise; the exit code is 1 then.
 */
import { Command } from "commander";
import { openModel } from "../../lib/model/open_model.ts";
import { WARY } from "../tiny.ts";
import { damagedFile } from "./mutate.ts";
import { outcomeOf } from "./outcome.ts";
import { soundFiles } from "./sound_files.ts";
import { startWatchdog } from "./watchdog.ts";

/** Cases that were run. */
export interface Fuzzed {
  /** How many ended how. */
  readonly ends: Readonly<Record<string, number>>;
  /** Those that ended as none may. */
  readonly faults: readonly string[];
  /** The one that took longest, and its milliseconds. */
  readonly slowest: { readonly name: string; readonly time: number };
  /** Largest resident memory that was seen, bytes. */
  readonly memory: number;
}

/** Which cases, of which seed. */
export interface Cases {
  readonly seed: number;
  /** Of `first`, `first + step`, … those below `end`. */
  readonly first: number;
  readonly end: number;
  readonly step?: number;
  /** Whether real frames are damaged, too. */
  readonly real: boolean;
  /** Keep the files. */
  readonly keep?: boolean;
}

/** Runs cases one after another; the process is ended when one has no end. */
export async function fuzz(
  { seed, first, end, step = 1, real, keep = false }: Cases,
): Promise<Fuzzed> {
  const files = soundFiles({ real });
  await using model = await openModel(WARY, "cpu");
  await using watchdog = startWatchdog();
  const folder = Deno.makeTempDirSync({ prefix: "spit-fuzz-" });
  const ends: Record<string, number> = {};
  const faults: string[] = [];
  let slowest = { name: "none", time: 0 };
  let [memory, kept] = [0, keep];
  for (let k = first; k < end; k += step) {
    watchdog.begin(`case ${k} of seed ${seed}`);
    const { name, bytes } = damagedFile(1e6 * seed + k, files);
    const path = `${folder}/case-${seed}-${k}.fits`;
    Deno.writeFileSync(path, bytes);
    const outcome = await outcomeOf(path, model, k % 2 === 1);
    const { end: how, fault, time } = outcome;
    ends[how] = (ends[how] ?? 0) + 1;
    if (time > slowest.time) slowest = { name: `case ${k}, ${name}`, time };
    memory = Math.max(memory, Deno.memoryUsage().rss);
    if (fault !== undefined) {
      faults.push(`case ${k} of seed ${seed}, ${name} (${path}): ${fault}`);
      kept = true;
    } else if (keep) console.log(`${path}: ${name}: ${how}`);
    else Deno.removeSync(path);
  }
  if (!kept) Deno.removeSync(folder, { recursive: true });
  return { ends, faults, slowest, memory };
}

interface Options {
  readonly seed: number;
  readonly cases: number;
  readonly case?: number;
  readonly part?: number;
}

async function main(): Promise<number> {
  const options: Options = new Command("fuzz.ts")
    .option("--seed <number>", "seed of all cases", Number, 1)
    .option("--cases <number>", "how many", Number, 100_000)
    .option("--case <number>", "this one alone; keep its file", Number)
    .option("--part <number>", "one of as many processes as cores", Number)
    .parse(Deno.args, { from: "user" }).opts();
  const { seed, cases, case: one, part } = options;
  const cores = navigator.hardwareConcurrency;
  if (one !== undefined) {
    const end = one + 1;
    show(await fuzz({ seed, first: one, end, real: true, keep: true }));
    return 0;
  }
  if (part !== undefined) {
    const which = { first: part, end: cases, step: cores };
    console.log(JSON.stringify(await fuzz({ seed, ...which, real: true })));
    return 0;
  }
  const start = performance.now();
  const all = await Promise.all(
    Array.from({ length: cores }, (_, part) => runPart(options, part)),
  );
  const faults = all.flatMap(({ faults }) => faults);
  const ends: Record<string, number> = {};
  for (const [end, count] of all.flatMap((one) => Object.entries(one.ends))) {
    ends[end] = (ends[end] ?? 0) + count;
  }
  show({
    ends,
    faults,
    slowest: all.map(({ slowest }) => slowest)
      .reduce((one, other) => other.time > one.time ? other : one),
    memory: Math.max(...all.map(({ memory }) => memory)),
  });
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `seed ${seed}: ${cases} cases in ${
      seconds.toFixed(0)
    } s, ${faults.length} that ended as none may`,
  );
  return faults.length === 0 ? 0 : 1;
}

/** A process of its own: should one end it, the others go on, and it is known which. */
async function runPart(
  { seed, cases }: Options,
  part: number,
): Promise<Fuzzed> {
  const numbers = { seed, cases, part };
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", import.meta.url],
      ...Object.entries(numbers).map(([name, value]) => `--${name}=${value}`),
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`part ${part} ended early`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function show({ ends, faults, slowest, memory }: Fuzzed): void {
  const rows = Object.entries(ends).sort(([, one], [, other]) => other - one);
  for (const [end, count] of rows) console.log(`${count}`.padStart(7), end);
  console.log(
    `slowest ${slowest.time.toFixed(0)} ms (${slowest.name}); ` +
      `largest process ${(memory / 1e6).toFixed(0)} MB`,
  );
  for (const fault of faults) console.log(fault);
}

if (import.meta.main) Deno.exit(await main());
