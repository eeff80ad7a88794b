/**
 * All parts of a folder as one: every frame of the input with exactly one row.
 *
 * @module
 */
import { join } from "../io/path.ts";
import { SpitError } from "../errors.ts";
import { readText } from "../io/file.ts";
import type { RowFile } from "./names.ts";
import { lookInto, rowsIn } from "./row_files.ts";
import type { KnownRow } from "./stamped_row.ts";

/** What parts come to. */
export interface Merged {
  /** Frames that have a row, in the order of their paths. */
  readonly paths: readonly string[];
  /** Frames of the input that have none; `null` when no list of an input is there. */
  readonly missing: readonly string[] | null;
  /** Rows that gave way to another of the same path. */
  readonly spare: number;
  /** The model that all rows are of. */
  readonly model: string;
  /** The rows, each a line with its line break, in the order of `paths`. */
  lines(): AsyncGenerator<string, void, void>;
}

/** What to merge. */
export interface MergeOptions {
  /** Only rows of this model, `NAME@VERSION`. */
  readonly model?: string;
  /** Frames of the input, beside those of the lists in the folder. */
  readonly frames?: Iterable<string>;
  /** Rows that are held in memory at once. Default: 200,000, some 200 MB. */
  readonly held?: number;
}

interface Best {
  readonly row: KnownRow;
  /** Which file, and which row of it. */
  readonly file: number;
  readonly place: number;
}

/**
 * Works out which rows count. Of several with one path that is the row of the
 * file that was written to last, then one without a fault, then one whose fault
 * does not pass, then that of the first part by name: they are equal but for that.
 *
 * @throws {SpitError} `usage` when there is no row, or rows of several models and
 *   none is named; `io` when the folder cannot be read or holds a damaged part.
 */
export async function mergeParts(
  folder: string,
  { model, frames = [], held = 200_000 }: MergeOptions = {},
): Promise<Merged> {
  const { rowFiles, inputs } = await lookInto(folder);
  const wanted = new Set(frames);
  const isKnown = inputs.length > 0 || wanted.size > 0;
  for (const name of inputs) {
    for (const path of await inputOf(join(folder, name))) wanted.add(path);
  }
  const { best, models, spare } = await bestRows(folder, rowFiles, model);
  if (models.size === 0) {
    const of = model === undefined ? "" : ` of ${model}`;
    throw usage(folder, `holds no row${of}`);
  }
  if (models.size > 1) {
    const names = [...models].sort().join(" and ");
    throw usage(folder, `holds rows of ${names}: name one with --model`);
  }
  const paths = [...best.keys()].sort();
  return {
    paths,
    missing: isKnown
      ? [...wanted].filter((path) => !best.has(path)).sort()
      : null,
    spare,
    model: [...models][0]!,
    lines: () => linesOf(folder, rowFiles, paths, best, held),
  };
}

async function bestRows(
  folder: string,
  rowFiles: readonly RowFile[],
  model: string | undefined,
) {
  const best = new Map<string, Best>();
  const models = new Set<string>();
  let spare = 0;
  for (const [file, rowFile] of rowFiles.entries()) {
    const rows = await rowsIn(folder, rowFile);
    for (const [place, { row }] of rows.entries()) {
      if (model !== undefined && row.model !== model) continue;
      models.add(row.model);
      const other = best.get(row.path);
      if (other !== undefined) spare++;
      if (other === undefined || isBetter(row, other.row)) {
        best.set(row.path, { row, file, place });
      }
    }
  }
  return { best, models, spare };
}

function isBetter(row: KnownRow, other: KnownRow): boolean {
  const later = (row.modified ?? -Infinity) - (other.modified ?? -Infinity);
  if (row.modified !== other.modified) return later > 0;
  if (row.isTyped !== other.isTyped) return row.isTyped;
  return other.isPassing && !row.isPassing;
}

/** As many rows at a time as may be held: of each part those that are among them. */
async function* linesOf(
  folder: string,
  rowFiles: readonly RowFile[],
  paths: readonly string[],
  best: ReadonlyMap<string, Best>,
  held: number,
): AsyncGenerator<string, void, void> {
  for (let start = 0; start < paths.length; start += held) {
    const wanted = paths.slice(start, start + held);
    const lines = new Map<string, string>();
    const files = Map.groupBy(wanted, (path) => best.get(path)!.file);
    for (const [file, members] of files) {
      const rows = await rowsIn(folder, rowFiles[file]!);
      for (const path of members) {
        const found = rows[best.get(path)!.place];
        if (found?.row.path !== path) {
          throw new SpitError(
            "vanished",
            `${
              rowFiles[file]!.name
            } was written anew meanwhile: merge again when all runs have ended`,
            { file: folder },
          );
        }
        lines.set(path, found.line);
      }
    }
    for (const path of wanted) yield lines.get(path)!;
  }
}

async function inputOf(path: string): Promise<string[]> {
  const text = await readText(path, "the list of the input");
  return text.split("\n").filter((line) => line !== "").map((line) =>
    JSON.parse(line)
  );
}

function usage(folder: string, what: string): SpitError {
  return new SpitError("usage", `${folder} ${what}`, { file: folder });
}
