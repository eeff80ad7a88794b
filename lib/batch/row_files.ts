/**
 * The rows that a folder of parts holds.
 *
 * @module
 */
import { join } from "../io/path.ts";
import { SpitError } from "../errors.ts";
import { isInput, type RowFile, rowFileOf } from "./names.ts";
import { type KnownRow, knownRow } from "./stamped_row.ts";

/** What is in a folder of parts. */
export interface PartFolder {
  /** Files of rows, parts before journals, by name. */
  readonly rowFiles: readonly RowFile[];
  /** Names of the lists of inputs. */
  readonly inputs: readonly string[];
}

/** A row in a file. */
export interface FiledRow {
  /** What it tells of itself. */
  readonly row: KnownRow;
  /** It as it stands, with its line break. */
  readonly line: string;
}

/**
 * Looks what a folder holds.
 *
 * @throws {SpitError} `not_found` or `io` when it cannot be looked into.
 */
export async function lookInto(folder: string): Promise<PartFolder> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    const names = entries.map(({ name }) => name).sort();
    const rowFiles = names.map(rowFileOf).filter((file) => file !== null);
    return {
      rowFiles: [
        ...rowFiles.filter(({ isJournal }) => !isJournal),
        ...rowFiles.filter(({ isJournal }) => isJournal),
      ],
      inputs: names.filter(isInput),
    };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const code = cause instanceof Deno.errors.NotFound ? "not_found" : "io";
    const what = `cannot look into ${folder}: ${(cause as Error).message}`;
    throw new SpitError(code, what, { file: folder, cause });
  }
}

/**
 * The rows of a file; none of one that went away meanwhile. The last line of a
 * journal may be cut, and is no row then.
 *
 * @throws {SpitError} `io` when it cannot be read, or another line is no row.
 */
export async function rowsIn(
  folder: string,
  { name, isJournal }: RowFile,
): Promise<FiledRow[]> {
  const path = join(folder, name);
  const lines = (await textOf(path)).split(/(?<=\n)/);
  return lines.flatMap((line, k) => {
    const row = line.endsWith("\n") ? knownRow(line) : null;
    if (row !== null) return [{ row, line }];
    if (line === "" || (isJournal && k === lines.length - 1)) return [];
    throw new SpitError(
      "io",
      `line ${
        k + 1
      } of ${path} is no row: the file is damaged; take it away, ` +
        "and its frames are typed again",
      { file: path },
    );
  });
}

async function textOf(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return "";
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const what = `cannot read ${path}: ${(cause as Error).message}`;
    throw new SpitError("io", what, { file: path, cause });
  }
}
