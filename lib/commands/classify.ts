/**
 * The options of the default command are needed at every start. What it does is
 * imported when it runs, so that `--help` and the other commands start fast.
 */
import type { Command } from "commander";
import type { Verdict } from "../classify/verdict.ts";
import { SpitError } from "../errors.ts";
import type { Format, Formatter } from "../output/formats.ts";
import type { Grouping } from "../output/groups.ts";
import type { PypeitTarget } from "../output/pypeit/write_pypeit.ts";
import type { Classifier } from "./inputs.ts";
import {
  addOptions,
  chooseFormat,
  CLASSIFICATION_OPTIONS,
  type ClassificationOptions,
  formatOption,
  LABELS_OPTION,
  type OptionSpec,
  type ReportFormat,
  SEARCH_OPTIONS,
} from "./options.ts";
import type { Notify } from "./terminal.ts";

export interface ClassifyCommandOptions extends ClassificationOptions {
  readonly format?: ReportFormat;
  readonly output?: string;
  readonly group?: Grouping;
  readonly spectrograph?: string;
  readonly overwrite?: boolean;
  readonly strict?: boolean;
  readonly stream?: boolean;
}

// deno-fmt-ignore
const FORMATS = ["table", "csv", "fitsort", "ndjson", "json", "pypeit"] as const;

export const CLASSIFY_OPTIONS: readonly OptionSpec[] = [
  formatOption(FORMATS),
  {
    flags: "-o, --output <file>",
    description:
      "write the output to a file, completely or not at all; pypeit: to a folder",
  },
  {
    flags: "--group <by>",
    description: "group the rows; they are written after the last frame",
    choices: ["night", "configuration"] satisfies readonly Grouping[],
  },
  {
    flags: "--spectrograph <name>",
    description:
      "pypeit: PypeIt's name of the spectrograph, such as shane_kast_blue",
  },
  {
    flags: "--overwrite",
    description: "pypeit: replace existing files",
  },
  {
    flags: "--strict",
    description:
      "exit 1 if a frame is unknown, unusable, unreadable or in conflict with its header",
  },
  {
    flags: "--stream",
    description:
      "write a row of NDJSON for each path on standard input as soon as it is ready; PATH is -",
    conflicts: [
      "format",
      "output",
      "group",
      "spectrograph",
      "overwrite",
      "followLinks",
    ],
  },
  LABELS_OPTION,
  ...CLASSIFICATION_OPTIONS,
  ...SEARCH_OPTIONS,
];

export function define(command: Command): void {
  addOptions(command, CLASSIFY_OPTIONS)
    .argument("[PATH...]", "files, folders, URLs, @LIST, or -")
    .action(async (paths: string[], options: ClassifyCommandOptions) => {
      if (paths.length === 0) refuseNoPath(command);
      await runClassify(paths, options);
    });
}

/** Ends with an error, or with the help if the command line has no option either. */
function refuseNoPath(command: Command): never {
  const isGiven = command.options.some((option) =>
    command.getOptionValueSource(option.attributeName()) === "cli"
  );
  if (!isGiven) command.help({ error: true });
  command.error("error: no PATH: name files or folders of frames");
}

/** Runs the command, and sets the exit code of the process. */
export async function runClassify(
  paths: readonly string[],
  options: ClassifyCommandOptions,
): Promise<void> {
  if (options.stream) {
    const { classifyStream } = await import("./stream.ts");
    Deno.exitCode = await classifyStream(paths, options);
  } else {
    Deno.exitCode = await classify(paths, options);
  }
}

/** Classifies the frames that paths name and writes a report; returns the exit code. */
async function classify(
  paths: readonly string[],
  options: ClassifyCommandOptions,
): Promise<number> {
  const { findInputFrames, openClassifier } = await import("./inputs.ts");
  const { makeNotify } = await import("./terminal.ts");
  const { hasFindings } = await import("../output/summary.ts");

  const notify = makeNotify(options);
  const format = chooseFormat(options, FORMATS);
  const pypeit = await parsePypeitTarget(format, options, notify);
  const { files, exitCode } = await findInputFrames(paths, notify, options);
  await using classifier = await openClassifier(options, notify, files);
  if (options.group !== undefined) {
    notify(`rows follow after the last frame, grouped by ${options.group}`);
  }
  async function* verdicts() {
    const { quiet } = options;
    const clear = isForTerminal(options);
    const progress = { total: files.length, quiet, clear };
    for await (
      const { verdict } of classifier.classifyNights(files, progress)
    ) {
      yield verdict;
    }
  }
  if (pypeit === null) {
    const isWritten = await writeReport(files, verdicts(), classifier, {
      ...options,
      format: format as Format,
    });
    if (!isWritten) return exitCode;
    if (options.output !== undefined) notify(`wrote ${options.output}`);
  } else {
    const maker = `spit with ${classifier.modelId}`;
    const all = await Array.fromAsync(verdicts());
    await writePypeitFiles(all, pypeit, maker, notify);
  }
  if (options.output !== undefined) {
    const { formatSummary } = await import("../output/summary.ts");
    formatSummary(classifier.summary()).trimEnd().split("\n").forEach(notify);
  }
  return exitCode ||
    (options.strict && hasFindings(classifier.summary()) ? 1 : 0);
}

/** Writes the report. Returns false when its reader has closed the pipe, as `head` does. */
async function writeReport(
  files: readonly string[],
  verdicts: AsyncIterable<Verdict>,
  { summary }: Pick<Classifier, "summary">,
  options: ClassifyCommandOptions & { readonly format: Format },
): Promise<boolean> {
  const { fileOutput, standardOutput } = await import("../io/output.ts");
  const { discardOnSignal } = await import("../io/signals.ts");
  const { format, group: by, output: path } = options;
  const report = await openFormatter(format, files, isForTerminal(options));
  const output = path === undefined ? standardOutput() : await fileOutput(path);
  using _ = discardOnSignal(output);
  try {
    await output.write(report.begin({ group: by }));
    if (by === undefined) {
      for await (const verdict of verdicts) {
        await output.write(report.row(verdict));
      }
    } else {
      const { groupRows } = await import("../output/groups.ts");
      const all = await Array.fromAsync(verdicts);
      const groups = groupRows(all, ({ log }) => log, by);
      for (const [group, members] of groups) {
        await output.write(report.heading?.(group) ?? "");
        for (const verdict of members) {
          await output.write(report.row(verdict, { group }));
        }
      }
    }
    await output.write(report.end(summary()));
    await output.commit();
    return true;
  } catch (error) {
    output.discard();
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw error;
  }
}

/** Opens a formatter. NDJSON, which programs read, starts without tables and CSV. */
async function openFormatter(
  format: Format,
  files: readonly string[],
  terminal: boolean,
): Promise<Formatter> {
  if (format === "ndjson") {
    const { createNdjsonFormatter } = await import("../output/json.ts");
    return createNdjsonFormatter();
  }
  const { createFormatter } = await import("../output/formats.ts");
  const { readTerminalWidth } = await import("../output/table.ts");
  return createFormatter(format, {
    files,
    terminal,
    width: terminal ? readTerminalWidth() : undefined,
    colour: terminal && !Deno.noColor,
  });
}

function isForTerminal({ output }: { readonly output?: string }): boolean {
  return output === undefined && Deno.stdout.isTerminal();
}

/**
 * Checks the options of the format `pypeit`; returns `null` for another format.
 *
 * @throws {SpitError} `usage` when an option is missing, does not apply, or when files
 *   would be replaced.
 */
async function parsePypeitTarget(
  format: ReportFormat,
  options: ClassifyCommandOptions,
  notify: Notify,
): Promise<PypeitTarget | null> {
  const { output, spectrograph, overwrite, group } = options;
  if (format !== "pypeit") {
    if (spectrograph === undefined && !overwrite) return null;
    const option = overwrite ? "--overwrite" : "--spectrograph";
    throw new SpitError("usage", `${option} needs --format pypeit`);
  }
  // Without --format, -o has the name of a file.
  const isFile = options.format === undefined;
  if (output === undefined || isFile || spectrograph === undefined) {
    throw new SpitError(
      "usage",
      "--format pypeit needs --spectrograph NAME, as shane_kast_blue, and a folder: -o FOLDER",
    );
  }
  if (group !== undefined) {
    throw new SpitError(
      "usage",
      "--format pypeit writes a file per configuration: leave out --group",
    );
  }
  const { checkPypeitTarget } = await import(
    "../output/pypeit/write_pypeit.ts"
  );
  const target = { spectrograph, folder: output, overwrite };
  await checkPypeitTarget(target, notify);
  return target;
}

async function writePypeitFiles(
  verdicts: readonly Verdict[],
  target: PypeitTarget,
  maker: string,
  notify: Notify,
): Promise<void> {
  const { writePypeit } = await import("../output/pypeit/write_pypeit.ts");
  const { paths, otherInstruments, notFound, unassigned, lacks, notices } =
    await writePypeit(
      verdicts,
      { ...target, maker, date: new Date().toISOString() },
    );
  for (const path of paths) notify(`wrote ${path}`);
  [...lacks, ...notices].forEach(notify);
  if (otherInstruments.length > 0) {
    notify(
      `frames of other instruments or detectors, only in the .obslog: ` +
        `${otherInstruments.length} (the first is ${otherInstruments[0]})`,
    );
  }
  if (unassigned.length > 0) {
    notify(
      `frames in no configuration, only in the .obslog: ` +
        `${unassigned.length} (the first is ${unassigned[0]})`,
    );
  }
  if (notFound.length > 0) {
    notify(
      `frames that PypeIt cannot find by name, written as comments: ` +
        `${notFound.length} (the first is ${notFound[0]}); ` +
        "if folders contain the same names, write one folder at a time",
    );
  }
}
