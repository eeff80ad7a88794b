/**
 * A share of the frames for each of many machines, which need not speak to each
 * other: all see the same frames, and each works out its own.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Shard } from "./shard.ts";

/** A frame to share out. */
export interface SizedFrame {
  /** Its path. */
  readonly path: string;
  /** Size, bytes; `null` when it is not known. */
  readonly size: number | null;
}

/** All frames of an input, each once, in the order of their paths (Unicode code units). */
export function inOrder(frames: Iterable<SizedFrame>): SizedFrame[] {
  const once = new Map<string, SizedFrame>();
  for (const frame of frames) once.set(frame.path, frame);
  return [...once.values()].sort(byPath);
}

/**
 * One share of the frames, in the order of their paths. It depends on paths and
 * sizes alone, not on the order that they are named in. Shares differ by one
 * frame at most; and, since frames are dealt from the largest to the smallest, up
 * and down the row of shares in turn, by the size of one frame or so.
 *
 * @param frames As {@linkcode inOrder} gives them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sliceOf } from "./slice.ts";
 *
 * const frames = [4, 3, 2, 1].map((size, k) => ({ path: `r${k}.fits`, size }));
 * const paths = (index: number) =>
 *   sliceOf(frames, { index, count: 2 }).map(({ path }) => path);
 * assertEquals([paths(1), paths(2)], [["r0.fits", "r3.fits"], ["r1.fits", "r2.fits"]]);
 * ```
 */
export function sliceOf(
  frames: readonly SizedFrame[],
  { index, count }: Shard,
): SizedFrame[] {
  const largestFirst = frames.toSorted((one, other) =>
    (other.size ?? 0) - (one.size ?? 0) || byPath(one, other)
  );
  return largestFirst.filter((_, k) => {
    const round = Math.floor(k / count);
    const place = k % count;
    return (round % 2 === 0 ? place : count - 1 - place) === index - 1;
  }).sort(byPath);
}

/**
 * What stands for an input: 12 hexadecimal digits, others for other paths, sizes
 * or parts. Inputs that have the same are shared out alike.
 *
 * @param frames As {@linkcode inOrder} gives them.
 * @param partFrames Frames a part.
 */
export function fingerprintOf(
  frames: readonly SizedFrame[],
  partFrames: number,
): string {
  const hash = createHash("sha256").update(`${partFrames}\n`);
  for (const { path, size } of frames) hash.update(`${path}\0${size}\n`);
  return hash.digest("hex").slice(0, 12);
}

function byPath(one: SizedFrame, other: SizedFrame): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}
