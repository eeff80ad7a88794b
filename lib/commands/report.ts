/**
 * `report PATH…`: a night as a page to look at.
 *
 * @module
 */
import { typeFiles } from "../classify/classify_inputs_of_files.ts";
import { readRules } from "../header/read_rules.ts";
import { labelOf } from "../evaluation/labels_file.ts";
import { modelId } from "../model/model_card.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { openModel } from "../model/open_model.ts";
import { startNightReport } from "../output/night/night_report.ts";
import { discardOnSignal } from "../io/signals.ts";
import { fileOutput, type Output } from "../io/output.ts";
import { countVerdicts } from "../output/summary.ts";
import { summaryText } from "../output/table.ts";
import {
  framesNamed,
  noticesOf,
  type TypingOptions,
  withProgress,
} from "./frames_named.ts";
import { labelsNamed } from "./labels_named.ts";

/** Options of `report`. */
export interface ReportOptions extends TypingOptions {
  /** The page. Default: `night.html` in the working folder. */
  readonly output?: string;
  /** Its heading. Default: the paths. */
  readonly title?: string;
  /** File of labels by hand, which stand for the types. */
  readonly labels?: string;
}

/**
 * Types the frames that the paths name; writes a page with all of them, whole or
 * not at all.
 *
 * @returns The exit code, 0.
 * @throws {SpitError} `usage` when there is nothing to type or nowhere to write;
 *   what `readRules`, `readLabels` and `openModel` throw.
 */
export async function report(
  paths: readonly string[],
  options: ReportOptions,
): Promise<number> {
  const notice = noticesOf(options);
  const files = await framesNamed(paths, notice);
  const labels = await labelsNamed(options.labels, files, notice) ?? new Map();
  const rules = await readRules(options.rules ?? []);
  const { hdu, maxBytes, workers, timeout } = options;
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  const path = options.output ?? "night.html";
  // Better now than when all are typed.
  (await fileOutput(path)).discard();
  using page = startNightReport(path);
  const counter = countVerdicts();
  const start = performance.now();
  const read = { hdu, maxBytes, workers, timeout, rules, show: true };
  const typed = typeFiles(files, { ...read, model });
  const progress = { count: files.length, quiet: options.quiet };
  for await (const file of withProgress(typed, progress)) {
    const { verdict } = file;
    page.add(file, labelOf(labels, verdict.file) ?? null);
    counter.add(verdict);
  }
  const id = modelId(model.card);
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  await writePage(path, (output) =>
    page.write(
      output,
      options.title ?? paths.join(" "),
      `${files.length} frames, typed by ${id} from their pixels, ${date} UTC`,
    ));
  const seconds = (performance.now() - start) / 1000;
  const run = { seconds, model: id, device: model.device };
  const summary = summaryText(counter.summary(run)).trimEnd();
  for (const line of summary.split("\n")) notice(line);
  notice(`wrote ${path}`);
  return 0;
}

async function writePage(
  path: string,
  write: (output: Output) => Promise<void>,
): Promise<void> {
  const output = await fileOutput(path);
  using _ = discardOnSignal(output);
  try {
    await write(output);
    await output.commit();
  } catch (error) {
    output.discard();
    throw error;
  }
}
