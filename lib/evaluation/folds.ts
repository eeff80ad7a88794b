import { parse } from "csv-parse/sync";
import { createHash } from "node:crypto";
import { SpitError } from "../errors.ts";
import { join, resolve } from "../std.ts";
import { resolveDuplicates } from "./duplicates.ts";
import type { LabelledFrame } from "./manifest.ts";
import { getSpectrograph } from "./split.ts";

/** What stays together in one fold. */
export type FoldUnit = "instrument" | "night";

export type FoldFrame = Pick<LabelledFrame, "path" | "instrument" | "night">;

/**
 * Returns the name of the group that a frame stays with: its spectrograph (arms and
 * cameras of one together), or a night of that spectrograph.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { getFoldGroup } from "./folds.ts";
 *
 * const frame = { path: "r1.fits", instrument: "kast-red", night: "2015-08-18" };
 * assertEquals(getFoldGroup(frame, "instrument"), "kast");
 * assertEquals(getFoldGroup(frame, "night"), "kast/2015-08-18");
 * ```
 */
export function getFoldGroup(frame: FoldFrame, unit: FoldUnit): string {
  const name = getSpectrograph(frame.instrument);
  return unit === "instrument" ? name : `${name}/${frame.night}`;
}

/**
 * Assigns groups to folds: the largest group first, each to the fold with the fewest
 * frames so far; groups of one size in the order of a hash of their names. The result
 * depends on names and counts alone, not on the order of the frames.
 *
 * @param sizes Frames of each group.
 * @param folds At most as many as groups, which is leave-one-out.
 * @returns Fold of each group, from 0.
 * @throws {RangeError} for fewer than two folds or groups.
 */
export function assignGroups(
  sizes: ReadonlyMap<string, number>,
  folds: number,
): Map<string, number> {
  if (!(folds >= 2) || sizes.size < 2) {
    throw new RangeError(
      `Cannot make ${folds} folds of ${sizes.size} groups: both must be 2 or more`,
    );
  }
  const loads = new Array<number>(Math.min(folds, sizes.size)).fill(0);
  const sorted = [...sizes]
    .map(([name, size]) => ({
      name,
      size,
      hash: createHash("sha256").update(name).digest("hex"),
    }))
    .sort((a, b) => b.size - a.size || (a.hash < b.hash ? -1 : 1));
  const assigned = new Map<string, number>();
  for (const { name, size } of sorted) {
    const fold = loads.indexOf(Math.min(...loads));
    loads[fold] = loads[fold]! + size;
    assigned.set(name, fold);
  }
  return assigned;
}

/**
 * Assigns frames to folds.
 *
 * @param frames All frames, those labelled `other` included.
 * @param folds Number of folds, at most as many as groups.
 * @param duplicates Paths of duplicates and of their first copies
 *   (`findDuplicates`), whose fold they get.
 * @returns The fold of each frame, from 0, in the order of the frames.
 * @throws {RangeError} As {@linkcode assignGroups}.
 */
export function assignFolds(
  frames: readonly FoldFrame[],
  unit: FoldUnit,
  folds: number,
  duplicates: ReadonlyMap<string, string> = new Map(),
): number[] {
  const groups = Map.groupBy(frames, (frame) => getFoldGroup(frame, unit));
  const sizes = Array.from(
    groups,
    ([name, { length }]) => [name, length] as const,
  );
  const assigned = assignGroups(new Map(sizes), folds);
  const resolveFrame = resolveDuplicates(frames, duplicates);
  return frames.map((frame) =>
    assigned.get(getFoldGroup(resolveFrame(frame), unit))!
  );
}

/** Reads the names of the real input images from a dataset's `index.csv`. */
export async function readRealNames(dataset: string): Promise<string[]> {
  const file = join(dataset, "index.csv");
  try {
    const rows: Record<string, string>[] = parse(
      await Deno.readTextFile(file),
      { columns: true, skip_empty_lines: true },
    );
    return rows.filter(({ source }) => source === "real")
      .map(({ name }) => name!);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new SpitError(
      "not_found",
      `${dataset} is not a complete dataset: it has no index.csv, which is written last`,
      { file, cause },
    );
  }
}

/**
 * Groups the names of real input images by the fold that must not be trained on them.
 *
 * @param names Names of all real input images that may be trained on: the path of a
 *   frame, with `[hdu]` behind it when the file has several.
 * @param paths Paths of the labelled frames.
 * @param folds Fold of each path.
 * @throws {SpitError} `bad_manifest` for an input image of no labelled frame: it would
 *   be trained on in every fold, its own included.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { groupNamesByFold } from "./folds.ts";
 *
 * const names = ["a.fits[1]", "a.fits[2]", "./b.fits"];
 * const heldOut = groupNamesByFold(names, ["a.fits", "b.fits"], [0, 1]);
 * assertEquals(heldOut, [["a.fits[1]", "a.fits[2]"], ["./b.fits"]]);
 * ```
 */
export function groupNamesByFold(
  names: readonly string[],
  paths: readonly string[],
  folds: readonly number[],
): string[][] {
  const foldByPath = new Map(
    paths.map((path, k) => [resolve(path), folds[k]!]),
  );
  const groups = Array.from(
    { length: Math.max(-1, ...folds) + 1 },
    (): string[] => [],
  );
  for (const name of new Set(names)) {
    const fold = foldByPath.get(resolve(name)) ??
      foldByPath.get(resolve(name.replace(/\[\d+\]$/, "")));
    if (fold === undefined) {
      throw new SpitError(
        "bad_manifest",
        `the dataset has ${name}, which the manifest does not: it would be ` +
          "trained on in every fold; make the dataset from this manifest",
        { file: name },
      );
    }
    groups[fold]!.push(name);
  }
  return groups;
}
