import { createHash } from "node:crypto";
import { selectHdus } from "../classify/inputs.ts";
import { SpitError } from "../errors.ts";
import type { Plane } from "../fits/frame.ts";
import { openFits } from "../fits/open_fits.ts";
import type { LabelledFrame } from "./manifest.ts";

/** Pixels hashed at a time: 512 kB as 64-bit floats. */
const CHUNK = 1 << 16;

/**
 * Returns the SHA-256 over width, height and physical values of planes, each value as
 * a 64-bit float, so that the hash does not depend on how a file stores its pixels.
 *
 * @returns 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { hashPixels } from "./duplicates.ts";
 *
 * const counts = { width: 2, height: 1, pixels: Uint16Array.of(1, 2) };
 * const floats = { width: 2, height: 1, pixels: Float32Array.of(1, 2) };
 * assertEquals(hashPixels([counts]), hashPixels([floats]));
 * ```
 */
export function hashPixels(planes: Iterable<Plane>): string {
  const hash = createHash("sha256");
  for (const { width, height, pixels } of planes) {
    hash.update(`${width}x${height};`);
    for (let start = 0; start < pixels.length; start += CHUNK) {
      const values = Float64Array.from(pixels.subarray(start, start + CHUNK));
      hash.update(new Uint8Array(values.buffer));
    }
  }
  return hash.digest("hex");
}

/**
 * Finds frames with the same pixels as another, which must not be on both sides of a
 * split, by reading all frames.
 *
 * @param frames Labelled frames; without an `hdu`, all images of the file count.
 * @returns Path of each duplicate → path of the first of its copies, by path. First
 *   copies and frames without a copy are not in it, nor are files that cannot be
 *   read: these are reported when they are classified.
 */
export async function findDuplicates(
  frames: Iterable<Pick<LabelledFrame, "path" | "hdu">>,
): Promise<Map<string, string>> {
  const sorted = [...frames].sort((a, b) => a.path < b.path ? -1 : 1);
  const firstByHash = new Map<string, string>();
  const duplicates = new Map<string, string>();
  for (const { path, hdu } of sorted) {
    const hash = await hashFrame(path, hdu);
    if (hash === null) continue;
    const first = firstByHash.get(hash);
    if (first === undefined) firstByHash.set(hash, path);
    else if (first !== path) duplicates.set(path, first);
  }
  return duplicates;
}

/**
 * Returns a function that gives the frame deciding the side or fold of another: the
 * first of its copies, or the frame itself when it has none.
 *
 * @param duplicates What {@linkcode findDuplicates} found among the frames.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { resolveDuplicates } from "./duplicates.ts";
 *
 * const frames = [{ path: "a" }, { path: "b" }, { path: "c" }];
 * const resolve = resolveDuplicates(frames, new Map([["c", "a"]]));
 * assertEquals(frames.map((frame) => resolve(frame).path), ["a", "b", "a"]);
 * ```
 */
export function resolveDuplicates<Frame extends { readonly path: string }>(
  frames: Iterable<Frame>,
  duplicates: ReadonlyMap<string, string>,
): (frame: Frame) => Frame {
  const byPath = new Map(Array.from(frames, (frame) => [frame.path, frame]));
  return (frame) => {
    const first = duplicates.get(frame.path);
    return first === undefined ? frame : byPath.get(first) ?? frame;
  };
}

async function hashFrame(
  path: string,
  hdu: number | undefined,
): Promise<string | null> {
  try {
    using file = await openFits(path);
    return hashPixels(
      await Array.fromAsync(
        selectHdus(file, hdu),
        ({ index }) => file.readFrame(index),
      ),
    );
  } catch (error) {
    if (error instanceof SpitError) return null;
    throw error;
  }
}
