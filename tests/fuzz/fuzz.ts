/**
 * Classifies damaged files. Each must give a type or a SpitError, in limited time.
 *
 *     deno task fuzz                           100,000 cases, on all cores
 *     deno task fuzz --seed 7 --cases 20000
 *     deno task fuzz --case 4711               repeat one case and keep its file
 *
 * Prints the number of cases by result, and every failure. Exits with 1 if there is
 * a failure.
 */
import { Command } from "commander";
import { openModel } from "../../lib/model/open_model.ts";
import { WARY } from "../tiny.ts";
import { classifyDamaged } from "./classify_damaged.ts";
import { damageFile } from "./mutate.ts";
import { readValidFiles } from "./valid_files.ts";
import { startWatchdog } from "./watchdog.ts";

/** Results of some cases. */
export interface FuzzReport {
  /** Number of cases by status: `classified`, or the code of the error. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Descriptions of the cases that failed. */
  readonly failures: readonly string[];
  /** The slowest case and its CPU time in milliseconds. */
  readonly slowest: { readonly name: string; readonly time: number };
  /** Largest resident memory observed, in bytes. */
  readonly memory: number;
}

/** Selects the cases `first`, `first + step`, … below `end` of a seed. */
export interface Cases {
  readonly seed: number;
  readonly first: number;
  readonly end: number;
  readonly step?: number;
  /** Whether real frames are damaged, too. */
  readonly real: boolean;
  /** Whether to keep the files of all cases, not only of those that fail. */
  readonly keep?: boolean;
}

/** Runs cases one after another. A case that does not end kills the process. */
export async function fuzz(
  { seed, first, end, step = 1, real, keep = false }: Cases,
): Promise<FuzzReport> {
  const files = readValidFiles({ real });
  await using model = await openModel(WARY, "cpu");
  await using watchdog = startWatchdog();
  const folder = Deno.makeTempDirSync({ prefix: "spit-fuzz-" });
  const statuses: Record<string, number> = {};
  const failures: string[] = [];
  let slowest = { name: "none", time: 0 };
  let memory = 0;
  for (let k = first; k < end; k += step) {
    watchdog.start(`case ${k} of seed ${seed}`);
    const { name, bytes } = damageFile(1e6 * seed + k, files);
    const path = `${folder}/case-${seed}-${k}.fits`;
    Deno.writeFileSync(path, bytes);
    const result = await classifyDamaged(path, model, k % 2 === 1);
    const { status, failure, time } = result;
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (time > slowest.time) slowest = { name: `case ${k}, ${name}`, time };
    memory = Math.max(memory, Deno.memoryUsage().rss);
    if (failure !== undefined) {
      failures.push(`case ${k} of seed ${seed}, ${name} (${path}): ${failure}`);
    } else if (keep) console.log(`${path}: ${name}: ${status}`);
    else Deno.removeSync(path);
  }
  if (!keep && failures.length === 0) {
    Deno.removeSync(folder, { recursive: true });
  }
  return { statuses, failures, slowest, memory };
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
    .option("--cases <number>", "number of cases", Number, 100_000)
    .option("--case <number>", "run only this case and keep its file", Number)
    .option(
      "--part <number>",
      "run the share of one process (internal)",
      Number,
    )
    .parse(Deno.args, { from: "user" }).opts();
  const { seed, cases, part } = options;
  const processes = navigator.hardwareConcurrency;
  if (options.case !== undefined) {
    const report = await fuzz({
      seed,
      first: options.case,
      end: options.case + 1,
      real: true,
      keep: true,
    });
    printReport(report);
    return report.failures.length === 0 ? 0 : 1;
  }
  if (part !== undefined) {
    const selection = { seed, first: part, end: cases, step: processes };
    console.log(JSON.stringify(await fuzz({ ...selection, real: true })));
    return 0;
  }
  const start = performance.now();
  const reports = await Promise.all(
    Array.from({ length: processes }, (_, part) => runPart(options, part)),
  );
  const report = mergeReports(reports);
  printReport(report);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `seed ${seed}: ${cases} cases in ${seconds} s, ${report.failures.length} failures`,
  );
  return report.failures.length === 0 ? 0 : 1;
}

/** Runs a share of the cases in a process of its own, which a case may kill. */
async function runPart(
  { seed, cases }: Options,
  part: number,
): Promise<FuzzReport> {
  const numbers = { seed, cases, part };
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", import.meta.url],
      ...Object.entries(numbers).map(([name, value]) => `--${name}=${value}`),
    ],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`The process of part ${part} failed`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function mergeReports(reports: readonly FuzzReport[]): FuzzReport {
  const statuses: Record<string, number> = {};
  for (const report of reports) {
    for (const [status, count] of Object.entries(report.statuses)) {
      statuses[status] = (statuses[status] ?? 0) + count;
    }
  }
  return {
    statuses,
    failures: reports.flatMap(({ failures }) => failures),
    slowest: reports.map(({ slowest }) => slowest)
      .reduce((one, other) => other.time > one.time ? other : one),
    memory: Math.max(...reports.map(({ memory }) => memory)),
  };
}

function printReport(report: FuzzReport): void {
  const { statuses, failures, slowest, memory } = report;
  const rows = Object.entries(statuses)
    .sort(([, one], [, other]) => other - one);
  for (const [status, count] of rows) {
    console.log(`${count}`.padStart(7), status);
  }
  console.log(
    `slowest: ${slowest.time.toFixed(0)} ms (${slowest.name}); ` +
      `largest process: ${(memory / 1e6).toFixed(0)} MB`,
  );
  for (const failure of failures) console.log(failure);
}

if (import.meta.main) Deno.exit(await main());
