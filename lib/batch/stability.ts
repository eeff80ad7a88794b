/** Stability: the rule for when a file has stopped growing, without clock or disk. */
import type { FileVersion } from "../io/file_version.ts";

/** A version of a file that has stopped growing. */
export interface StableFile extends FileVersion {
  readonly path: string;
}

interface TrackedFile {
  readonly version: FileVersion;
  /** When this version was first seen. */
  readonly since: number;
  readonly isReturned: boolean;
}

/**
 * Creates a tracker. A file is stable when its size and modification time have not
 * changed for a time that is measured on the local clock, since the clock of a file
 * server can differ. It is returned once per version. A file that disappears before
 * it is stable is forgotten; one that disappears later and comes back unchanged is
 * not returned again.
 *
 * @param stableTime Milliseconds without a change.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createStabilityTracker } from "./stability.ts";
 *
 * const tracker = createStabilityTracker(2000);
 * const half = new Map([["r1.fits", { size: 2880, modified: 0 }]]);
 * const full = new Map([["r1.fits", { size: 5760, modified: 900 }]]);
 * assertEquals(tracker.update(0, half), []);
 * assertEquals(tracker.update(1000, full), []);
 * assertEquals(tracker.update(2000, full), []);
 * assertEquals(tracker.update(3000, full), [{ path: "r1.fits", size: 5760, modified: 900 }]);
 * assertEquals(tracker.update(4000, full), []);
 * ```
 */
export function createStabilityTracker(stableTime: number) {
  const tracked = new Map<string, TrackedFile>();

  return {
    /**
     * Takes the current state of the disk, and returns the files that have become
     * stable, the oldest first.
     *
     * @param now Time in milliseconds on a monotonic clock.
     * @param files All existing files with their versions.
     */
    update(now: number, files: ReadonlyMap<string, FileVersion>): StableFile[] {
      for (const [path, { isReturned }] of tracked) {
        if (!isReturned && !files.has(path)) tracked.delete(path);
      }
      const stable: StableFile[] = [];
      for (const [path, version] of files) {
        const file = tracked.get(path);
        if (file === undefined || !isSameVersion(file.version, version)) {
          tracked.set(path, { version, since: now, isReturned: false });
        } else if (!file.isReturned && now - file.since >= stableTime) {
          tracked.set(path, { ...file, isReturned: true });
          stable.push({ path, ...version });
        }
      }
      return stable.sort(compareAge);
    },
    /** Marks versions as returned: their files are returned again only after a change. */
    skip(files: Iterable<readonly [path: string, version: FileVersion]>) {
      for (const [path, version] of files) {
        tracked.set(path, { version, since: 0, isReturned: true });
      }
    },
    /** Returns when the next file can become stable; `Infinity` if none is pending. */
    nextDue(): number {
      return tracked.values().filter(({ isReturned }) => !isReturned)
        .reduce(
          (next, { since }) => Math.min(next, since + stableTime),
          Infinity,
        );
    },
  };
}

function isSameVersion(a: FileVersion, b: FileVersion): boolean {
  return a.size === b.size && a.modified === b.modified;
}

function compareAge(a: StableFile, b: StableFile): number {
  return (a.modified ?? 0) - (b.modified ?? 0) || (a.path < b.path ? -1 : 1);
}
