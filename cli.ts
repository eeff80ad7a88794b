/** The command line: its commands, which `lib/commands` defines, and its exit code. */
import type { Command } from "commander";
import config from "./deno.json" with { type: "json" };
import { findClosestWord } from "./lib/closest_word.ts";
import {
  CLASSIFY_OPTIONS,
  type ClassifyCommandOptions,
  define as defineClassify,
  runClassify,
} from "./lib/commands/classify.ts";
import { parsePlainLine } from "./lib/commands/options.ts";
import { SpitError } from "./lib/errors.ts";
import { hideSecrets } from "./lib/io/http.ts";
import { printable } from "./lib/output/text.ts";

/** The commands with their descriptions. */
const COMMANDS = {
  classify: "Classify frames (the default command)",
  inspect: "Show why a frame has its type, and write its input image",
  audit: "List frames that need review, outliers, and missing calibrations",
  report: "Write a page with the input images of a night",
  review: "Correct types on a page in the browser, until Ctrl-C",
  watch: "Classify frames as they arrive in a folder, until Ctrl-C",
  run: "Classify a shard of many frames; resumes an earlier run",
  merge: "Merge the rows of all shards, and list frames without a row",
  enqueue: "Publish frames to a queue for workers",
  worker: "Classify frames from a queue, until Ctrl-C",
  evaluate: "Score a model against the labels of a manifest",
  score: "Score the rows that evaluate --predictions wrote",
  pypeit: "Correct the frame types of a .pypeit file in a copy",
  simulate: "Write a night of simulated raw frames",
  dataset: "Write a dataset of input images for training",
};

/** The module of a command is imported only when the command is used. */
const IMPORTS: Readonly<
  Record<string, () => Promise<{ define(command: Command): void }>>
> = {
  classify: () => import("./lib/commands/classify.ts"),
  inspect: () => import("./lib/commands/inspect.ts"),
  audit: () => import("./lib/commands/audit.ts"),
  report: () => import("./lib/commands/report.ts"),
  review: () => import("./lib/commands/review.ts"),
  watch: () => import("./lib/commands/watch.ts"),
  run: () => import("./lib/commands/run.ts"),
  merge: () => import("./lib/commands/merge.ts"),
  enqueue: () => import("./lib/commands/enqueue.ts"),
  worker: () => import("./lib/commands/worker.ts"),
  evaluate: () => import("./lib/commands/evaluate.ts"),
  score: () => import("./lib/commands/score.ts"),
  pypeit: () => import("./lib/commands/pypeit.ts"),
  simulate: () => import("./lib/commands/simulate.ts"),
  dataset: () => import("./lib/commands/dataset.ts"),
} satisfies Record<keyof typeof COMMANDS, unknown>;

const EXAMPLES = `
Examples:
  spit night1/                        a table of all frames below night1
  spit night1 --format ndjson         one JSON object per frame, for programs
  spit night1 -o n1.csv               a table for spreadsheets
  spit --strict night1 && reduce      reduce only if all frames are in order
  spit inspect r6.fits                why a frame has its type, and its input image
  spit report night1                  a page with the input images of all frames
  spit audit night1                   only what needs review
  spit review night1 --open           correct types on a page
  spit watch tonight                  each frame as it arrives
  spit run @all.txt --shard 3/10 --out rows
                                      a tenth of many frames, for one machine of ten
  spit merge rows -o all.ndjson       the rows of all shards, and what is missing
  spit enqueue n1 --nats nats://dome  publish frames for workers
  spit worker n1 --nats nats://dome --out rows
                                      classify published frames, until Ctrl-C
  spit pypeit kast_A.pypeit           a copy with corrected frame types
  spit simulate frames --seed 1       a simulated night to try it on
  spit classify inspect               a file or folder with the name of a command

PATH is a FITS file (also .gz, .bz2, .Z, .zst, .fz), its http(s) URL, a folder
(searched recursively), @LIST for a file of paths, or - for paths on standard
input. A name that begins with a dash or @ is written ./NAME.

Exit codes: 0 done; 1 with --strict when a frame is unknown, unusable,
unreadable or in conflict with its header; 2 wrong usage, no usable model, an
output that cannot be written, or a PATH that does not exist (after all rows
are written).${
  Deno.build.standalone
    ? ""
    : "\n\nIn a checkout, without the installed command, run: deno run -A cli.ts"
}`;

/** Creates the program. Commands other than the default are defined when they are used. */
async function createProgram(): Promise<Command> {
  const { Command } = await import("commander");
  const program = new Command("spit")
    .description(
      "Classify raw spectral frames by their pixels, exposure time, target and header.",
    )
    .version(config.version, "-V, --version")
    .enablePositionalOptions()
    .showHelpAfterError("(--help lists commands and options)")
    .configureOutput({
      getOutHasColors: () => Deno.stdout.isTerminal() && !Deno.noColor,
      getErrHasColors: () => Deno.stderr.isTerminal() && !Deno.noColor,
      outputError: (text, write) => write(printableLines(text)),
    })
    .exitOverride()
    .addHelpText("after", EXAMPLES)
    .hook("preSubcommand", async (_, command) => {
      await defineCommand(command);
      passOptions(program, command);
    })
    .hook("preAction", async (_, command) => {
      if (command === program) await refuseMistypedCommand(program);
    });
  defineClassify(program);
  for (const [name, description] of Object.entries(COMMANDS)) {
    program.command(name).description(description);
  }
  program.command("help")
    .argument("[command]")
    .description("Show the options of a command")
    .action((name?: string) => showHelp(program, name));
  return program;
}

/** Adds the options and the action of a command. */
async function defineCommand(command: Command): Promise<void> {
  const load = IMPORTS[command.name()];
  if (load !== undefined) (await load()).define(command);
}

async function showHelp(program: Command, name?: string): Promise<void> {
  if (name === undefined) program.help();
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) program.error(`error: unknown command '${name}'`);
  await defineCommand(command);
  command.help();
}

/** Options before the name of a command apply as if they stood behind it. */
function passOptions(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) !== "cli") continue;
    if (!command.options.some((own) => own.attributeName() === name)) {
      program.error(`error: ${command.name()} has no option ${option.long}`);
    }
    command.setOptionValueWithSource(name, program.getOptionValue(name), "cli");
  }
}

/** Returns the command that a word names, or of which it is nearly the name. */
function findNearestCommand(word: string): string | undefined {
  const names = [...Object.keys(COMMANDS), "help"];
  if (names.includes(word)) return word;
  return /^[a-z]{4,}$/i.test(word) ? findClosestWord(word, names) : undefined;
}

/** Refuses a first argument that does not exist as a file and is nearly the name of a command. */
async function refuseMistypedCommand(program: Command): Promise<void> {
  const [word = ""] = program.args;
  const command = findNearestCommand(word);
  if (command === undefined) return;
  const info = await Deno.lstat(word).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  if (info !== null) return;
  program.error(
    `error: '${word}' is neither a file nor a command\n(Did you mean ${command}?)`,
  );
}

/** Reports an error unless commander has reported it. Help and version are no errors. */
function reportError(error: unknown): void {
  if (isCommanderError(error)) {
    Deno.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  Deno.exitCode = 2;
  if (error instanceof SpitError) {
    console.error(printableLines(`error: ${describeError(error)}`));
  } else if (isSystemError(error)) {
    const what = error.message.replace(SYSTEM_CALL, "");
    console.error(printableLines(`error: ${what}`));
  } else {
    const text = error instanceof Error ? error.stack : undefined;
    console.error(printableLines(text ?? String(error)));
  }
}

/** Whether an error comes from commander, which need not be loaded. */
function isCommanderError(
  error: unknown,
): error is { readonly exitCode: number } {
  return error instanceof Error && "code" in error &&
    String(error.code).startsWith("commander.");
}

/** Returns the message with the file that it is about. */
function describeError({ file, message }: SpitError): string {
  const what = message.replace(SYSTEM_CALL, "");
  return file === undefined || what.includes(file) ? what : `${file}: ${what}`;
}

/** Whether an error is one of the system, as of a full disk, and not a fault of `spit`. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && "code" in error &&
      /^E[A-Z0-9]+$/.test(String(error.code)));
}

/** What Deno adds to the message of the system: its number, and the call with the path. */
const SYSTEM_CALL = / \(os error \d+\)(: \w+ '[^']*')?/g;

/** Escapes control characters, but keeps line breaks; removes the secrets of addresses. */
function printableLines(text: string): string {
  return hideSecrets(text).split("\n").map(printable).join("\n");
}

/**
 * Runs a command line. Afterwards `Deno.exitCode` is its exit code; native libraries and
 * pooled workers may keep the process alive.
 */
export async function run(args: readonly string[]): Promise<void> {
  try {
    const plain = parsePlainLine(args, CLASSIFY_OPTIONS);
    if (plain && findNearestCommand(plain.operands[0]) === undefined) {
      const { operands, options } = plain;
      await runClassify(operands, options as unknown as ClassifyCommandOptions);
    } else {
      const program = await createProgram();
      await program.parseAsync(args, { from: "user" });
    }
  } catch (error) {
    reportError(error);
  }
}

if (import.meta.main) {
  await run(Deno.args);
  Deno.exit();
}
