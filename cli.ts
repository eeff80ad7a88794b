/**
 * The command line: names of options and commands, nothing else.
 *
 * @module
 */
import {
  Command,
  CommanderError,
  InvalidArgumentError,
  Option,
} from "commander";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import config from "./deno.json" with { type: "json" };
import type { ClassifyCommandOptions } from "./lib/commands/classify.ts";
import type { DatasetOptions } from "./lib/commands/dataset.ts";
import type { EvaluateOptions } from "./lib/commands/evaluate.ts";
import type { InspectOptions } from "./lib/commands/inspect.ts";
import type { ShowOptions } from "./lib/commands/show_evaluation.ts";
import type { SimulateOptions } from "./lib/commands/simulate.ts";
import { SpitError } from "./lib/errors.ts";
import { FRAME_TYPES } from "./lib/frame_type.ts";
import { DEVICES } from "./lib/model/device.ts";
import { DEFAULT_MODEL } from "./lib/model/find_model.ts";
import { printable } from "./lib/report/printable.ts";

const EXAMPLES = `
Examples:
  spit night1/                        a table of all frames below night1
  spit night1 --format ndjson         one JSON object a frame, for other programs
  spit night1 --format csv -o n1.csv  a spreadsheet, written whole or not at all
  spit --strict night1 && reduce      go on only if all is well
  spit inspect r6.fits                why a frame has its type, with its picture
  spit simulate frames --seed 1       a made-up night to try it on
  spit classify inspect               a file or folder that is named like a command

PATH is a FITS file (also .gz, .bz2, .fz), a folder (searched recursively),
@LIST for a file of paths, or - for paths on standard input.

Exit codes: 0 done; 1 with --strict when a frame is unknown, unreadable or in
conflict with its header; 2 wrong usage, or no usable model.

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
    })
    .exitOverride()
    .addHelpText("after", EXAMPLES)
    .hook("preSubcommand", handDown);

  const defineClassify = (command: Command) =>
    withModelOptions(command)
      .argument("[PATH...]", "files, folders, @LIST, or -")
      .addOption(hduOption())
      .addOption(maxBytesOption())
      .addOption(
        new Option("--format <format>", "form of the report")
          .choices(["table", "csv", "ndjson", "json"]).default("table"),
      )
      .option(
        "--workers <number>",
        "workers that read files; 0: the main thread (default: one a core, at most 8)",
        count,
      )
      .option(
        "-o, --output <file>",
        "write the report to a file, whole or not at all",
      )
      .option(
        "--strict",
        "exit 1 on an unknown, unreadable or conflicting frame",
      )
      .option("-q, --quiet", "no progress, no notices")
      .action(async (paths: string[], options: ClassifyCommandOptions) => {
        if (paths.length === 0) program.help({ error: true });
        if (command === program) await refuseMistyped(paths[0]!, program);
        const { classify } = await import("./lib/commands/classify.ts");
        exitCode = await classify(paths, options);
      });
  defineClassify(program);
  defineClassify(
    program.command("classify").description("type frames; the default command"),
  );

  withModelOptions(program.command("inspect"))
    .description("show why a file has its type, and write its picture")
    .argument("<FILE>", "a FITS file")
    .addOption(hduOption())
    .addOption(maxBytesOption())
    .option(
      "-o, --output <png>",
      "the picture (default: the file's name, here)",
    )
    .option("-f, --force", "replace a picture that is there")
    .action(async (path: string, options: InspectOptions) => {
      const { inspect } = await import("./lib/commands/inspect.ts");
      exitCode = await inspect(path, options);
    });

  program.command("simulate")
    .description("write a night of simulated raw frames")
    .argument("<OUT>", "folder")
    .option("--seed <number>", "the same seed, the same frames", count, 1)
    .option("--count <number>", "how many frames", count, 24)
    .option(
      "--lying <share>",
      "share of frames whose header lies, 0 to 1",
      share,
    )
    .option("--gzip", "write .fits.gz")
    .option("--instrument <name>", "frames of one simulated instrument only")
    .option("--impostors", "frames that must get no type, instead of a night")
    .option("-q, --quiet", "no progress, no notices")
    .action(async (out: string, options: SimulateOptions) => {
      const { simulate } = await import("./lib/commands/simulate.ts");
      await simulate(out, options);
    });

  program.command("dataset")
    .description("make shards of pictures for training")
    .argument("<OUT>", "folder")
    .option("--simulated <number>", "simulated frames", count, 0)
    .option("--seed <number>", "seed of the first simulated frame", count, 1)
    .option("--instrument <names...>", "their instruments, in turn")
    .addOption(
      new Option("--type <types...>", "their types, in turn")
        .choices(FRAME_TYPES),
    )
    .option("--impostors <number>", "simulated frames without a type", count, 0)
    .option("--manifest <csv>", "labelled real frames")
    .action(async (out: string, options: DatasetOptions) => {
      const { dataset } = await import("./lib/commands/dataset.ts");
      console.error(`${await dataset(out, options)} pictures`);
    });

  const withShowOptions = (command: Command) =>
    command
      .addOption(
        new Option("--format <format>", "form of the report")
          .choices(["text", "json"]).default("text"),
      )
      .option("--page <html>", "write a page with charts and thumbnails, too");

  withShowOptions(withModelOptions(program.command("evaluate")))
    .description("score a model against the labels of a manifest")
    .argument("<MANIFEST>", "CSV with the columns path and label")
    .addOption(
      new Option(
        "--split <side>",
        "frames of one side of the split (default: validation, if the " +
          "model was trained on real frames)",
      ).choices(["train", "validation", "all"]),
    )
    .option("--predictions <ndjson>", "write a row a frame, for score")
    .action(async (manifest: string, options: EvaluateOptions) => {
      const { evaluate } = await import("./lib/commands/evaluate.ts");
      await print(await evaluate(manifest, options));
    });

  withShowOptions(program.command("score"))
    .description("score rows of evaluate --predictions, without a model")
    .argument("<FILE...>", "NDJSON")
    .action(async (files: string[], options: ShowOptions) => {
      const { scoreRows } = await import("./lib/commands/score.ts");
      await print(await scoreRows(files, options));
    });

  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
  }
}

async function print(text: string): Promise<void> {
  const { standardOutput } = await import("./lib/report/output.ts");
  try {
    await standardOutput().write(text);
  } catch (error) {
    // `… | head` has seen enough.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function withModelOptions(command: Command): Command {
  return command
    .option(
      "--model <name>",
      "a model's name, or the path of its card",
      DEFAULT_MODEL,
    )
    .addOption(
      new Option("--device <device>", "where the model runs")
        .choices(DEVICES).default("auto"),
    );
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

function hduOption(): Option {
  return new Option("--hdu <number>", "only this HDU, counted from 0")
    .argParser(count);
}

function maxBytesOption(): Option {
  return new Option(
    "--max-bytes <number>",
    "refuse files larger than this, decompressed (default: 4 GiB)",
  ).argParser(count);
}

function count(text: string): number {
  if (!/^\d+$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number, 0 or more.");
  }
  return Number(text);
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) {
    throw new InvalidArgumentError("It must be a number from 0 to 1.");
  }
  return value;
}

/** Says what went wrong, unless commander has; help that was asked for is no error. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof SpitError || error instanceof Deno.errors.NotCapable) {
    console.error(`error: ${printable(error.message)}`);
  } else {
    console.error(error);
  }
  return 2;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
