/**
 * `watch DIR…`: a type for every frame as it lands.
 *
 * @module
 */
import { resolve } from "../io/path.ts";
import type { ShownHdu } from "../classify/shown_file.ts";
import { typeFiles } from "../classify/classify_inputs_of_files.ts";
import { SpitError } from "../errors.ts";
import { readRules } from "../header/read_rules.ts";
import type { Rules } from "../header/rules.ts";
import { modelId } from "../model/model_card.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { type Model, openModel } from "../model/open_model.ts";
import { printable } from "../output/printable.ts";
import { countVerdicts } from "../output/summary.ts";
import { summaryText } from "../output/table.ts";
import { startFreshPage } from "../batch/fresh_page.ts";
import { startHook } from "../batch/hook.ts";
import { openRowLog } from "../batch/row_log.ts";
import { type RowForm, startRows } from "../batch/show_rows.ts";
import { type SettledFile, settledFiles } from "../batch/settled.ts";
import { createStopSignal } from "../io/signals.ts";
import { rowLine, type StampedRow, stampedRow } from "../batch/stamped_row.ts";
import type { TypingOptions } from "./frames_named.ts";

/** Options of `watch`. */
export interface WatchOptions extends TypingOptions {
  /** A page of the frames that this run types, kept fresh. */
  readonly report?: string;
  /** Form of the rows. Default: `table` on a terminal, else `ndjson`. */
  readonly format?: RowForm;
  /** Types what is there already, too, unless `append` has its row. */
  readonly catchup?: boolean;
  /** File that keeps the rows of this watch and of those before it. */
  readonly append?: string;
  /** Command for the shell, given the row of each conflict. */
  readonly onConflict?: string;
  /** Seconds that one run of it may take. Default: 60. */
  readonly hookLimit?: number;
  /** Seconds that a file must stand still. Default: 2. */
  readonly settle?: number;
  /** Seconds between two looks at the folders. Default: 1. */
  readonly poll?: number;
  /** Ends the watch when it appears. */
  readonly stopFile?: string;
}

/**
 * Types the frames that land in folders, until Ctrl-C, SIGTERM or the stop file.
 *
 * @returns The exit code: 0.
 * @throws {SpitError} `usage` when a folder is none, the stop file is there, or
 *   the rows cannot be kept; `io` when they no longer can; what `readRules` and
 *   `openModel` throw.
 */
export async function watch(
  folders: readonly string[],
  options: WatchOptions,
): Promise<number> {
  const notice = (message: string) => {
    if (!options.quiet) tell(message);
  };
  const paths = folders.map((folder) => resolve(folder));
  await refuseFiles(paths);
  const rules = await readRules(options.rules ?? []);
  using stopping = await createStopSignal(options.stopFile);
  using log = options.append === undefined
    ? null
    : await openRowLog(options.append, notice);
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  notice(`${modelId(model.card)} on ${model.device}`);
  using hook = options.onConflict === undefined
    ? null
    : startHook(options.onConflict, {
      limit: options.hookLimit ?? 60,
      notice: tell,
    });

  using page = options.report === undefined ? null : await startFreshPage({
    path: options.report,
    title: folders.join(" "),
    model: modelId(model.card),
    notice: tell,
  });

  const counter = countVerdicts();
  const rows = startRows(options.format);
  const files = settledFiles(paths, {
    ...options,
    known: log?.known ?? [],
    stop: stopping.signal,
    notice,
    ready: (there) => notice(readyText(paths, there, options)),
  });
  try {
    for await (
      const { row, shown } of typedRows(
        files,
        model,
        { ...options, rules },
        notice,
      )
    ) {
      await log?.append(row);
      counter.add(row);
      await rows.show(row);
      page?.add({ verdict: row, shown });
      if (row.agreement !== "conflict") continue;
      rows.warn(row);
      hook?.run(rowLine(row));
    }
  } catch (error) {
    // `… | head` has seen enough.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  const { reason } = stopping.signal;
  if (reason !== undefined) notice(`stopped by ${reason}`);
  if (hook?.isBusy()) notice("a hook is still at work; Ctrl-C leaves it alone");
  await hook?.ended();
  await page?.flush();
  const summary = counter.summary({ seconds: 0, model: "", device: "" });
  notice(summaryText(summary).split("\n")[0]!);
  return 0;
}

function readyText(
  paths: readonly string[],
  there: number,
  { catchup }: WatchOptions,
): string {
  const what = catchup
    ? "those without a row come first"
    : "passed over without --catchup";
  const count = there === 0 ? "" : ` (frames there already: ${there}; ${what})`;
  return `watching ${paths.join(", ")}${count}; Ctrl-C ends it`;
}

/** A row, with what a page shows of it. */
interface TypedRow {
  readonly row: StampedRow;
  readonly shown: readonly ShownHdu[];
}

/** Types files as they come; what has vanished before it was read is passed over. */
async function* typedRows(
  files: AsyncIterable<SettledFile>,
  model: Model,
  { hdu, maxBytes, workers, timeout, rules, report }:
    & Omit<WatchOptions, "rules">
    & {
      readonly rules: readonly Rules[];
    },
  notice: (message: string) => void,
): AsyncGenerator<TypedRow, void, void> {
  const taken: SettledFile[] = [];
  async function* paths() {
    for await (const file of files) {
      taken.push(file);
      yield file.path;
    }
  }
  const show = report !== undefined;
  const read = { hdu, maxBytes, workers, timeout, rules, show };
  for await (
    const { verdict, shown } of typeFiles(paths(), { ...read, model })
  ) {
    // Verdicts come in the order of the paths.
    const file = taken.shift()!;
    const code = verdict.error?.code;
    if (code === "not_found" || code === "vanished") {
      notice(`${file.path} has vanished before it was typed`);
    } else yield { row: stampedRow(verdict, file), shown };
  }
}

async function refuseFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    if (!await isFile(path)) continue;
    throw new SpitError(
      "usage",
      `${path} is a file: watch takes folders; \`spit ${path}\` types it`,
      { file: path },
    );
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    // It is waited for.
    return false;
  }
}

function tell(message: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(printable(message) + "\n"));
}
