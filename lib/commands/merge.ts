import type { Command } from "commander";
import { type MergedRows, mergeParts } from "../batch/merge.ts";
import { readOptions } from "../batch/parts.ts";
import { formatRow, type StoredRow } from "../batch/rows.ts";
import { weighNights } from "../calibration/weigh_nights.ts";
import { applyLabel } from "../classify/verdict.ts";
import { findLabel, type Labels } from "../evaluation/labels.ts";
import { readLabels } from "../evaluation/manifest.ts";
import { findFrames } from "../io/find_frames.ts";
import {
  fileOutput,
  type Output,
  standardOutput,
  writeFileAtomically,
} from "../io/output.ts";
import { discardOnSignal } from "../io/signals.ts";
import { modelNames } from "../model/find_model.ts";
import { type ModelCard, modelId } from "../model/model_card.ts";
import { readModelCard } from "../model/open_model.ts";
import { createFormatter } from "../output/formats.ts";
import {
  addLabelsOption,
  addOptions,
  addQuietOption,
  addSearchOptions,
  chooseFormat,
  formatOption,
  type SearchOptions,
} from "./options.ts";
import { makeNotify, type Notify } from "./terminal.ts";

const FORMATS = ["ndjson", "csv", "fitsort"] as const;

type MergeFormat = typeof FORMATS[number];

interface MergeOptions extends SearchOptions {
  readonly format?: MergeFormat;
  readonly output?: string;
  readonly model?: string;
  readonly missing?: string;
  readonly labels?: string;
  readonly quiet?: boolean;
}

/** Frames without a row that notices name; the rest is counted. */
const MAX_NAMED = 20;

export function define(command: Command): void {
  addOptions(command, [formatOption(FORMATS)])
    .argument("<DIR>", "folder that run or worker wrote to")
    .argument("[PATH...]", "the frames, if the folder has no list of them")
    .option(
      "-o, --output <file>",
      "write the output to a file, completely or not at all",
    )
    .option(
      "--model <id>",
      "only rows of this model, as NAME@VERSION or as the path of its card",
    )
    .option("--missing <file>", "write a list of the frames without a row")
    .action(async (dir: string, paths: string[], options: MergeOptions) => {
      Deno.exitCode = await merge(dir, paths, options);
    });
  addSearchOptions(addQuietOption(addLabelsOption(command)));
}

/**
 * Merges the rows in a folder; returns the exit code, which is 1 if a frame has no row.
 *
 * @param paths The input, for a folder that has no list of it.
 * @throws {SpitError} What `mergeParts` throws; `usage` for a report that cannot be written.
 */
async function merge(
  folder: string,
  paths: readonly string[],
  options: MergeOptions,
): Promise<number> {
  const format = chooseFormat(options, FORMATS);
  const notify = makeNotify(options);
  const frames = await Array.fromAsync(findFrames(paths, notify, options));
  const given = await readGivenCard(options.model);
  const model = given === null ? options.model || undefined : modelId(given);
  const merged = await mergeParts(folder, { frames, model });
  const labels = await readLabels(options.labels, notify, {
    frames: merged.paths,
  });
  const output = options.output === undefined
    ? standardOutput()
    : await fileOutput(options.output);
  using _ = discardOnSignal(output);
  try {
    const weigh = await openWeigher(folder, merged.model, given, notify);
    await writeRows(merged, labels, weigh, output, format);
    await output.commit();
  } catch (error) {
    output.discard();
    // A reader such as `head` may close the pipe early.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  if (options.output !== undefined) notify(`wrote ${options.output}`);
  return await reportMissing(merged, options, notify);
}

/** Answers for the frames of the sky of each night again. */
type Weigh = (
  rows: AsyncIterable<{ readonly verdict: StoredRow }>,
) => AsyncIterable<{ readonly verdict: StoredRow }>;

/**
 * Returns what weighs the nights of rows, which `run` and `worker` write one by one. Without
 * the model card of the rows, they stay as they are.
 */
async function openWeigher(
  folder: string,
  model: string | null,
  given: ModelCard | null,
  notify: Notify,
): Promise<Weigh> {
  const recorded = await readOptions(folder) ?? {};
  const options = {
    pixelsOnly: recorded["--pixels-only"] === true,
    trustHeader: recorded["--trust-header"] === true,
    minProbability: Number(recorded["--min-probability"] ?? 0),
  };
  if (model === null || options.pixelsOnly) return (rows) => rows;
  const card = given ?? await findCard(model);
  if (card !== null) return (rows) => weighNights(rows, card, options);
  notify(
    `the exposures of the nights are not weighed: there is no model ${model} here; ` +
      "give the path of its card with --model",
  );
  return (rows) => rows;
}

/** Returns the card whose path is the value of `--model`; `null` for another value. */
async function readGivenCard(
  model: string | undefined,
): Promise<ModelCard | null> {
  if (model === undefined || !/\.(json|onnx)$/i.test(model)) return null;
  return (await readModelCard(model)).card;
}

/**
 * Returns the card of an installed model, `NAME@VERSION`; `null` if another version, or none,
 * is installed.
 */
async function findCard(model: string): Promise<ModelCard | null> {
  const name = model.replace(/@[^@]*$/, "");
  if (!(await modelNames()).includes(name)) return null;
  const { card } = await readModelCard(name);
  return modelId(card) === model ? card : null;
}

async function writeRows(
  { paths, lines }: MergedRows,
  labels: Labels,
  weigh: Weigh,
  output: Output,
  format: MergeFormat,
): Promise<void> {
  async function* rows() {
    for await (const line of lines()) {
      const row: StoredRow = JSON.parse(line);
      yield {
        verdict: { ...row, ...applyLabel(row, findLabel(labels, row.file)) },
      };
    }
  }
  if (format === "ndjson") {
    for await (const { verdict } of weigh(rows())) {
      await output.write(formatRow(verdict));
    }
    return;
  }
  const report = createFormatter(format, {
    files: paths,
    terminal: false,
    colour: false,
  });
  await output.write(report.begin());
  for await (const { verdict } of weigh(rows())) {
    await output.write(report.row(verdict));
  }
}

async function reportMissing(
  { paths, missing, superseded, outdated }: MergedRows,
  { missing: file }: MergeOptions,
  notify: Notify,
): Promise<number> {
  const rest = [
    superseded === 0 ? "" : `; superseded rows: ${superseded}`,
    outdated === 0
      ? ""
      : `; rows of versions before 0.6, which are left out: ${outdated}`,
  ].join("");
  if (missing === null) {
    notify(
      `${paths.length} frames have one row each${rest}; frames without a row ` +
        "are unknown, because the folder has no list of the input: name its frames after the folder",
    );
    return 0;
  }
  if (file !== undefined) {
    const list = missing.map((path) => path + "\n").join("");
    await writeFileAtomically(file, list);
  }
  const total = paths.length + missing.length;
  notify(`${paths.length} of ${total} frames have one row each${rest}`);
  for (const path of missing.slice(0, MAX_NAMED)) notify(`no row: ${path}`);
  if (missing.length > MAX_NAMED) {
    const more = missing.length - MAX_NAMED;
    notify(`no row: ${more} more; --missing FILE lists all`);
  }
  return missing.length === 0 ? 0 : 1;
}
