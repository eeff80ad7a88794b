/**
 * One label more in a labels file, safe on the disk.
 *
 * @module
 */
import { dirname, isAbsolute, relative, resolve } from "../io/path.ts";
import { SpitError } from "../errors.ts";
import { isFitsName } from "../io/find_frames.ts";
import { formatLabelLine, HEADING, type Label } from "./label_line.ts";
import { isLabelsText } from "./parse_labels.ts";

/**
 * Appends a label; it is on the disk when this is done. The line goes out in one
 * write, behind the end of the file wherever that is by then, and under a lock
 * where the file system has one: programs that write at once do not mix lines. A
 * new file gets its heading, and a last line that a kill has cut is ended,
 * with the same write.
 *
 * @param path The labels file; made when it is not there.
 * @param frame The frame's path, relative to the working folder or absolute.
 *   Written relative to the folder of the labels file where it is below that.
 * @param label `null` takes back what was said before.
 * @param time When, as ISO 8601 in UTC. Default: now.
 * @throws {SpitError} `usage` when `path` is another file than one of labels, as a
 *   frame, or cannot be opened; `io` when the line cannot be written.
 */
export async function appendLabel(
  path: string,
  frame: string,
  label: Label | null,
  time: string = new Date().toISOString(),
): Promise<void> {
  const line = formatLabelLine({ path: pathFrom(path, frame), label, time });
  using file = await openToAppend(path);
  const locked = await lock(file);
  try {
    await writeWhole(path, file, await beginning(path, file) + line);
  } finally {
    if (locked) await file.unlock();
  }
}

/**
 * Sees to it that labels can be appended, and writes nothing; a new file is only
 * made by its first label.
 *
 * @throws {SpitError} As {@linkcode appendLabel}.
 */
export async function checkLabelsFile(path: string): Promise<void> {
  refuseFrame(path);
  await askToWrite(path);
  const before = await kindOf(path);
  if (before === "absent") {
    if (await kindOf(dirname(path)) === "folder") return;
    throw refusal(path, "its folder is not there");
  }
  if (before !== "file") throw refusal(path, "it is no plain file");
  using file = await openToAppend(path);
  await beginning(path, file);
}

/** Better now than at the first label. */
async function askToWrite(path: string): Promise<void> {
  const { state } = await Deno.permissions.request({ name: "write", path });
  if (state === "granted") return;
  throw refusal(path, "Deno may not: run again with --allow-write");
}

function pathFrom(labels: string, frame: string): string {
  const below = relative(dirname(resolve(labels)), resolve(frame));
  const isBelow = !isAbsolute(below) && below.split(/[/\\]/, 1)[0] !== "..";
  return isBelow ? below : resolve(frame);
}

async function openToAppend(path: string): Promise<Deno.FsFile> {
  refuseFrame(path);
  try {
    return await Deno.open(path, { read: true, append: true, create: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw refusal(path, (cause as Error).message, cause);
  }
}

/** Even an empty one: a telescope may be about to fill it. */
function refuseFrame(path: string): void {
  if (isFitsName(path)) throw refusal(path, "its name is that of a frame");
}

/** Whether the file is ours alone now; some file systems have no locks. */
async function lock(file: Deno.FsFile): Promise<boolean> {
  try {
    await file.lock(true);
    return true;
  } catch {
    // One write of one line is seldom torn, and a torn line is passed over.
    return false;
  }
}

/** Bytes at the end that are looked at: more than a line has, its path quoted. */
const TAIL = 1 << 14;

/** What has to stand before the next line. */
async function beginning(path: string, file: Deno.FsFile): Promise<string> {
  const { size } = await file.stat();
  const head = await readAt(file, 0, Math.min(size, HEADING.length + 5));
  if (!isLabelsText(head)) throw refusal(path, "it is no labels file");
  if (!head.includes("\n")) {
    if (head === "" || head === HEADING) {
      return `${HEADING}\n`.slice(head.length);
    }
    // Its first write was cut within the heading, so no label is in it.
    await file.truncate(0);
    return `${HEADING}\n`;
  }
  const start = Math.max(0, size - TAIL);
  const tail = await readAt(file, start, size - start);
  const last = tail.slice(tail.lastIndexOf("\n") + 1);
  if (last === "") return "";
  // A quote that is left open would make one field of all that follows.
  return last.split('"').length % 2 === 0 ? '"\n' : "\n";
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

async function writeWhole(
  path: string,
  file: Deno.FsFile,
  text: string,
): Promise<void> {
  try {
    const bytes = new TextEncoder().encode(text);
    const written = await file.write(bytes);
    if (written < bytes.length) {
      throw new Error(`${written} of ${bytes.length} bytes were written`);
    }
    await file.syncData();
  } catch (cause) {
    throw new SpitError(
      "io",
      `cannot write to ${path}: ${(cause as Error).message}; ` +
        "make room, and give the label again",
      { file: path, cause },
    );
  }
}

async function kindOf(
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

function refusal(file: string, why: string, cause?: unknown): SpitError {
  return new SpitError(
    "usage",
    `cannot append labels to ${file}: ${why}; name a new file, or one that review wrote`,
    { file, cause },
  );
}
