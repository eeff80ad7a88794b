import { type Command, Option } from "commander";
import { startHook } from "../batch/hook.ts";
import {
  createRowPrinter,
  type RowFormat,
  startLivePage,
  startNightMessages,
} from "../batch/live_output.ts";
import { openRowLog } from "../batch/row_log.ts";
import { createRow, type StoredRow } from "../batch/rows.ts";
import { type StableFile, watchFolders } from "../batch/watch.ts";
import { findReviewReason } from "../calibration/triage.ts";
import { SpitError } from "../errors.ts";
import { resolve } from "../std.ts";
import { createStopSignal } from "../io/signals.ts";
import { createVerdictCounter, formatSummary } from "../output/summary.ts";
import { type Classifier, openClassifier } from "./inputs.ts";
import {
  addClassificationOptions,
  addLabelsOption,
  addSearchOptions,
  type ClassificationOptions,
  parseOutputOf,
  parsePositive,
} from "./options.ts";
import { makeNotify } from "./terminal.ts";

interface WatchOptions extends ClassificationOptions {
  readonly format?: RowFormat;
  readonly catchup?: boolean;
  readonly append?: string;
  readonly report?: string;
  /** Whether all pixels of the frames are in files beside the page. */
  readonly full?: boolean;
  readonly expect?: "science";
  readonly onConflict?: string;
  readonly hookLimit: number;
  readonly settle: number;
  readonly poll: number;
  readonly stopFile?: string;
  readonly strict?: boolean;
}

export function define(command: Command): void {
  command
    .argument("<DIR...>", "folders, watched with everything below them")
    .addOption(
      new Option(
        "--format <format>",
        "format of the rows (default: table on a terminal, else ndjson)",
      ).choices(["table", "ndjson"]),
    )
    .option("--catchup", "first classify existing frames that have no row")
    .option(
      "--append <ndjson>",
      "append rows to this file, and resume from it",
      parseOutputOf("ndjson"),
    )
    .option(
      "--report <html>",
      "write a page of this run's frames, and keep it up to date",
      parseOutputOf("html"),
    )
    .option(
      "--full",
      "with --report, write all pixels of the frames into a folder beside the page",
    )
    .addOption(
      new Option(
        "--expect <type>",
        "also report the calibrations that configurations with an arc or a flat lack before their first science frame",
      ).choices(["science"]),
    )
    .option(
      "--on-conflict <command>",
      "shell command to run for each conflict, with the row as JSON on its standard input",
    )
    .option(
      "--hook-limit <seconds>",
      "time limit of that command",
      parsePositive,
      60,
    )
    .option(
      "--settle <seconds>",
      "a frame is complete when its size and modification time have not changed for this long",
      parsePositive,
      2,
    )
    .option(
      "--poll <seconds>",
      "time between two scans of the folders, where the system reports no changes",
      parsePositive,
      1,
    )
    .option("--stop-file <file>", "end when this file appears")
    .option(
      "--strict",
      "exit 1 at the end if a frame needed review, or a configuration lacks a calibration",
    )
    .action(async (folders: string[], options: WatchOptions) => {
      Deno.exitCode = await watch(folders, options);
    });
  addSearchOptions(addClassificationOptions(addLabelsOption(command)));
}

/**
 * Classifies the frames that arrive in folders, until Ctrl-C, SIGTERM or the stop file.
 * Returns the exit code.
 *
 * @throws {SpitError} `usage` when a path is not a folder, the stop file exists, or rows
 *   cannot be appended; `io` when they no longer can; what `readRules` and `openModel`
 *   throw.
 */
async function watch(
  folders: readonly string[],
  options: WatchOptions,
): Promise<number> {
  const notify = makeNotify(options);
  // Failures are reported with --quiet, too.
  const warn = makeNotify();
  const paths = folders.map((folder) => resolve(folder));
  await refuseFiles(paths);
  if (options.full && options.report === undefined) {
    throw new SpitError("usage", "--full needs a page: add --report HTML");
  }
  using stopping = await createStopSignal(options.stopFile);
  using log = options.append === undefined
    ? null
    : await openRowLog(options.append, notify);
  await using classifier = await openClassifier(options, notify);
  using hook = options.onConflict === undefined
    ? null
    : startHook(options.onConflict, { limit: options.hookLimit, notice: warn });
  using page = options.report === undefined ? null : await startLivePage({
    path: options.report,
    title: folders.join(" "),
    model: classifier.modelId,
    full: options.full,
    limits: options,
    notice: warn,
  });
  using messages = startNightMessages({
    expectScience: options.expect === "science",
    existing: log?.latest ?? [],
    notice: notify,
    warn,
  });
  const counter = createVerdictCounter();
  const rows = createRowPrinter(options.format);
  const files = watchFolders(paths, {
    ...options,
    known: log?.known ?? [],
    stop: stopping.signal,
    notice: notify,
    ready(existing) {
      notify(readyText(paths, existing, options));
      // Existing frames that have no row yet come before the first check.
      messages.schedule(options.settle + options.poll);
    },
    found: messages.expect,
  });
  let found = 0;
  const classified = classifyRows(files, classifier, {
    preview: options.report !== undefined,
    existing: log?.latest ?? [],
    reportVanished(path) {
      notify(`${path} vanished before it was read`);
      messages.add(null);
    },
  });
  try {
    for await (const { row, previews } of classified) {
      await log?.append(row);
      messages.add(row);
      counter.add(row);
      await rows.print(row);
      await page?.add({ verdict: row, previews });
      const reason = findReviewReason(row);
      if (reason === null) continue;
      found++;
      rows.reportReview(row);
      if (reason === "conflict") hook?.run(row);
    }
  } catch (error) {
    // A reader such as `head` may close the pipe early.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  const lacking = messages.finish();
  const { reason } = stopping.signal;
  if (reason !== undefined) notify(`stopped by ${reason}`);
  if (hook?.isBusy()) notify("waiting for a hook; press Ctrl-C to leave it");
  await hook?.finished();
  await page?.flush();
  const summary = counter.summary({ seconds: 0, model: "", device: "" });
  notify(formatSummary(summary).split("\n")[0]!);
  return options.strict && found + lacking > 0 ? 1 : 0;
}

function readyText(
  paths: readonly string[],
  existing: number,
  { catchup }: WatchOptions,
): string {
  const what = catchup
    ? "classified first unless they have a row"
    : "ignored without --catchup";
  const count = existing > 0 ? ` (existing frames: ${existing}, ${what})` : "";
  return `watching ${paths.join(", ")}${count}; Ctrl-C ends it`;
}

interface RowsOptions {
  readonly preview: boolean;
  /** The latest row of each frame that arrived before. */
  readonly existing: readonly StoredRow[];
  readonly reportVanished: (path: string) => void;
}

/**
 * Classifies files as they arrive, with the other targets of the night so far. Files that
 * vanish before they are read get no row.
 */
async function* classifyRows(
  files: AsyncIterable<StableFile>,
  classifier: Classifier,
  { preview, existing, reportVanished }: RowsOptions,
) {
  const weigh = classifier.followExposures(existing);
  const pending: StableFile[] = [];
  async function* paths() {
    for await (const file of files) {
      pending.push(file);
      yield file.path;
    }
  }
  const classified = classifier.classify(paths(), { preview });
  for await (const { verdict, previews } of classified) {
    // Verdicts come in the order of the paths.
    const file = pending.shift()!;
    const code = verdict.error?.code;
    if (code === "not_found" || code === "vanished") {
      reportVanished(file.path);
    } else yield { row: createRow(weigh(verdict), file), previews };
  }
}

async function refuseFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const info = await Deno.stat(path).catch((error) => {
      if (error instanceof Deno.errors.NotCapable) throw error;
      // A folder that does not exist yet is waited for.
      return null;
    });
    if (!info?.isFile) continue;
    throw new SpitError(
      "usage",
      `${path} is a file, and watch takes folders: classify it with \`spit ${path}\``,
      { file: path },
    );
  }
}
