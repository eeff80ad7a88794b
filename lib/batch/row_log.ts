/**
 * The file of `watch --append`: one row per line. It is also the record of the frames
 * that `watch` has classified.
 */
import { SpitError } from "../errors.ts";
import { isFitsName } from "../io/find_frames.ts";
import { writeAll } from "../io/output.ts";
import { isRetryable } from "./retry.ts";
import {
  formatRow,
  parseRow,
  ROW_START,
  type RowSummary,
  type StoredRow,
} from "./rows.ts";
import type { StableFile } from "./stability.ts";

const NO_ROW = "is not a row of watch (version 0.6 or later)";

/**
 * Opens or creates a log; declare it with `using`. An incomplete last row, left by a killed process or a full
 * disk, is removed: its frame is classified again. A file with any other line, such
 * as a frame named by mistake, is refused and not changed.
 *
 * @throws {SpitError} `usage` if the file cannot be written, is not a log, or is
 *   locked by another `watch`.
 */
export async function openRowLog(
  path: string,
  notice: (message: string) => void,
) {
  const file = await openForAppend(path);
  try {
    const isLocked = await file.tryLock(true).catch((error) => {
      notice(
        `cannot lock ${path}: ${error.message}; ` +
          "make sure that no other watch writes to it",
      );
      return true;
    });
    if (!isLocked) throw usageError(path, "another watch writes to it");
    const bytes = await Deno.readFile(path);
    // Bytes are split, not text: the tail can end within a character.
    const end = bytes.lastIndexOf(0x0a) + 1;
    const decoder = new TextDecoder();
    const lines = decoder.decode(bytes.subarray(0, end)).split("\n");
    const rows = lines.flatMap((line, k) => {
      if (line.trim() === "") return [];
      const row = parseRow(line);
      if (row?.isOutdated === false) return [row];
      throw usageError(path, `line ${k + 1} ${NO_ROW}`);
    });
    const tail = decoder.decode(bytes.subarray(end));
    const lastRow = parseRow(tail);
    if (lastRow?.isOutdated) {
      throw usageError(path, `its last line ${NO_ROW}`);
    }
    if (lastRow !== null) {
      rows.push(lastRow);
      await appendLine(path, file, "\n");
    } else if (end < bytes.length) {
      if (!tail.startsWith(ROW_START) && !ROW_START.startsWith(tail)) {
        throw usageError(path, `its last line ${NO_ROW}`);
      }
      await file.truncate(end);
      notice(
        `${path}: removed an incomplete row; its frame is classified again`,
      );
    }
    const latest = new Map<string, StoredRow>();
    for (const line of [...lines, ...lastRow === null ? [] : [tail]]) {
      if (line.trim() === "") continue;
      const row: StoredRow = JSON.parse(line);
      latest.set(row.file, row);
    }
    return {
      /** The latest version of each file that had a final row when the log was opened. */
      known: collectKnownFiles(rows),
      /** The latest row of each file when the log was opened. */
      latest: [...latest.values()],
      /**
       * Appends a row, and returns when it is on the disk.
       *
       * @throws {SpitError} `io` if it cannot be written.
       */
      append: (row: StoredRow) => appendLine(path, file, formatRow(row)),
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function openForAppend(path: string): Promise<Deno.FsFile> {
  // Even an empty file of this name is refused: an instrument may be about to write it.
  if (isFitsName(path)) throw usageError(path, "its name is that of a frame");
  try {
    return await Deno.open(path, { read: true, append: true, create: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw usageError(path, (cause as Error).message, cause);
  }
}

/** Leaves out rows without a file version, and rows whose file is to be tried again. */
function collectKnownFiles(rows: readonly RowSummary[]): StableFile[] {
  const known = new Map<string, StableFile>();
  for (const { path, size, modified, errorCode } of rows) {
    if (size === null || isRetryable(errorCode)) continue;
    known.set(path, { path, size, modified });
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
      `Cannot write to ${path}: ${(cause as Error).message}; make room and ` +
        "start again with --catchup, which repairs an incomplete row",
      { file: path, cause },
    );
  }
}

function usageError(path: string, why: string, cause?: unknown): SpitError {
  return new SpitError(
    "usage",
    `Cannot append rows to ${path}: ${why}; choose a new file or one written ` +
      "by watch",
    { file: path, cause },
  );
}
