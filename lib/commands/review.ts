/**
 * `review PATH…`: a page on which an observer corrects types.
 *
 * @module
 */
import { dirname, join, resolve } from "../io/path.ts";
import { typeFiles } from "../classify/classify_inputs_of_files.ts";
import { readRules } from "../header/read_rules.ts";
import { checkLabelsFile } from "../evaluation/append_label.ts";
import { appendLabel } from "../evaluation/labels_file.ts";
import { modelId } from "../model/model_card.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { openModel } from "../model/open_model.ts";
import { standardOutput } from "../io/output.ts";
import { printable } from "../output/printable.ts";
import { arrivals } from "../review/arrivals.ts";
import { startDesk } from "../review/desk.ts";
import { followLabels } from "../review/follow_labels.ts";
import { makeToken } from "../review/guard.ts";
import { startLooking } from "../review/look_at.ts";
import { openInBrowser } from "../review/open_in_browser.ts";
import { reviewPage } from "../review/page.tsx";
import { serve } from "../review/serve.ts";
import { createStopSignal } from "../io/signals.ts";
import type { TypingOptions } from "./frames_named.ts";

/** Options of `review`. */
export interface ReviewOptions extends TypingOptions {
  /** File that labels are appended to. Default: `spit-labels.csv` in the folder, if there is one, else in the working folder. */
  readonly labels?: string;
  /** Walks all frames, not only the doubtful. */
  readonly all?: boolean;
  /** Port of the page; 0 for any. Default: one that goes with the labels file, if it is free. */
  readonly port?: number;
  /** Opens the page in the browser. */
  readonly open?: boolean;
}

/**
 * Types frames and serves the page on which they are corrected, until Ctrl-C or
 * SIGTERM. Its address, on standard output, holds a secret: whoever knows it can
 * write labels. Nothing but the labels file is written.
 *
 * @returns The exit code: 0.
 * @throws {SpitError} `usage` when the labels cannot be written there, or the port
 *   is taken; what `readLabels`, `readRules`, `findFrames` and `openModel` throw.
 */
export async function review(
  paths: readonly string[],
  options: ReviewOptions,
): Promise<number> {
  const notice = (message: string) => {
    if (!options.quiet) toStandardError(message);
  };
  const labels = resolve(options.labels ?? await labelsFor(paths));
  await checkLabelsFile(labels);
  const rules = await readRules(options.rules ?? []);
  using stopping = await createStopSignal();
  const desk = startDesk();
  using followed = await followLabels(labels, desk, once(notice));
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  notice(`${modelId(model.card)} on ${model.device}`);

  const { signal: stop } = stopping;
  const page = reviewPage({ named: paths, labels, all: options.all ?? false });
  const serving = serve({
    token: makeToken(),
    page,
    desk,
    lookAt: startLooking(options),
    async save(file, label) {
      await appendLabel(labels, file, label);
      await followed.look();
    },
    stop,
  }, { port: options.port, kin: labels });
  notice(`labels go to ${labels}`);
  await tellAddress(serving.url);
  notice("open that address; whoever has it can label. Ctrl-C ends it");
  using _ = options.open
    ? await openInBrowser(serving.url, dirname(labels), notice)
    : null;

  const { hdu, maxBytes, workers, timeout } = options;
  const files = arrivals(paths, {
    expect: (count) => desk.expect(count),
    stop,
    notice,
  });
  const typed = typeFiles(files, {
    model,
    hdu,
    maxBytes,
    workers,
    timeout,
    rules,
  });
  for await (const { verdict } of typed) {
    desk.put(verdict);
    if (stop.aborted) break;
  }
  await serving.ended;
  notice(`stopped by ${stop.reason}; labels are in ${labels}`);
  return 0;
}

async function labelsFor(paths: readonly string[]): Promise<string> {
  const [first] = paths;
  const name = "spit-labels.csv";
  if (paths.length !== 1 || first === undefined) return name;
  try {
    return (await Deno.stat(first)).isDirectory ? join(first, name) : name;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return name;
  }
}

/** A cut line is found again whenever the labels are read. */
function once(notice: (message: string) => void): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (!told.has(message)) notice(message);
    told.add(message);
  };
}

/** On standard output for programs; where that is no terminal, for the observer, too. */
async function tellAddress(url: string): Promise<void> {
  if (!Deno.stdout.isTerminal()) toStandardError(url);
  try {
    await standardOutput().write(url + "\n");
  } catch (error) {
    // Who read the address may have gone.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

function toStandardError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(printable(text) + "\n"));
}
