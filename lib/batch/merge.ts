import { SpitError } from "../errors.ts";
import { listParts, readInputList, readRows, type RowFile } from "./parts.ts";
import { isRetryable } from "./retry.ts";
import { formatRow, type RowSummary } from "./rows.ts";

interface MergeOptions {
  /** Merges only the rows of this model, `NAME@VERSION`. */
  readonly model?: string;
  /** Frames of the input, in addition to those of the input lists in the folder. */
  readonly frames?: Iterable<string>;
  /** Rows kept in memory at the same time. Default: 200,000, about 200 MB. */
  readonly bufferRows?: number;
}

export interface MergedRows {
  /** Paths of the frames that have a row, sorted. */
  readonly paths: readonly string[];
  /** Frames of the input without a row; `null` if the input is unknown. */
  readonly missing: readonly string[] | null;
  /** Rows that were superseded by another row of the same path. */
  readonly superseded: number;
  /** Rows of older versions, which are left out. */
  readonly outdated: number;
  /** `NAME@VERSION` of the model of the rows; `null` without rows. */
  readonly model: string | null;
  /** Yields the rows as lines with line breaks, in the order of `paths`. */
  lines(): AsyncGenerator<string, void, void>;
}

/** A row that is the best one of its path so far. */
interface Candidate {
  readonly row: RowSummary;
  /** Index of its file. */
  readonly file: number;
  /** Index of its line. */
  readonly line: number;
}

/**
 * Merges the rows of a folder. Selects one row for each path: the row of the file version
 * with the latest modification time; of several, one without an error, then one whose error
 * is not retryable, then one with a label, then that of the first file by name. Rows of
 * older versions are left out.
 *
 * @throws {SpitError} `usage` if there are no rows and the input is unknown, if all rows
 *   are of older versions or of other models, and if they are of several models and `model`
 *   is not given; `io` if the folder cannot be read or contains a damaged part.
 */
export async function mergeParts(
  folder: string,
  { model, frames = [], bufferRows = 200_000 }: MergeOptions = {},
): Promise<MergedRows> {
  const { rowFiles, inputs } = await listParts(folder);
  const input = new Set(frames);
  const isInputKnown = inputs.length > 0 || input.size > 0;
  for (const name of inputs) {
    for (const path of await readInputList(folder, name)) input.add(path);
  }
  const { selected, models, superseded, outdated } = await selectRows(
    folder,
    rowFiles,
    model,
  );
  if (models.size === 0) {
    // Otherwise all frames of the input are missing.
    if (!isInputKnown || outdated > 0) {
      throw usageError(
        folder,
        `it contains no rows${formatOutdated(outdated)}`,
      );
    }
  } else if (model !== undefined && !models.has(model)) {
    throw usageError(
      folder,
      `it contains no rows of ${model}, but rows of ${joinNames(models)}` +
        formatOutdated(outdated),
    );
  } else if (model === undefined && models.size > 1) {
    throw usageError(
      folder,
      `it contains rows of ${joinNames(models)}: choose one with --model`,
    );
  }
  const paths = [...selected.keys()].sort();
  return {
    paths,
    missing: isInputKnown
      ? [...input].filter((path) => !selected.has(path)).sort()
      : null,
    superseded,
    outdated,
    model: models.size === 0 ? null : model ?? [...models][0]!,
    lines: () => readLines(folder, rowFiles, paths, selected, bufferRows),
  };
}

async function selectRows(
  folder: string,
  rowFiles: readonly RowFile[],
  model: string | undefined,
) {
  const selected = new Map<string, Candidate>();
  const models = new Set<string>();
  let superseded = 0;
  let outdated = 0;
  for (const [file, rowFile] of rowFiles.entries()) {
    const rows = await readRows(folder, rowFile);
    for (const [line, { row }] of rows.entries()) {
      const isSelected = model === undefined || row.model === model;
      if (row.isOutdated) {
        if (isSelected) outdated++;
        continue;
      }
      models.add(row.model);
      if (!isSelected) continue;
      const other = selected.get(row.path);
      if (other !== undefined) superseded++;
      if (other === undefined || isBetter(row, other.row)) {
        selected.set(row.path, { row, file, line });
      }
    }
  }
  return { selected, models, superseded, outdated };
}

function isBetter(row: RowSummary, other: RowSummary): boolean {
  const later = (row.modified ?? -Infinity) - (other.modified ?? -Infinity);
  if (row.modified !== other.modified) return later > 0;
  const hasError = row.errorCode !== null;
  if (hasError !== (other.errorCode !== null)) return !hasError;
  const isFinal = !isRetryable(row.errorCode);
  if (isFinal === isRetryable(other.errorCode)) return isFinal;
  return row.label !== null && other.label === null;
}

/** Reads `bufferRows` rows at a time, so that memory stays bounded. */
async function* readLines(
  folder: string,
  rowFiles: readonly RowFile[],
  paths: readonly string[],
  selected: ReadonlyMap<string, Candidate>,
  bufferRows: number,
): AsyncGenerator<string, void, void> {
  for (let start = 0; start < paths.length; start += bufferRows) {
    const batch = paths.slice(start, start + bufferRows);
    const lines = new Map<string, string>();
    const byFile = Map.groupBy(batch, (path) => selected.get(path)!.file);
    for (const [file, members] of byFile) {
      const rows = await readRows(folder, rowFiles[file]!);
      for (const path of members) {
        const found = rows[selected.get(path)!.line];
        if (found?.row.path !== path) {
          throw new SpitError(
            "vanished",
            `cannot merge ${folder}: ${rowFiles[file]!.name} has changed; ` +
              "merge again when all runs have ended",
            { file: folder },
          );
        }
        // Another program may have written it with characters that control a terminal.
        lines.set(path, formatRow(JSON.parse(found.line)));
      }
    }
    for (const path of batch) yield lines.get(path)!;
  }
}

function formatOutdated(outdated: number): string {
  return outdated === 0
    ? ""
    : "; those of versions before 0.6 do not count: start the run again";
}

function joinNames(models: ReadonlySet<string>): string {
  return [...models].sort().join(" and ");
}

function usageError(folder: string, problem: string): SpitError {
  return new SpitError("usage", `cannot merge ${folder}: ${problem}`, {
    file: folder,
  });
}
