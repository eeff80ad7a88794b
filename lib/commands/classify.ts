/**
 * `classify PATH…`: a type for every frame.
 *
 * @module
 */
import { classifyFiles } from "../classify/classify_files.ts";
import type { ReadOptions } from "../classify/file_inputs.ts";
import type { Verdict } from "../classify/verdict.ts";
import { readRules } from "../header/read_rules.ts";
import { labelOf, type Labels } from "../evaluation/labels_file.ts";
import { modelId } from "../model/model_card.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { type Model, openModel } from "../model/open_model.ts";
import { type Format, startReport } from "../output/formats.ts";
import { type Grouping, inGroups } from "../output/groups.ts";
import { discardOnSignal } from "../io/signals.ts";
import { fileOutput, type Output, standardOutput } from "../io/output.ts";
import type { Remarks } from "../output/report.ts";
import { countVerdicts, hasFindings, type Summary } from "../output/summary.ts";
import { summaryText } from "../output/table.ts";
import {
  framesNamed,
  noticesOf,
  type TypingOptions,
  withProgress,
} from "./frames_named.ts";
import { labelsNamed } from "./labels_named.ts";
import { handToPypeit, pypeitOrder } from "./hand_to_pypeit.ts";

/** Options of `classify`. */
export interface ClassifyCommandOptions extends TypingOptions {
  /** Form of the report. Default: `table`. */
  readonly format?: Format | "pypeit";
  /** File to write the report to, whole or not at all; for `pypeit` a folder. Default: standard output. */
  readonly output?: string;
  /** Rows in groups, which are written when all frames are typed. */
  readonly group?: Grouping;
  /** For `pypeit`: its name of the spectrograph. */
  readonly spectrograph?: string;
  /** For `pypeit`: replace files that are there. */
  readonly overwrite?: boolean;
  /** File of labels by hand, which stand beside the types, and for them in `pypeit`. */
  readonly labels?: string;
  /** Exit with 1 when a frame is unknown, unreadable or in conflict with its header. */
  readonly strict?: boolean;
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
  const pypeit = await pypeitOrder(options, notice);
  const files = await framesNamed(paths, notice);
  const labels = await labelsNamed(options.labels, files, notice);
  const rules = await readRules(options.rules ?? []);
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  notice(`${modelId(model.card)} on ${model.device}`);
  if (options.group !== undefined) {
    notice(`rows come when all frames are typed: by ${options.group}`);
  }
  const typed = typing(files, model, { ...options, rules }, labels);
  if (pypeit !== null) {
    const rows = await Array.fromAsync(typed.rows);
    await handToPypeit(
      rows.map(({ verdict, label = null }) => ({ verdict, label })),
      pypeit,
      { maker: `spit with ${modelId(model.card)}`, notice },
    );
    const summary = summaryText(typed.summary()).trimEnd();
    for (const line of summary.split("\n")) notice(line);
    return options.strict && hasFindings(typed.summary()) ? 1 : 0;
  }

  const output = options.output === undefined
    ? standardOutput()
    : await fileOutput(options.output);
  using _ = discardOnSignal(output);
  try {
    await writeReport(files, typed, output, options);
    await output.commit();
    return options.strict && hasFindings(typed.summary()) ? 1 : 0;
  } catch (error) {
    output.discard();
    // `… | head` has seen enough.
    if (error instanceof Deno.errors.BrokenPipe) return 0;
    throw error;
  }
}

/** Frames as they are typed. */
interface Typing {
  /** A row for each, in order. */
  readonly rows: AsyncIterable<Remarks & { readonly verdict: Verdict }>;
  /** What it comes to, so far. */
  readonly summary: () => Summary;
}

function typing(
  files: readonly string[],
  model: Model,
  options: Omit<ClassifyCommandOptions, "rules"> & ReadOptions,
  labels: Labels | null,
): Typing {
  const counter = countVerdicts();
  const start = performance.now();
  const typed = classifyFiles(files, { ...options, model });
  const progress = {
    count: files.length,
    quiet: options.quiet,
    clear: isForTerminal(options),
  };
  async function* rows() {
    for await (const verdict of withProgress(typed, progress)) {
      counter.add(verdict);
      const label = labels && (labelOf(labels, verdict.file) ?? null);
      yield labels === null ? { verdict } : { verdict, label };
    }
  }
  return {
    rows: rows(),
    summary: () =>
      counter.summary({
        seconds: (performance.now() - start) / 1000,
        model: modelId(model.card),
        device: model.device,
      }),
  };
}

function isForTerminal({ output }: { readonly output?: string }): boolean {
  return output === undefined && Deno.stdout.isTerminal();
}

async function writeReport(
  files: readonly string[],
  { rows, summary }: Typing,
  output: Output,
  options: ClassifyCommandOptions,
): Promise<void> {
  const { format = "table", group: by, labels } = options;
  const terminal = isForTerminal(options);
  const report = startReport(format as Format, {
    files,
    terminal,
    colour: terminal && !Deno.noColor,
  });
  await output.write(
    report.begin({ group: by, labels: labels !== undefined }),
  );
  if (by === undefined) {
    for await (const { verdict, ...remarks } of rows) {
      await output.write(report.row(verdict, remarks));
    }
  } else {
    const all = await Array.fromAsync(rows);
    const groups = inGroups(all, ({ verdict }) => verdict.log, by);
    for (const [group, members] of groups) {
      await output.write(report.heading?.(group) ?? "");
      for (const { verdict, ...remarks } of members) {
        await output.write(report.row(verdict, { ...remarks, group }));
      }
    }
  }
  await output.write(report.end(summary()));
}
