import { type StableFile, watchFolders } from "../batch/watch.ts";
import { SpitError } from "../errors.ts";
import type { Labels } from "../evaluation/labels.ts";
import { readLabels } from "../evaluation/manifest.ts";
import {
  describeSkipped,
  findFrames,
  type FindOptions,
  type Skipped,
} from "../io/find_frames.ts";
import type { ReviewSession } from "./session.ts";

/**
 * Yields the paths of all frames, then of frames that are added or changed, once
 * they are stable. A frame that was still being written is yielded again when it
 * is complete.
 *
 * @param paths Files, folders, `@LIST` or `-`, as `findFrames` takes them. Folders
 *   named directly are watched.
 * @param expect Called with the number of frames before they are yielded.
 * @param notify Called with a message about folders that hold no frame or cannot be read.
 * @throws {SpitError} `usage` if a list cannot be read.
 */
export async function* watchFrames(
  paths: readonly string[],
  expect: (count: number) => void,
  stop: AbortSignal,
  notify: (message: string) => void,
  { followLinks, verbose, onMissing }: FindOptions = {},
): AsyncGenerator<string, void, void> {
  const skipped: Skipped[] = [];
  const found = await Array.fromAsync(findFrames(paths, notify, {
    followLinks,
    onMissing,
    onSkipped: (one) => skipped.push(one),
  }));
  describeSkipped(skipped, verbose).forEach(notify);
  expect(found.length);
  const known = (await Promise.all(found.map(readVersion)))
    .filter((version) => version !== null);
  for (const path of found) {
    if (stop.aborted) return;
    yield path;
  }
  const folders = [];
  for (const path of paths) {
    const info = await Deno.stat(path).catch(() => null);
    if (info?.isDirectory) folders.push(path);
  }
  const later = watchFolders(folders, {
    catchup: true,
    followLinks,
    verbose,
    known,
    skipped,
    stop,
    notice: notify,
  });
  for await (const { path } of later) {
    expect(1);
    yield path;
  }
}

/** Returns `null` for a file that cannot be read: when it can, it counts as new. */
async function readVersion(path: string): Promise<StableFile | null> {
  const info = await Deno.stat(path).catch(() => null);
  return info &&
    { path, size: info.size, modified: info.mtime?.getTime() ?? null };
}

/** Milliseconds between two checks of the labels file. */
const CHECK_INTERVAL = 500;

/**
 * Reads a labels file into a session, and again whenever it changes; declare it with
 * `using`. A file that does not exist has no labels.
 *
 * @param notify Called with a message about lines that are skipped.
 * @throws {SpitError} As `readLabels`, on the first read. Later errors go to the
 *   session, which keeps the labels that it has.
 */
export async function watchLabels(
  path: string,
  session: ReviewSession,
  notify: (message: string) => void,
) {
  let version = "";
  let last = Promise.resolve();

  async function read(): Promise<void> {
    const current = await readLabelsVersion(path);
    if (current === version) return;
    const labels = await readLabels(path, notify).catch((error): Labels => {
      const isAbsent = error instanceof SpitError && error.code === "not_found";
      if (isAbsent) return new Map();
      throw error;
    });
    session.setLabels(labels);
    session.setLabelsError("");
    version = current;
  }

  await read();
  /** Reads the file now, if it has changed. */
  const refresh = () =>
    last = last.then(read).catch((error) => {
      if (!(error instanceof SpitError)) throw error;
      session.setLabelsError(error.message);
    });
  const timer = setInterval(refresh, CHECK_INTERVAL);
  return { refresh, [Symbol.dispose]: () => clearInterval(timer) };
}

async function readLabelsVersion(path: string): Promise<string> {
  try {
    const { size, mtime, ino } = await Deno.stat(path);
    return `${size} ${mtime?.getTime()} ${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    // Never equal to another version, so that the file is read and the error reported.
    return `unreadable ${performance.now()}`;
  }
}
