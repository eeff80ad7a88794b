/**
 * The command line: its commands, which `lib/cli` defines, and its exit code.
 *
 * @module
 */
import { Command, CommanderError } from "commander";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import config from "./deno.json" with { type: "json" };
import { defineAudit } from "./lib/cli/audit.ts";
import { defineClassify } from "./lib/cli/classify.ts";
import { defineDataset } from "./lib/cli/dataset.ts";
import { defineEnqueue } from "./lib/cli/enqueue.ts";
import { defineEvaluate } from "./lib/cli/evaluate.ts";
import { defineInspect } from "./lib/cli/inspect.ts";
import { defineMerge } from "./lib/cli/merge.ts";
import type { Run } from "./lib/cli/options.ts";
import { defineReport } from "./lib/cli/report.ts";
import { defineReview } from "./lib/cli/review.ts";
import { defineRun } from "./lib/cli/run.ts";
import { defineSimulate } from "./lib/cli/simulate.ts";
import { defineWatch } from "./lib/cli/watch.ts";
import { defineWorker } from "./lib/cli/worker.ts";
import { SpitError } from "./lib/errors.ts";
import { printable } from "./lib/output/printable.ts";

const EXAMPLES = `
Examples:
  spit night1/                        a table of all frames below night1
  spit night1 --format ndjson         one JSON object a frame, for other programs
  spit night1 --format csv -o n1.csv  a spreadsheet, written whole or not at all
  spit --strict night1 && reduce      go on only if all is well
  spit inspect r6.fits                why a frame has its type, with its inputImage
  spit report night1                  a page with the inputImages of all frames
  spit audit night1                   only what needs a person
  spit review night1 --open           correct types in a page
  spit watch tonight                  each frame as it lands
  spit run @all.txt --shard 3/10 --out rows
                                      a share of many frames, for one machine of ten
  spit merge rows -o all.ndjson       the rows of all shares; says what has none
  spit enqueue n1 --nats nats://dome  post frames for workers
  spit worker --nats nats://dome --out rows
                                      type what is posted, until Ctrl-C
  spit simulate frames --seed 1       a made-up night to try it on
  spit classify inspect               a file or folder that is named like a command

PATH is a FITS file (also .gz, .bz2, .fz), its http(s) address, a folder
(searched recursively), @LIST for a file of paths, or - for paths on standard
input.
A name that begins with a dash or with @ is written ./NAME; so is * as ./*.

Exit codes: 0 done; 1 with --strict when a frame is unknown, unreadable or in
conflict with its header; 2 wrong usage, no usable model, or nowhere to write.

From a checkout, spit is: deno run -A cli.ts`;

/** Runs the command line; returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command("spit")
    .description("Types raw spectral frames from their pixels alone.")
    .version(config.version, "-V, --version")
    .enablePositionalOptions()
    .showHelpAfterError("(--help lists what there is)")
    .configureOutput({
      getOutHasColors: () => Deno.stdout.isTerminal() && !Deno.noColor,
      getErrHasColors: () => Deno.stderr.isTerminal() && !Deno.noColor,
      outputError: (text, write) => write(printableLines(text)),
    })
    .exitOverride()
    .addHelpText("after", EXAMPLES)
    .hook("preSubcommand", handDown);

  const run: Run = async (command) => {
    exitCode = await command();
  };
  defineClassify(program, run, ([word]) => refuseMistyped(word!, program));
  defineClassify(
    program.command("classify").description("type frames; the default command"),
    run,
  );
  defineInspect(program, run);
  defineSimulate(program, run);
  defineDataset(program, run);
  defineEvaluate(program, run);
  defineReport(program, run);
  defineReview(program, run);
  defineAudit(program, run);
  defineWatch(program, run);
  defineRun(program, run);
  defineMerge(program, run);
  defineEnqueue(program, run);
  defineWorker(program, run);

  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

/** Options before the command's name count as if they stood behind it. */
function handDown(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) !== "cli") continue;
    if (!command.options.some((own) => own.attributeName() === name)) {
      program.error(`error: ${command.name()} has no option ${option.long}`);
    }
    command.setOptionValueWithSource(name, program.getOptionValue(name), "cli");
  }
}

/** A first word that is no file, and nearly a command, was meant as one. */
async function refuseMistyped(word: string, program: Command): Promise<void> {
  if (!/^[a-z]{4,}$/i.test(word)) return;
  const names = program.commands.map((command) => command.name());
  const meant = names.find((name) => distance(name, word.toLowerCase()) <= 2);
  if (meant === undefined || await exists(word)) return;
  program.error(
    `error: there is no file '${word}', nor a command of that name\n(Did you mean ${meant}?)`,
  );
}

function distance(one: string, two: string): number {
  return levenshteinDistance(one, two) as number;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Says what went wrong, unless commander has; help that was asked for is no error. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof SpitError || error instanceof Deno.errors.NotCapable) {
    console.error(`error: ${printable(error.message)}`);
  } else {
    const text = error instanceof Error ? error.stack : undefined;
    console.error(printableLines(text ?? String(error)));
  }
  return 2;
}

/** Line breaks stay. */
function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

if (import.meta.main) Deno.exit(await main(Deno.args));
