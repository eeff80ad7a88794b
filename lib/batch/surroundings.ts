/**
 * Clock, disk and their news, as `settledFiles` wants them.
 *
 * @module
 */
import { type Listing, listStamps } from "./list_stamps.ts";

/** The world outside; a test has one of its own. */
export interface Surroundings extends Disposable {
  /** Milliseconds, of a clock that never goes back. */
  now(): number;
  /** Looks at the disk. */
  list(): Promise<Listing>;
  /**
   * Waits until something happens on the disk, but no less than `least` and no
   * more than `most` milliseconds; or until the signal to stop.
   */
  wait(least: number, most: number): Promise<void>;
}

/**
 * The real world. Events of the file system only make it quicker: network file
 * systems have none, some systems allow few of them, and a folder that is not
 * there yet has none either.
 */
export function surroundingsOf(
  paths: readonly string[],
  stop?: AbortSignal,
): Surroundings {
  const news = startNews(paths);
  return {
    now: () => performance.now(),
    list: () => listStamps(paths),
    async wait(least, most) {
      await pause(least, stop);
      if (most > least) await pause(most - least, stop, news.next());
      // The look that follows sees all that has happened so far.
      news.forget();
    },
    [Symbol.dispose]: () => news[Symbol.dispose](),
  };
}

/** Waits so many milliseconds; a signal ends it early. */
async function pause(
  milliseconds: number,
  ...signals: readonly (AbortSignal | undefined)[]
): Promise<void> {
  if (signals.some((signal) => signal?.aborted)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = () => resolve();
  const timer = setTimeout(end, milliseconds);
  for (const signal of signals) signal?.addEventListener("abort", end);
  await promise;
  clearTimeout(timer);
  for (const signal of signals) signal?.removeEventListener("abort", end);
}

/** The events of folders; none where the system gives none. */
function startNews(paths: readonly string[]): Disposable & {
  /** Comes when something happens, or has happened and is not forgotten. */
  next(): AbortSignal;
  /** Forgets what has happened. */
  forget(): void;
} {
  let news = new AbortController();
  const watchers = paths.flatMap((path) => {
    try {
      return [Deno.watchFs(path)];
    } catch {
      // Not there yet, or no events to be had: looking now and then suffices.
      return [];
    }
  });
  for (const watcher of watchers) listen(watcher, () => news.abort());
  return {
    next: () => news.signal,
    forget() {
      if (news.signal.aborted) news = new AbortController();
    },
    [Symbol.dispose]() {
      for (const watcher of watchers) watcher.close();
    },
  };
}

async function listen(
  watcher: Deno.FsWatcher,
  tell: () => void,
): Promise<void> {
  try {
    for await (const { kind } of watcher) {
      // Our own reading is such an event.
      if (kind !== "access") tell();
    }
  } catch {
    // The events of this folder end; looking now and then goes on.
  }
}
