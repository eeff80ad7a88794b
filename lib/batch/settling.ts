/**
 * When a file has stopped growing: the rule alone, without clock or disk.
 *
 * @module
 */

/** What tells a file from the same name with other content. */
export interface Stamp {
  /** Size, bytes. */
  readonly size: number;
  /** When it was last written to, milliseconds since 1970. */
  readonly modified: number;
}

/** A file that has stopped growing. */
export interface SettledFile extends Stamp {
  /** Path, as found. */
  readonly path: string;
}

/** Files between their first byte and their last. */
export interface Settling {
  /**
   * Takes note of what is there now; gives what has stopped growing since it was
   * given last, the oldest first.
   *
   * @param now Milliseconds, of a clock that never goes back.
   * @param files All files there are, with their stamps.
   */
  look(now: number, files: ReadonlyMap<string, Stamp>): SettledFile[];
  /** Takes files as given as they stand: only what changes of them is given. */
  pass(files: Iterable<readonly [path: string, stamp: Stamp]>): void;
  /** When the next file may settle, on the clock of `look`; infinite when all have. */
  due(): number;
}

interface Followed {
  readonly stamp: Stamp;
  readonly since: number;
  readonly given: boolean;
}

/**
 * A file has settled when its size and its time of modification stood still
 * for so long, on our clock: that of a file server may be another. It is given
 * once, and again whenever its stamp is another, for then it grew or was replaced.
 * A file that goes before it settles is forgotten; one that goes later and comes
 * back as it was is not given again.
 *
 * @param quiet Milliseconds without a change.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { startSettling } from "./settling.ts";
 *
 * const settling = startSettling(2000);
 * const half = new Map([["r1.fits", { size: 2880, modified: 0 }]]);
 * const whole = new Map([["r1.fits", { size: 5760, modified: 900 }]]);
 * assertEquals(settling.look(0, half), []);
 * assertEquals(settling.look(1000, whole), []);
 * assertEquals(settling.look(2000, whole), []);
 * assertEquals(settling.look(3000, whole), [{ path: "r1.fits", size: 5760, modified: 900 }]);
 * assertEquals(settling.look(4000, whole), []);
 * ```
 */
export function startSettling(quiet: number): Settling {
  const followed = new Map<string, Followed>();

  return {
    look(now, files) {
      for (const [path, { given }] of followed) {
        if (!given && !files.has(path)) followed.delete(path);
      }
      const settled: SettledFile[] = [];
      for (const [path, stamp] of files) {
        const before = followed.get(path);
        if (before === undefined || !isSame(before.stamp, stamp)) {
          followed.set(path, { stamp, since: now, given: false });
        } else if (!before.given && now - before.since >= quiet) {
          followed.set(path, { ...before, given: true });
          settled.push({ path, ...stamp });
        }
      }
      return settled.sort(byAge);
    },
    pass(files) {
      for (const [path, stamp] of files) {
        followed.set(path, { stamp, since: 0, given: true });
      }
    },
    due() {
      let next = Infinity;
      for (const { given, since } of followed.values()) {
        if (!given) next = Math.min(next, since + quiet);
      }
      return next;
    },
  };
}

function isSame(one: Stamp, other: Stamp): boolean {
  return one.size === other.size && one.modified === other.modified;
}

function byAge(one: SettledFile, other: SettledFile): number {
  return one.modified - other.modified || (one.path < other.path ? -1 : 1);
}
