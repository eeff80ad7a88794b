import type { FileVersion } from "../io/file_version.ts";
import {
  describeSkipped,
  findExtension,
  findFrames,
  type FindOptions,
  type Skipped,
} from "../io/find_frames.ts";
import { sleep } from "../io/signals.ts";
import { createStabilityTracker, type StableFile } from "./stability.ts";

export type { StableFile };

export interface WatchFoldersOptions
  extends Pick<FindOptions, "followLinks" | "verbose"> {
  /** Seconds without a change after which a file is complete. Default: 2. */
  readonly settle?: number;
  /** Longest time between two scans of the folders, in seconds. Default: 1. */
  readonly poll?: number;
  /** What was reported as skipped before. */
  readonly skipped?: readonly Skipped[];
  /** Yields existing files, too. Default: only files that arrive or change. */
  readonly catchup?: boolean;
  /** Files that need not be yielded unless they have changed. */
  readonly known?: Iterable<StableFile>;
  /** Called after the first scan with the number of existing files. */
  readonly ready?: (count: number) => void;
  /** Called with the number of complete files that follow, before the first of them. */
  readonly found?: (count: number) => void;
  readonly stop?: AbortSignal;
  /** Receives messages about folders that become unreadable or readable, and links that are not followed. */
  readonly notice?: (message: string) => void;
  /** Clock and disk. Default: the real ones. */
  readonly environment?: WatchEnvironment;
}

/** Clock and disk, which tests replace. */
export interface WatchEnvironment extends Disposable {
  /** Returns the time in milliseconds on a monotonic clock. */
  now(): number;
  scan(): Promise<FolderScan>;
  /**
   * Waits for a change on the disk, but at least `min` and at most `max`
   * milliseconds; the stop signal ends the wait early.
   */
  wait(min: number, max: number): Promise<void>;
}

export interface FolderScan {
  /** The versions of the files by path, in the order of `findFrames`. */
  readonly files: ReadonlyMap<string, FileVersion>;
  /** Folders that could not be read, with the reason. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** What is skipped in the folders. Default: nothing. */
  readonly skipped?: readonly Skipped[];
}

/**
 * Milliseconds between two scans while events arrive. The system sends an event for
 * each block that is written.
 */
const EVENT_INTERVAL = 200;

/** A scan of duration `t` is followed by a pause of at least this many `t`. */
const PAUSE_FACTOR = 9;

/**
 * Yields the frames in folders and their subfolders, the oldest first, each once it
 * is stable (see `createStabilityTracker`), and again when it changes. File names
 * count as in `findFrames`.
 *
 * Scans find the changes on every file system; events of the file system only make
 * that faster. A folder that does not exist yet is waited for. No scan runs while
 * the consumer of the stream processes a file.
 *
 * @param paths Folders; a file is watched whatever its name is.
 * @throws {Deno.errors.NotCapable} Without read permission.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { watchFolders } from "./watch.ts";
 *
 * const folder = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(`${folder}/r1.fits`, "SIMPLE");
 * for await (const { path, size } of watchFolders([folder], { catchup: true, settle: 0.1 })) {
 *   assertEquals([path, size], [`${folder}/r1.fits`, 6]);
 *   break;
 * }
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export async function* watchFolders(
  paths: readonly string[],
  options: WatchFoldersOptions = {},
): AsyncGenerator<StableFile, void, void> {
  const { settle = 2, poll = 1, catchup, known = [], stop, notice } = options;
  using environment = options.environment ??
    openEnvironment(paths, options);
  const tracker = createStabilityTracker(settle * 1000);
  const reportUnreadable = createUnreadableReporter(notice ?? (() => {}));
  const selectNew = createSkippedFilter();
  selectNew(options.skipped ?? []);
  let isFirst = true;
  while (!stop?.aborted) {
    const start = environment.now();
    const { files, unreadable, skipped = [] } = await environment.scan();
    reportUnreadable(unreadable);
    describeSkipped(selectNew(skipped), options.verbose)
      .forEach((message) => notice?.(message));
    if (isFirst) {
      if (!catchup) tracker.skip(files);
      tracker.skip(
        Array.from(known, ({ path, ...version }) => [path, version]),
      );
      isFirst = false;
      options.ready?.(files.size);
    }
    const now = environment.now();
    const stable = tracker.update(now, files);
    if (stable.length > 0) options.found?.(stable.length);
    for (const file of stable) {
      if (stop?.aborted) return;
      yield file;
    }
    const due = tracker.nextDue() - environment.now();
    const max = Math.min(poll * 1000, due);
    const min = Math.max(
      Math.min(EVENT_INTERVAL, max),
      PAUSE_FACTOR * (now - start),
      1,
    );
    await environment.wait(min, Math.max(min, max));
  }
}

/**
 * Creates a filter that selects each link once, and the first files of each extension:
 * an instrument may write each frame under another name first.
 */
function createSkippedFilter() {
  const reported = new Set<string>();
  return (skipped: readonly Skipped[]): Skipped[] => {
    const getKey = ({ path, reason }: Skipped) =>
      reason === "link" ? path : findExtension(path);
    const fresh = skipped.filter((one) => !reported.has(getKey(one)));
    for (const one of fresh) reported.add(getKey(one));
    return fresh;
  };
}

/** Reports each folder once when it becomes unreadable and once when it is readable. */
function createUnreadableReporter(notice: (message: string) => void) {
  let before: FolderScan["unreadable"] = new Map();
  return (unreadable: FolderScan["unreadable"]) => {
    for (const [path, reason] of unreadable) {
      if (before.get(path) !== reason) notice(`waiting for ${path}: ${reason}`);
    }
    for (const path of before.keys()) {
      if (!unreadable.has(path)) notice(`${path} is readable now`);
    }
    before = unreadable;
  };
}

/**
 * Lists the frames in folders by the rules of {@linkcode findFrames}. Files that
 * disappear during the scan are left out.
 *
 * @param paths Folders; a file stands for itself.
 * @throws {Deno.errors.NotCapable} Without read permission.
 */
export async function scanFolders(
  paths: readonly string[],
  { followLinks }: Pick<WatchFoldersOptions, "followLinks"> = {},
): Promise<FolderScan> {
  const skipped: Skipped[] = [];
  const found = await Array.fromAsync(findFrames(paths, () => {}, {
    followLinks,
    onSkipped: (one) => skipped.push(one),
  }));
  const unreadable = new Map<string, string>();
  const files = await Promise.all(found.map(async (path) => {
    try {
      const { isFile, isDirectory, size, mtime } = await Deno.stat(path);
      // `findFrames` yields a folder only if it cannot read it.
      if (isDirectory) unreadable.set(path, "it cannot be read");
      if (!isFile) return [];
      return [[path, { size, modified: mtime?.getTime() ?? null }] as const];
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      if (!(error instanceof Deno.errors.NotFound)) {
        unreadable.set(path, (error as Error).message);
      } else if (paths.includes(path)) {
        unreadable.set(path, "it does not exist");
      } else if (path.includes("\ufffd")) {
        unreadable.set(path, "its name is not UTF-8: rename it");
      }
      return [];
    }
  }));
  return { files: new Map(files.flat()), unreadable, skipped };
}

/**
 * Network file systems and folders that do not exist yet send no events, and some
 * systems limit the number of watchers: scans then find the changes.
 */
function openEnvironment(
  paths: readonly string[],
  { stop, followLinks }: WatchFoldersOptions,
): WatchEnvironment {
  const watchers = paths.flatMap((path) => {
    try {
      return [Deno.watchFs(path)];
    } catch {
      return [];
    }
  });
  let change = new AbortController();

  async function follow(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const { kind } of watcher) {
        // Reading the files causes events of this kind.
        if (kind !== "access") change.abort();
      }
    } catch {
      // This folder sends no more events; the scans continue.
    }
  }

  watchers.forEach(follow);
  return {
    now: () => performance.now(),
    scan: () => scanFolders(paths, { followLinks }),
    async wait(min, max) {
      await sleep(min, stop);
      if (max > min) await sleep(max - min, stop, change.signal);
      // The next scan sees all changes so far.
      if (change.signal.aborted) change = new AbortController();
    },
    [Symbol.dispose]() {
      for (const watcher of watchers) watcher.close();
    },
  };
}
