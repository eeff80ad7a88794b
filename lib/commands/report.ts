import type { Command } from "commander";
import { hideSecrets } from "../io/http.ts";
import { checkOutput, fileOutput } from "../io/output.ts";
import { discardOnSignal } from "../io/signals.ts";
import { startNightReport } from "../output/night/night_report.ts";
import { formatSummary } from "../output/summary.ts";
import { findInputFrames, openClassifier } from "./inputs.ts";
import {
  addClassificationOptions,
  addLabelsOption,
  addSearchOptions,
  type ClassificationOptions,
  parseOutputOf,
} from "./options.ts";
import { makeNotify } from "./terminal.ts";

interface ReportOptions extends ClassificationOptions {
  readonly output: string;
  readonly title?: string;
  /** Whether the pixels of all frames are written beside the page. */
  readonly full?: boolean;
}

export function define(command: Command): void {
  command
    .argument("<PATH...>", "files, folders, URLs, @LIST, or -")
    .option(
      "-o, --output <html>",
      "file for the page",
      parseOutputOf("html"),
      "night.html",
    )
    .option("--title <text>", "heading of the page (default: the paths)")
    .option(
      "--full",
      "write all pixels of the frames into a folder beside the page (default: inside the page if they take at most 64 MiB)",
    )
    .action(async (paths: string[], options: ReportOptions) => {
      Deno.exitCode = await report(paths, options);
    });
  addSearchOptions(addClassificationOptions(addLabelsOption(command)));
}

/**
 * Classifies the frames that paths name and writes a page, completely or not at all.
 * Returns the exit code.
 *
 * @throws {SpitError} `usage` without frames, or for a page that cannot be written; what
 *   `readLabels`, `readRules` and `openModel` throw.
 */
async function report(
  paths: readonly string[],
  options: ReportOptions,
): Promise<number> {
  const { output: path, title = hideSecrets(paths.join(" ")), quiet } = options;
  const notify = makeNotify(options);
  const { files, exitCode } = await findInputFrames(paths, notify, options);
  await using classifier = await openClassifier(options, notify, files);
  await checkOutput(path);
  using page = startNightReport(path, options);
  const progress = { total: files.length, quiet };
  const classified = classifier.classifyNights(files, progress, {
    preview: true,
  });
  for await (const file of classified) {
    page.add(file);
    await page.addPixels(file, options);
  }
  const date = new Date().toISOString().slice(0, 16).replace("T", " ");
  const output = await fileOutput(path);
  using _ = discardOnSignal(output);
  try {
    await page.write(
      output,
      title,
      `${files.length} frames, classified by ${classifier.modelId}, ${date} UTC`,
    );
    await output.commit();
  } catch (error) {
    output.discard();
    throw error;
  }
  notify(`wrote ${path}`);
  formatSummary(classifier.summary()).trimEnd().split("\n").forEach(notify);
  if (page.isTooLarge) {
    notify(
      "the pixels of the frames take more than 64 MiB, so the page does not contain them: --full writes them beside it, and `spit review` shows them",
    );
  }
  return exitCode;
}
