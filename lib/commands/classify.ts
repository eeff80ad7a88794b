/**
 * `classify PATH…`: a type for every frame.
 *
 * @module
 */
import { classifyFiles } from "../classify/classify_files.ts";
import { findFrames } from "../classify/find_frames.ts";
import { SpitError } from "../errors.ts";
import { modelId } from "../model/card.ts";
import type { Device } from "../model/device.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { type Model, openModel } from "../model/open_model.ts";
import { type Format, startReport } from "../report/formats.ts";
import { fileOutput, type Output, standardOutput } from "../report/output.ts";
import { printable } from "../report/printable.ts";
import { NO_PROGRESS, startProgress } from "../report/progress.ts";
import { countVerdicts, hasFindings, type Summary } from "../report/summary.ts";

/** Options of `classify`. */
export interface ClassifyCommandOptions {
  /** Form of the report. Default: `table`. */
  readonly format?: Format;
  /** File to write the report to, whole or not at all. Default: standard output. */
  readonly output?: string;
  /** Name or path of the model. Default: the default model. */
  readonly model?: string;
  /** Where it is to run. Default: `auto`. */
  readonly device?: Device;
  /** Only this HDU of each file. */
  readonly hdu?: number;
  /** Largest decompressed file, in bytes: the limit against gzip bombs. */
  readonly maxBytes?: number;
  /** Workers that read files. Default: one a core, 8 at most. */
  readonly workers?: number;
  /** Exit with 1 when a frame is unknown, unreadable or in conflict with its header. */
  readonly strict?: boolean;
  /** Neither progress nor notices. */
  readonly quiet?: boolean;
}

/**
 * Types the frames that the paths name; writes a report.
 *
 * @returns The exit code: 0, or 1 with `strict` and something found.
 * @throws {SpitError} `usage` when there is nothing to type or nowhere to write;
 *   what `openModel` throws.
 */
export async function classify(
  paths: readonly string[],
  options: ClassifyCommandOptions,
): Promise<number> {
  const notice = noticesOf(options);
  const files = await Array.fromAsync(findFrames(paths, notice));
  if (files.length === 0) {
    throw new SpitError(
      "usage",
      "there is nothing to type: name FITS files, or folders that hold some",
    );
  }
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  notice(`${modelId(model.card)} on ${model.device}`);

  const output = options.output === undefined
    ? standardOutput()
    : await fileOutput(options.output);
  using _ = discardedOnInterrupt(output);
  try {
    const summary = await writeReport(files, model, output, options);
    await output.commit();
    return options.strict && hasFindings(summary) ? 1 : 0;
  } catch (error) {
    output.discard();
    // `… | head` has seen enough.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    throw error;
  }
}

async function writeReport(
  files: readonly string[],
  model: Model,
  output: Output,
  options: ClassifyCommandOptions,
): Promise<Summary> {
  const terminal = options.output === undefined && Deno.stdout.isTerminal();
  const report = startReport(options.format ?? "table", {
    files,
    terminal,
    colour: terminal && !Deno.noColor,
  });
  const progress = options.quiet || !Deno.stderr.isTerminal()
    ? NO_PROGRESS
    : startProgress(files.length, toStandardError);
  const counter = countVerdicts();
  const start = performance.now();
  try {
    await output.write(report.begin());
    let done = 0;
    progress.draw(done);
    for await (
      const verdict of classifyFiles(files, { ...options, model })
    ) {
      counter.add(verdict);
      if (terminal) progress.clear();
      await output.write(report.row(verdict));
      progress.draw(++done);
    }
  } finally {
    progress.clear();
  }
  const summary = counter.summary({
    seconds: (performance.now() - start) / 1000,
    model: modelId(model.card),
    device: model.device,
  });
  await output.write(report.end(summary));
  return summary;
}

function noticesOf({ quiet }: ClassifyCommandOptions) {
  return (message: string) => {
    if (!quiet) toStandardError(printable(message) + "\n");
  };
}

function toStandardError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** Ctrl-C leaves no half-written file; while the handler is not set, it ends us as ever. */
function discardedOnInterrupt(output: Output): Disposable {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];
  const stop = () => {
    output.discard();
    Deno.exit(130);
  };
  for (const signal of signals) Deno.addSignalListener(signal, stop);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) Deno.removeSignalListener(signal, stop);
    },
  };
}
