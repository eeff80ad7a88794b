/**
 * Shards: the division of an input among machines that do not communicate. All of
 * them see the same frames, and each computes its own part.
 */
import { createHash } from "node:crypto";
import { SpitError } from "../errors.ts";
import { type FileVersion, readFileVersions } from "../io/file_version.ts";
import type { ListedFrame } from "../io/find_frames.ts";
import { isUrl } from "../io/http.ts";

/** One of `count` shards. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

export interface SizedFrame {
  readonly path: string;
  /** Size in bytes; `null` if it is unknown. */
  readonly size: number | null;
}

/**
 * Reads the versions of frames. URLs and files whose size is listed are not looked up:
 * asking a server for every size would take too long.
 */
export async function readListedVersions(
  frames: readonly ListedFrame[],
): Promise<FileVersion[]> {
  const isListed = ({ path, size }: ListedFrame) =>
    size !== undefined || isUrl(path);
  const unlisted = frames.filter((frame) => !isListed(frame));
  const read = await readFileVersions(unlisted.map(({ path }) => path));
  const versions = read.values();
  return frames.map((frame) =>
    isListed(frame)
      ? { size: frame.size ?? null, modified: null }
      : versions.next().value!
  );
}

/**
 * Parses `3/10`.
 *
 * @throws {SpitError} `usage` for any other text.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseShard } from "./shard.ts";
 *
 * assertEquals(parseShard("3/10"), { index: 3, count: 10 });
 * ```
 */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [])
    .map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new SpitError(
    "usage",
    `A shard is I/N with I from 1 to N, such as 3/10; got ${text}`,
  );
}

/** Sorts frames by path (Unicode code units) and drops duplicates. */
export function sortFrames(frames: Iterable<SizedFrame>): SizedFrame[] {
  const byPath = new Map(Array.from(frames, (frame) => [frame.path, frame]));
  return [...byPath.values()].sort(comparePaths);
}

/**
 * Selects the frames of one shard, in the order of their paths. The result depends
 * on paths and sizes only, not on the order of the input. Frames are dealt from the
 * largest to the smallest, back and forth over the shards, so that shards differ by
 * at most one frame in number and by the largest frame in size.
 *
 * @param frames As {@linkcode sortFrames} returns them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { selectShard } from "./shard.ts";
 *
 * const frames = [4, 3, 2, 1].map((size, k) => ({ path: `r${k}.fits`, size }));
 * const select = (index: number) =>
 *   selectShard(frames, { index, count: 2 }).map(({ path }) => path);
 * assertEquals([select(1), select(2)], [["r0.fits", "r3.fits"], ["r1.fits", "r2.fits"]]);
 * ```
 */
export function selectShard(
  frames: readonly SizedFrame[],
  { index, count }: Shard,
): SizedFrame[] {
  const largestFirst = frames.toSorted((a, b) =>
    (b.size ?? 0) - (a.size ?? 0) || comparePaths(a, b)
  );
  return largestFirst.filter((_, k) => {
    const isForward = Math.floor(k / count) % 2 === 0;
    const position = k % count;
    return (isForward ? position : count - 1 - position) === index - 1;
  }).sort(comparePaths);
}

/**
 * Computes 12 hexadecimal digits that identify an input: its paths and sizes, and
 * the number of frames per part.
 *
 * @param frames As {@linkcode sortFrames} returns them.
 */
export function computeFingerprint(
  frames: readonly SizedFrame[],
  partFrames: number,
): string {
  const hash = createHash("sha256").update(`${partFrames}\n`);
  for (const { path, size } of frames) hash.update(`${path}\0${size}\n`);
  return hash.digest("hex").slice(0, 12);
}

function comparePaths(a: SizedFrame, b: SizedFrame): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
