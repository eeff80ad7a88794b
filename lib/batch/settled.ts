/**
 * Folders → a stream of the frames that land in them, each once it is whole.
 *
 * @module
 */
import type { Listing } from "./list_stamps.ts";
import { type SettledFile, startSettling } from "./settling.ts";
import { type Surroundings, surroundingsOf } from "./surroundings.ts";

export type { SettledFile };

/** How folders are watched. */
export interface SettledOptions {
  /** Seconds that size and time of modification must stand still. Default: 2. */
  readonly settle?: number;
  /** Seconds between two looks at the disk, where no event calls for one sooner. Default: 1. */
  readonly poll?: number;
  /** Gives what is there already, too. Default: only what comes or changes. */
  readonly catchup?: boolean;
  /** Files that were given in an earlier life: not again, unless they have changed. */
  readonly known?: Iterable<SettledFile>;
  /** Told after the first look how many files are there. */
  readonly ready?: (there: number) => void;
  /** Ends the stream. */
  readonly stop?: AbortSignal;
  /** Told of folders that cannot be looked into, and when they can again. */
  readonly notice?: (message: string) => void;
  /** Clock and disk. Default: the real ones. */
  readonly surroundings?: Surroundings;
}

/** Events come in swarms, one for each block that is written: one look does for so many milliseconds. */
const SWARM = 200;

/** Looking takes no more than a tenth of the time, however many files there are. */
const REST = 9;

/**
 * Gives the frames that land in folders and below, the oldest first, each once it
 * has stopped growing; see {@linkcode startSettling} for when that is, and again
 * when it grows on or is replaced. Names count as in `findFrames`.
 *
 * The disk is looked at now and then, which suffices everywhere; events make it
 * quicker where there are some. A folder that is not there yet is waited for.
 * Nothing is looked at while the one who takes the files is at work.
 *
 * @param paths Folders; a file that is named itself is watched whatever its name.
 * @throws {Deno.errors.NotCapable} Without leave to read them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { settledFiles } from "./settled.ts";
 *
 * const folder = Deno.makeTempDirSync();
 * Deno.writeTextFileSync(`${folder}/r1.fits`, "SIMPLE");
 * for await (const { path, size } of settledFiles([folder], { catchup: true, settle: 0.1 })) {
 *   assertEquals([path, size], [`${folder}/r1.fits`, 6]);
 *   break;
 * }
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export async function* settledFiles(
  paths: readonly string[],
  options: SettledOptions = {},
): AsyncGenerator<SettledFile, void, void> {
  const { settle = 2, poll = 1, catchup, known = [], stop, notice } = options;
  using world = options.surroundings ?? surroundingsOf(paths, stop);
  const settling = startSettling(settle * 1000);
  const tellClosed = closedTeller(notice ?? (() => {}));
  let first = true;
  while (!stop?.aborted) {
    const start = world.now();
    const { files, closed } = await world.list();
    tellClosed(closed);
    if (first) {
      if (!catchup) settling.pass(files);
      settling.pass(Array.from(known, ({ path, ...stamp }) => [path, stamp]));
      first = false;
      options.ready?.(files.size);
    }
    const now = world.now();
    for (const file of settling.look(now, files)) {
      if (stop?.aborted) return;
      yield file;
    }
    const wanted = Math.min(poll * 1000, settling.due() - world.now());
    const least = Math.max(Math.min(SWARM, wanted), REST * (now - start), 1);
    await world.wait(least, Math.max(least, wanted));
  }
}

/** Tells once of each folder that is closed, and once of its opening. */
function closedTeller(
  notice: (message: string) => void,
): (closed: Listing["closed"]) => void {
  let before: Listing["closed"] = new Map();
  return (closed) => {
    for (const [path, why] of closed) {
      if (before.get(path) !== why) {
        notice(`waiting for ${path}: ${why}`);
      }
    }
    for (const path of before.keys()) {
      if (!closed.has(path)) notice(`${path} can be looked into`);
    }
    before = closed;
  };
}
