import { SpitError } from "../errors.ts";
import { isFitsName } from "../io/find_frames.ts";
import { createWriterId, syncFolder } from "../io/output.ts";
import {
  basename,
  dirname,
  isAbsolute,
  join,
  relative,
  resolve,
} from "../std.ts";
import {
  formatLabelEntry,
  isLabelsText,
  type Label,
  LABELS_HEADING,
  PLAIN_HEADING,
} from "./labels.ts";

/** Bytes that are read first from the end of the file: more than most lines. */
const TAIL_LENGTH = 1 << 14;

/**
 * Appends a label; when the promise resolves, it is on the disk. The line is written
 * by one call in append mode, under a lock where the file system has locks, so that
 * programs that write at once do not mix lines. The same write adds the heading of a
 * new file, and ends a last line that a killed process left incomplete.
 *
 * @param path The labels file, or a manifest with no other columns than `path,label`;
 *   created when it does not exist.
 * @param frame The frame's path, relative to the working folder or absolute. It is
 *   written relative to the folder of the labels file when it is below that folder.
 * @param label `null` removes the frame's label.
 * @param time Time of the label, ISO 8601 in UTC. Default: now.
 * @throws {SpitError} `usage` when `path` is not a labels file or cannot be opened;
 *   `io` when the line cannot be written.
 */
export async function appendLabel(
  path: string,
  frame: string,
  label: Label | null,
  time: string = new Date().toISOString(),
): Promise<void> {
  const framePath = makeRelative(frame, dirname(resolve(path)));
  const entry = { path: framePath, label, time };
  // Fails before a file is created.
  formatLabelEntry(entry);
  using file = await openForAppend(path);
  const isLocked = await tryLock(file);
  try {
    const { heading, prefix } = await prepareAppend(path, file);
    await writeLine(path, file, prefix + formatLabelEntry(entry, heading));
    // The file may be new.
    if (prefix.startsWith(heading)) await syncFolder(dirname(path));
  } finally {
    if (isLocked) await file.unlock();
  }
}

/**
 * Checks that labels can be appended to a file, without creating or changing it.
 *
 * @throws {SpitError} As {@linkcode appendLabel}.
 */
export async function checkLabelsFile(path: string): Promise<void> {
  refuseFrameName(path);
  // Ask now rather than at the first label.
  const { state } = await Deno.permissions.request({ name: "write", path });
  if (state !== "granted") {
    throw createError(path, "permission denied: run again with --allow-write");
  }
  const kind = await getKind(path);
  if (kind === "absent") {
    if (await getKind(dirname(path)) !== "folder") {
      throw createError(path, "its folder does not exist");
    }
    return await checkFolder(path);
  }
  if (kind !== "file") throw createError(path, "it is not a regular file");
  using file = await openForAppend(path);
  await prepareAppend(path, file);
}

/** Checks that a file can be created, with another one that is removed again. */
async function checkFolder(path: string): Promise<void> {
  const hidden = `.${basename(path)}.${createWriterId()}.part`;
  const probe = join(dirname(path), hidden);
  try {
    (await Deno.open(probe, { write: true, createNew: true })).close();
    await Deno.remove(probe);
  } catch (cause) {
    // The permission may be for the labels file only.
    if (cause instanceof Deno.errors.NotCapable) return;
    const why = `no file can be created there: ${(cause as Error).message}`;
    throw createError(path, why, cause);
  }
}

/** Returns the path relative to a folder when it is below it, else the absolute path. */
function makeRelative(path: string, folder: string): string {
  const below = relative(folder, resolve(path));
  const isBelow = !isAbsolute(below) && below.split(/[/\\]/, 1)[0] !== "..";
  return isBelow ? below : resolve(path);
}

async function openForAppend(path: string): Promise<Deno.FsFile> {
  refuseFrameName(path);
  try {
    return await Deno.open(path, { read: true, append: true, create: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw createError(path, (cause as Error).message, cause);
  }
}

/** Refuses the name of a frame even when the file is empty: a camera may be about to write it. */
function refuseFrameName(path: string): void {
  if (isFitsName(path)) throw createError(path, "its name is that of a frame");
}

async function tryLock(file: Deno.FsFile): Promise<boolean> {
  try {
    await file.lock(true);
    return true;
  } catch {
    // Some file systems have no locks. An interleaved line is skipped by the reader.
    return false;
  }
}

/**
 * Returns the heading of the file, and what must precede the next line: the heading, a
 * line break, or nothing.
 */
async function prepareAppend(path: string, file: Deno.FsFile) {
  const { size } = await file.stat();
  const head = await readAt(file, 0, Math.min(size, LABELS_HEADING.length + 5));
  const isPlain = /^\uFEFF?path,label\r?\n/.test(head);
  if (!isPlain && !isLabelsText(head)) {
    throw createError(path, "it is not a labels file");
  }
  const heading = isPlain ? PLAIN_HEADING : LABELS_HEADING;
  if (!head.includes("\n")) {
    if (head === "" || head === LABELS_HEADING) {
      return { heading, prefix: `${heading}\n`.slice(head.length) } as const;
    }
    // The heading itself is incomplete, so the file has no label.
    await file.truncate(0);
    return { heading, prefix: `${heading}\n` } as const;
  }
  const last = await readLastLine(file, size);
  if (last === "") return { heading, prefix: "" } as const;
  // An open quote would join all following lines to one field.
  const isOpen = last.split('"').length % 2 === 0;
  return { heading, prefix: isOpen ? '"\n' : "\n" } as const;
}

/** Reads what follows the last line break, however long it is. */
async function readLastLine(file: Deno.FsFile, size: number): Promise<string> {
  for (let length = TAIL_LENGTH;; length *= 2) {
    const start = Math.max(0, size - length);
    const tail = await readAt(file, start, size - start);
    const end = tail.lastIndexOf("\n");
    if (end >= 0 || start === 0) return tail.slice(end + 1);
  }
}

async function readAt(
  file: Deno.FsFile,
  start: number,
  length: number,
): Promise<string> {
  const bytes = new Uint8Array(length);
  await file.seek(start, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return new TextDecoder().decode(bytes.subarray(0, filled));
}

async function writeLine(
  path: string,
  file: Deno.FsFile,
  text: string,
): Promise<void> {
  try {
    const bytes = new TextEncoder().encode(text);
    // One call: a second write could interleave with that of another program.
    const written = await file.write(bytes);
    if (written < bytes.length) {
      throw new Error(`wrote ${written} of ${bytes.length} bytes`);
    }
    await file.syncData();
  } catch (cause) {
    throw new SpitError(
      "io",
      `cannot write to ${path}: ${(cause as Error).message}; ` +
        "free disk space and give the label again",
      { file: path, cause },
    );
  }
}

async function getKind(
  path: string,
): Promise<"file" | "folder" | "other" | "absent"> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile ? "file" : isDirectory ? "folder" : "other";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    throw error;
  }
}

function createError(file: string, why: string, cause?: unknown): SpitError {
  return new SpitError(
    "usage",
    `cannot append labels to ${file}: ${why}; ` +
      "name a new file, one that review wrote, or one with the columns path,label",
    { file, cause },
  );
}
