/**
 * The file of `watch --append`: one row per line. It is also the record of the frames
 * that `watch` has classified.
 */
import { SpitError } from "../errors.ts";
import { isFitsName } from "../io/find_frames.ts";
import { syncFolder, writeAll } from "../io/output.ts";
import { dirname } from "../std.ts";
import { isRetryable } from "./retry.ts";
import {
  formatRow,
  parseStoredRow,
  ROW_START,
  type StoredRow,
} from "./rows.ts";
import type { StableFile } from "./stability.ts";

const NO_ROW = "is not a row of watch (version 0.6 or later)";

/**
 * Opens or creates a log; declare it with `using`. An incomplete last row, left by a killed
 * process or a full disk, is removed, and one in the middle, left by a program that cut the
 * file, is skipped: their frames are classified again. A file with any other line, such as
 * a frame named by mistake, is refused and not changed.
 *
 * @throws {SpitError} `usage` if the file cannot be written, is not a log, or is
 *   locked by another `watch`.
 */
export async function openRowLog(
  path: string,
  notice: (message: string) => void,
) {
  const { file, isNew } = await openForAppend(path);
  try {
    const isLocked = await file.tryLock(true).catch((error) => {
      notice(
        `cannot lock ${path}: ${error.message}; ` +
          "make sure that no other watch writes to it",
      );
      return true;
    });
    if (!isLocked) throw usageError(path, "another watch writes to it");
    if (isNew) await syncFolder(dirname(path));
    const bytes = await Deno.readFile(path);
    // Bytes are split, not text: the tail can end within a character.
    const end = bytes.lastIndexOf(0x0a) + 1;
    const decode = (part: Uint8Array) => new TextDecoder().decode(part);
    const { rows, damaged } = parseLines(decode(bytes.subarray(0, end)), path);
    if (end < bytes.length) {
      const tail = decode(bytes.subarray(end));
      const row = parseTail(tail, path);
      if (row !== null) {
        rows.push(row);
        await appendLine(path, file, "\n");
      } else {
        await file.truncate(end);
        notice(
          `${path}: removed an incomplete row; its frame is classified again`,
        );
      }
    }
    if (damaged.length > 0) {
      notice(
        `${path}: skipped incomplete rows in lines ${damaged.join(", ")}; ` +
          "their frames are classified again",
      );
    }
    const latest = new Map(rows.map((row) => [row.file, row]));
    let size = (await file.stat()).size;
    return {
      /** The latest version of each file that had a final row when the log was opened. */
      known: collectKnownFiles(rows),
      /** The latest row of each file when the log was opened. */
      latest: [...latest.values()],
      /**
       * Appends a row, and returns when it is on the disk. If another program has changed
       * the file meanwhile, the row starts on a line of its own.
       *
       * @throws {SpitError} `io` if it cannot be written.
       */
      async append(row: StoredRow) {
        const line = formatRow(row);
        const isChanged = (await file.stat()).size !== size;
        if (isChanged) notice(`${path} was changed by another program`);
        const start = isChanged && !await endsWithLine(file) ? "\n" : "";
        await appendLine(path, file, start + line);
        size = (await file.stat()).size;
      },
      [Symbol.dispose]: () => closeLog(file),
    };
  } catch (error) {
    closeLog(file);
    throw error;
  }
}

/**
 * Unlocks and closes a log. A program that is being started has the open files of this one for
 * a moment, and with them a lock that is only closed.
 */
function closeLog(file: Deno.FsFile): void {
  try {
    file.unlockSync();
  } catch {
    // Some file systems have no locks.
  }
  file.close();
}

/** Parses whole lines; returns their rows, and the numbers of the lines that are incomplete. */
function parseLines(
  text: string,
  path: string,
): { rows: StoredRow[]; damaged: number[] } {
  const rows: StoredRow[] = [];
  const damaged: number[] = [];
  for (const [k, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    let row = parseStoredRow(line)?.row;
    if (!row) {
      if (!isDamaged(line)) throw usageError(path, `line ${k + 1} ${NO_ROW}`);
      damaged.push(k + 1);
      // A row that was appended to an incomplete one is complete.
      row = parseStoredRow(line.slice(line.lastIndexOf(ROW_START)))?.row;
    }
    if (row) rows.push(row);
  }
  return { rows, damaged };
}

/** Parses a last line without a line break; returns `null` if its row is incomplete. */
function parseTail(tail: string, path: string): StoredRow | null {
  const found = parseStoredRow(tail);
  if (found?.row) return found.row;
  if (found === null && isBeginning(tail)) return null;
  throw usageError(path, `its last line ${NO_ROW}`);
}

/** Whether a text begins as a row does, as far as it goes. */
function isBeginning(text: string): boolean {
  return text.startsWith(ROW_START) || ROW_START.startsWith(text);
}

/** Whether a line is the beginning of a row, which may be followed by a whole one. */
function isDamaged(line: string): boolean {
  if (!isBeginning(line)) return false;
  try {
    JSON.parse(line);
    return false;
  } catch {
    return true;
  }
}

/** Whether a file is empty or ends with a line break. */
async function endsWithLine(file: Deno.FsFile): Promise<boolean> {
  if ((await file.stat()).size === 0) return true;
  const last = new Uint8Array(1);
  await file.seek(-1, Deno.SeekMode.End);
  await file.read(last);
  return last[0] === 0x0a;
}

async function openForAppend(
  path: string,
): Promise<{ file: Deno.FsFile; isNew: boolean }> {
  // Even an empty file of this name is refused: an instrument may be about to write it.
  if (isFitsName(path)) throw usageError(path, "its name is that of a frame");
  try {
    const isNew = await Deno.lstat(path).then(() => false, () => true);
    // A device has no end, and opening a pipe waits for a reader.
    const found = isNew ? null : await Deno.stat(path).catch(() => null);
    if (found?.isFile === false) throw new Error("it is not a regular file");
    const file = await Deno.open(path, {
      read: true,
      append: true,
      create: true,
    });
    return { file, isNew };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const why = cause instanceof Deno.errors.NotFound
      ? `there is no folder ${dirname(path)}`
      : (cause as Error).message;
    throw usageError(path, why, cause);
  }
}

/** Leaves out rows without a file version, and rows whose file is to be tried again. */
function collectKnownFiles(rows: readonly StoredRow[]): StableFile[] {
  const known = new Map<string, StableFile>();
  for (const { file: path, size = null, modified, error } of rows) {
    if (size === null || isRetryable(error?.code ?? null)) continue;
    const time = modified === null ? null : Date.parse(modified);
    known.set(path, { path, size, modified: time });
  }
  return [...known.values()];
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
      `cannot write to ${path}: ${(cause as Error).message}; make room and ` +
        "start again with --catchup, which repairs an incomplete row",
      { file: path, cause },
    );
  }
}

function usageError(path: string, why: string, cause?: unknown): SpitError {
  return new SpitError(
    "usage",
    `cannot append rows to ${path}: ${why}; choose a new file or one written ` +
      "by watch",
    { file: path, cause },
  );
}
