/**
 * The frames to review: those that are there, then those that land in the folders.
 *
 * @module
 */
import { findFrames } from "../io/find_frames.ts";
import { type SettledFile, settledFiles } from "../batch/settled.ts";

/** Where frames are looked for. */
export interface ArrivalOptions {
  /** Told of so many files more that will be given. */
  readonly expect: (count: number) => void;
  /** Ends the stream. */
  readonly stop: AbortSignal;
  /** Told of folders that hold no frame, or cannot be looked into. */
  readonly notice: (message: string) => void;
}

/**
 * Gives the paths of all frames there are at once, and from then on those that
 * come or change, once they have stopped growing. A frame that was still being
 * written when it was given first changes, and is given again.
 *
 * @param named Files, folders, `@LIST` or `-`, as `findFrames` takes them; only
 *   folders named themselves are watched.
 * @throws {SpitError} `usage` when a list cannot be read.
 */
export async function* arrivals(
  named: readonly string[],
  { expect, stop, notice }: ArrivalOptions,
): AsyncGenerator<string, void, void> {
  const there = await Array.fromAsync(findFrames(named, notice));
  expect(there.length);
  const known = (await Promise.all(there.map(stampOf))).flat();
  for (const path of there) {
    if (stop.aborted) return;
    yield path;
  }
  const folders = (await Promise.all(named.map(asFolder))).flat();
  const later = settledFiles(folders, { catchup: true, known, stop, notice });
  for await (const { path } of later) {
    expect(1);
    yield path;
  }
}

async function stampOf(path: string): Promise<SettledFile[]> {
  try {
    const { size, mtime } = await Deno.stat(path);
    return [{ path, size, modified: mtime?.getTime() ?? 0 }];
  } catch {
    // Its verdict says why it cannot be read; when it can be, it is new.
    return [];
  }
}

async function asFolder(path: string): Promise<string[]> {
  try {
    return (await Deno.stat(path)).isDirectory ? [path] : [];
  } catch {
    return [];
  }
}
