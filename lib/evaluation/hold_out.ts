/**
 * Which input images of datasets a fold keeps from training.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { join, resolve } from "../io/path.ts";
import { SpitError } from "../errors.ts";

/** Names of the real input images in a dataset's `index.csv`, as they stand there. */
export async function realNames(dataset: string): Promise<string[]> {
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
      `there is no dataset ${dataset}: it has no index.csv, which is written last`,
      { file, cause },
    );
  }
}

/**
 * For each fold the names of the real input images that it holds out.
 *
 * @param names Names of all real input images that may be trained on: the path of a
 *   frame, with `[hdu]` behind it when the file has several.
 * @param paths Paths of the labelled frames.
 * @param folds Fold of each path.
 * @throws {SpitError} `bad_manifest` when an input image is of none of the frames: it
 *   would be trained on in every fold, in its own too.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { heldOutNames } from "./hold_out.ts";
 *
 * const held = heldOutNames(["a.fits[1]", "a.fits[2]", "./b.fits"], ["a.fits", "b.fits"], [0, 1]);
 * assertEquals(held, [["a.fits[1]", "a.fits[2]"], ["./b.fits"]]);
 * ```
 */
export function heldOutNames(
  names: readonly string[],
  paths: readonly string[],
  folds: readonly number[],
): string[][] {
  const foldOf = new Map(paths.map((path, k) => [resolve(path), folds[k]!]));
  const held = Array.from(
    { length: Math.max(-1, ...folds) + 1 },
    (): string[] => [],
  );
  for (const name of new Set(names)) {
    const fold = foldOf.get(resolve(name)) ??
      foldOf.get(resolve(name.replace(/\[\d+\]$/, "")));
    if (fold === undefined) {
      throw new SpitError(
        "bad_manifest",
        `the dataset has ${name}, which the manifest does not: it would be ` +
          "trained on in every fold; make the dataset of this manifest",
        { file: name },
      );
    }
    held[fold]!.push(name);
  }
  return held;
}
