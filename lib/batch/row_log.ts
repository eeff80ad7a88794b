/**
 * The file of `watch --append`: one row per line. It is also the record of the frames
 * that `watch` has classified.
 *
 * @module
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

/** An open log; declare it with `using`. */
export interface RowLog extends Disposable {
  /** The latest version of each file that had a final row when the log was opened. */
  readonly known: readonly StableFile[];
  /**
   * Appends a row, and returns when it is on the disk.
   *
   * @throws {SpitError} `io` if it cannot be written.
   */
  append(row: StoredRow): Promise<void>;
}

/**
 * Opens or creates a log. An incomplete last row, left by a killed process or a full
 * disk, is removed: its frame is classified again. A file with any other line, such
 * as a frame named by mistake, is refused and not changed.
 *
 * @throws {SpitError} `usage` if the file cannot be written, is not a log, or is
 *   locked by another `watch`.
 */
export async function openRowLog(
  path: string,
  notice: (message: string) => void,
): Promise<RowLog> {
  const file = await openForAppend(path);
  try {
    if (!await lock(file, path, notice)) {
      throw usageError(path, "another watch writes to it");
    }
    const bytes = await Deno.readFile(path);
    const { lines, tail } = splitLines(bytes);
    const known = collectKnownFiles(path, lines);
    await repairTail(path, file, bytes.length, tail, known, notice);
    return {
      known: [...known.values()],
      append: (row) => appendLine(path, file, formatRow(row)),
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

/** Returns false if another process has locked the file. */
async function lock(
  file: Deno.FsFile,
  path: string,
  notice: (message: string) => void,
): Promise<boolean> {
  try {
    return await file.tryLock(true);
  } catch (error) {
    notice(
      `cannot lock ${path}: ${(error as Error).message}; ` +
        "make sure that no other watch writes to it",
    );
    return true;
  }
}

/** Splits bytes, not text: the tail can end within a character. */
function splitLines(
  bytes: Uint8Array,
): { lines: string[]; tail: Uint8Array } {
  const end = bytes.lastIndexOf(0x0a) + 1;
  const text = new TextDecoder().decode(bytes.subarray(0, end));
  return { lines: text.split("\n").slice(0, -1), tail: bytes.subarray(end) };
}

function collectKnownFiles(
  path: string,
  lines: readonly string[],
): Map<string, StableFile> {
  const known = new Map<string, StableFile>();
  lines.forEach((line, k) => {
    if (line.trim() === "") return;
    const row = parseRow(line);
    if (row === null) {
      throw usageError(
        path,
        `line ${k + 1} is not a row of watch (version 0.5 or later)`,
      );
    }
    addKnownFile(row, known);
  });
  return known;
}

/** Leaves out rows without a file version, and rows whose file is to be tried again. */
function addKnownFile(
  { path, size, modified, errorCode }: RowSummary,
  known: Map<string, StableFile>,
): void {
  if (size === null || isRetryable(errorCode)) return;
  known.set(path, { path, size, modified });
}

/** Adds a missing line break to the last line, or removes an incomplete line. */
async function repairTail(
  path: string,
  file: Deno.FsFile,
  size: number,
  tail: Uint8Array,
  known: Map<string, StableFile>,
  notice: (message: string) => void,
): Promise<void> {
  if (tail.length === 0) return;
  const text = new TextDecoder().decode(tail);
  const row = parseRow(text);
  if (row !== null) {
    addKnownFile(row, known);
    await appendLine(path, file, "\n");
  } else if (text.startsWith(ROW_START) || ROW_START.startsWith(text)) {
    await file.truncate(size - tail.length);
    notice(
      `${path}: removed an incomplete row; its frame is classified again`,
    );
  } else {
    throw usageError(path, "its last line is not a row of watch");
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
