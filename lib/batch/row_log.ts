/**
 * The file that `watch --append` keeps: one row a line, each safe on the disk
 * before the next; it is also how `watch` knows what it has typed.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { isFitsName } from "../io/find_frames.ts";
import {
  type KnownRow,
  knownRow,
  ROW_START,
  rowLine,
  type StampedRow,
} from "./stamped_row.ts";
import { writeAll } from "../io/output.ts";
import type { SettledFile } from "./settling.ts";

/** The file, open; declare it with `using`. */
export interface RowLog extends Disposable {
  /** Files as the rows that were there have them; of one path the last. */
  readonly known: readonly SettledFile[];
  /**
   * Writes a row; it is on the disk when this is done.
   *
   * @throws {SpitError} `io` when it cannot be written.
   */
  append(row: StampedRow): Promise<void>;
}

/**
 * Opens the file, or makes it. A last line that a kill or a full disk has cut is
 * taken off: its frame has no row then, and gets one. A last line that only
 * lacks its line break gets that.
 *
 * Nothing but such a file is ever written to: one with any other line, as a
 * frame that was named by mistake, is refused.
 *
 * @throws {SpitError} `usage` when it cannot be written, is no such file, or
 *   when another `watch` writes to it.
 */
export async function openRowLog(
  path: string,
  notice: (message: string) => void,
): Promise<RowLog> {
  const file = await openToAppend(path);
  try {
    if (!await isOurs(file, path, notice)) {
      throw usage(path, "another watch writes to it");
    }
    const bytes = await Deno.readFile(path);
    const { lines, tail } = linesOf(bytes);
    const known = knownFiles(path, lines);
    await mend(path, file, bytes.length, tail, known, notice);
    return {
      known: [...known.values()],
      append: (row) => appendLine(path, file, rowLine(row)),
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function openToAppend(path: string): Promise<Deno.FsFile> {
  // Even an empty one: a telescope may be about to fill it.
  if (isFitsName(path)) throw usage(path, "its name is that of a frame");
  try {
    return await Deno.open(path, { read: true, append: true, create: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw usage(path, (cause as Error).message, cause);
  }
}

/** Whether nobody else writes to it, as far as the file system can tell. */
async function isOurs(
  file: Deno.FsFile,
  path: string,
  notice: (message: string) => void,
): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    notice(
      `${path} cannot be locked (${(error as Error).message}): ` +
        "see that no other watch writes to it",
    );
    return true;
  }
}

/** Whole lines, and what stands behind the last line break, in bytes: a cut may be within a character. */
function linesOf(bytes: Uint8Array): { lines: string[]; tail: Uint8Array } {
  const end = bytes.lastIndexOf(0x0a) + 1;
  const text = new TextDecoder().decode(bytes.subarray(0, end));
  return { lines: text.split("\n").slice(0, -1), tail: bytes.subarray(end) };
}

function knownFiles(
  path: string,
  lines: readonly string[],
): Map<string, SettledFile> {
  const known = new Map<string, SettledFile>();
  lines.forEach((line, k) => {
    if (line.trim() === "") return;
    const row = knownRow(line);
    if (row === null) {
      throw usage(path, `its line ${k + 1} is no row of watch`);
    }
    note(row, known);
  });
  return known;
}

/** Passes over a row that does not say how the file stood, or whose file had better be tried again. */
function note(
  { path, size, modified, isPassing }: KnownRow,
  known: Map<string, SettledFile>,
): void {
  if (size === null || modified === null || isPassing) return;
  known.set(path, { path, size, modified });
}

/** Makes the last line whole, or takes it off. */
async function mend(
  path: string,
  file: Deno.FsFile,
  size: number,
  tail: Uint8Array,
  known: Map<string, SettledFile>,
  notice: (message: string) => void,
): Promise<void> {
  if (tail.length === 0) return;
  const text = new TextDecoder().decode(tail);
  const last = knownRow(text);
  if (last !== null) {
    note(last, known);
    await appendLine(path, file, "\n");
  } else if (text.startsWith(ROW_START) || ROW_START.startsWith(text)) {
    await file.truncate(size - tail.length);
    notice(
      `${path}: a row that was cut is taken off; its frame is typed again`,
    );
  } else {
    throw usage(path, "its last line is no row of watch");
  }
}

async function appendLine(
  path: string,
  file: Deno.FsFile,
  line: string,
): Promise<void> {
  try {
    await writeAll(file, line);
    await file.syncData();
  } catch (cause) {
    throw new SpitError(
      "io",
      `cannot write to ${path}: ${(cause as Error).message}; ` +
        "start again when there is room, with --catchup: a row that is cut is mended then",
      { file: path, cause },
    );
  }
}

function usage(path: string, why: string, cause?: unknown): SpitError {
  return new SpitError(
    "usage",
    `cannot append rows to ${path}: ${why}; name a new file, or one that watch wrote`,
    { file: path, cause },
  );
}
