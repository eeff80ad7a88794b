/**
 * `merge DIR`: the parts of many runs as one report, and what is missing in it.
 *
 * @module
 */
import { type Merged, mergeParts } from "../batch/merge.ts";
import { findFrames } from "../io/find_frames.ts";
import type { Verdict } from "../classify/verdict.ts";
import { startReport } from "../output/formats.ts";
import { discardOnSignal } from "../io/signals.ts";
import {
  fileOutput,
  type Output,
  standardOutput,
  writeFileAtomically,
} from "../io/output.ts";
import { noticesOf } from "./frames_named.ts";

/** Options of `merge`. */
export interface MergeCommandOptions {
  /** Form of the report. Default: `ndjson`. */
  readonly format?: "ndjson" | "csv" | "fitsort";
  /** File to write the report to, whole or not at all. Default: standard output. */
  readonly output?: string;
  /** Only rows of this model, `NAME@VERSION`. */
  readonly model?: string;
  /** File to list the frames in that have no row, for `run @FILE`. */
  readonly missing?: string;
  /** No notices. */
  readonly quiet?: boolean;
}

/** So many of the frames without a row are named; the rest is counted. */
const NAMED = 20;

/**
 * Merges the parts in a folder; says which frames have no row.
 *
 * @param named Frames of the input, for a folder whose input is not listed in it.
 * @returns The exit code: 0, or 1 when a frame has no row.
 * @throws {SpitError} What `mergeParts` throws; `usage` when there is nowhere to write.
 */
export async function merge(
  folder: string,
  named: readonly string[],
  options: MergeCommandOptions,
): Promise<number> {
  const notice = noticesOf(options);
  const frames = await Array.fromAsync(findFrames(named, notice));
  const { model } = options;
  const merged = await mergeParts(folder, { frames, ...(model && { model }) });
  const output = options.output === undefined
    ? standardOutput()
    : await fileOutput(options.output);
  using _ = discardOnSignal(output);
  try {
    await write(merged, output, options);
    await output.commit();
  } catch (error) {
    output.discard();
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  return await tellMissing(merged, options, notice);
}

async function write(
  { paths, lines }: Merged,
  output: Output,
  { format = "ndjson" }: MergeCommandOptions,
): Promise<void> {
  if (format === "ndjson") {
    for await (const line of lines()) await output.write(line);
    return;
  }
  const report = startReport(format, {
    files: paths,
    terminal: false,
    colour: false,
  });
  await output.write(report.begin({ labels: false }));
  for await (const line of lines()) {
    const verdict: Verdict = JSON.parse(line);
    await output.write(report.row(verdict));
  }
}

async function tellMissing(
  { paths, missing, spare }: Merged,
  { missing: file }: MergeCommandOptions,
  notice: (message: string) => void,
): Promise<number> {
  const more = spare === 0 ? "" : `; ${spare} more rows of them gave way`;
  if (missing === null) {
    notice(
      `${paths.length} frames have one row each${more}; whether any has none is ` +
        "not known: no list of the input is here, name its frames behind the folder",
    );
    return 0;
  }
  if (file !== undefined) {
    await writeFileAtomically(
      file,
      missing.map((path) => path + "\n").join(""),
    );
  }
  const total = paths.length + missing.length;
  notice(`${paths.length} of ${total} frames have one row each${more}`);
  for (const path of missing.slice(0, NAMED)) notice(`no row: ${path}`);
  if (missing.length > NAMED) {
    notice(`no row: ${missing.length - NAMED} more; --missing FILE lists all`);
  }
  return missing.length === 0 ? 0 : 1;
}
