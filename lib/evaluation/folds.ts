/**
 * Folds for cross-validation: whole spectrographs, or whole nights of one.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { firstOfLike } from "./duplicates.ts";
import type { LabelledFrame } from "./manifest.ts";
import { spectrograph } from "./split.ts";

/** What stays together. */
export type FoldUnit = "instrument" | "night";

/** What a fold needs to know of a frame. */
export type FoldFrame = Pick<LabelledFrame, "path" | "instrument" | "night">;

/**
 * The group that a frame stays with: its spectrograph (arms and cameras of one
 * together), or that spectrograph's night.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { foldGroup } from "./folds.ts";
 *
 * const frame = { path: "r1.fits", instrument: "kast-red", night: "2015-08-18" };
 * assertEquals(foldGroup(frame, "instrument"), "kast");
 * assertEquals(foldGroup(frame, "night"), "kast/2015-08-18");
 * ```
 */
export function foldGroup(frame: FoldFrame, by: FoldUnit): string {
  const name = spectrograph(frame.instrument);
  return by === "instrument" ? name : `${name}/${frame.night}`;
}

/**
 * Assigns groups to folds: the largest first, each to the fold that has the
 * fewest frames yet; groups of one size in the order of a hash of their names.
 * That depends on names and counts alone, never on the order of the frames.
 *
 * @param sizes Frames of each group.
 * @param folds Number of folds; as many as groups is leave-one-out, and more are
 *   not made.
 * @returns Fold of each group, from 0.
 * @throws {RangeError} for less than two folds or groups.
 */
export function assignFolds(
  sizes: ReadonlyMap<string, number>,
  folds: number,
): Map<string, number> {
  if (!(folds >= 2) || sizes.size < 2) {
    throw new RangeError(
      `cannot make ${folds} folds of ${sizes.size} groups: both must be 2 or more`,
    );
  }
  const loads = new Array<number>(Math.min(folds, sizes.size)).fill(0);
  const order = [...sizes]
    .map(([name, size]) => ({ name, size, hash: hashOf(name) }))
    .sort((a, b) => b.size - a.size || (a.hash < b.hash ? -1 : 1));
  const assigned = new Map<string, number>();
  for (const { name, size } of order) {
    const fold = loads.indexOf(Math.min(...loads));
    loads[fold] = loads[fold]! + size;
    assigned.set(name, fold);
  }
  return assigned;
}

/**
 * The fold of each frame.
 *
 * @param frames All frames, those labelled `other` included.
 * @param by What stays together.
 * @param folds Number of folds, at most as many as groups.
 * @param firstOf Frames with the very pixels of another, and that other, by path
 *   (`duplicatesOf`): they go to its fold.
 * @returns A fold for each frame, from 0, in the order of the frames.
 * @throws {RangeError} As {@linkcode assignFolds}.
 */
export function foldsOf(
  frames: readonly FoldFrame[],
  by: FoldUnit,
  folds: number,
  firstOf: ReadonlyMap<string, string> = new Map(),
): number[] {
  const sizes = new Map<string, number>();
  for (const frame of frames) {
    const group = foldGroup(frame, by);
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  const assigned = assignFolds(sizes, folds);
  const ruling = firstOfLike(frames, firstOf);
  return frames.map((frame) => assigned.get(foldGroup(ruling(frame), by))!);
}

function hashOf(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}
