/**
 * Frames with the very pixels of another: they must not stand on both sides.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { selectHdus } from "../classify/inputs.ts";
import { SpitError } from "../errors.ts";
import type { Pixels, Plane } from "../fits/frame.ts";
import { openFits } from "../fits/open_fits.ts";
import type { LabelledFrame } from "./manifest.ts";

/** Pixels that are turned into bytes at a time: 512 kB of them. */
const CHUNK = 1 << 16;

/**
 * SHA-256 over width, height and physical values of planes, each value as a
 * 64-bit float: how a file stores or packs them makes no difference.
 *
 * @returns 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pixelHash } from "./duplicates.ts";
 *
 * const counts = { width: 2, height: 1, pixels: Uint16Array.of(1, 2) };
 * const floats = { width: 2, height: 1, pixels: Float32Array.of(1, 2) };
 * assertEquals(pixelHash([counts]), pixelHash([floats]));
 * ```
 */
export function pixelHash(planes: Iterable<Plane>): string {
  const hash = createHash("sha256");
  for (const { width, height, pixels } of planes) {
    hash.update(`${width}x${height};`);
    for (let start = 0; start < pixels.length; start += CHUNK) {
      hash.update(valueBytes(pixels.subarray(start, start + CHUNK)));
    }
  }
  return hash.digest("hex");
}

function valueBytes(pixels: Pixels): Uint8Array {
  return new Uint8Array(Float64Array.from(pixels).buffer);
}

/**
 * Finds frames that have the very pixels of another, by reading them all.
 *
 * @param frames Labelled frames; of one that names no HDU all images count.
 * @returns Path of each such frame → path of the first of its like, in the order
 *   of the paths. Frames that have no like, and the first of those that have, are
 *   not in it; nor are files that cannot be read, of which whoever reads them
 *   next will say so.
 */
export async function duplicatesOf(
  frames: Iterable<Pick<LabelledFrame, "path" | "hdu">>,
): Promise<Map<string, string>> {
  const sorted = [...frames].sort((a, b) => a.path < b.path ? -1 : 1);
  const firsts = new Map<string, string>();
  const firstOf = new Map<string, string>();
  for (const { path, hdu } of sorted) {
    const hash = await frameHash(path, hdu);
    if (hash === null) continue;
    const first = firsts.get(hash);
    if (first === undefined) firsts.set(hash, path);
    else if (first !== path) firstOf.set(path, first);
  }
  return firstOf;
}

/**
 * Which frame decides on the side or fold of another: the first of its like,
 * and of a frame that has no like itself.
 *
 * @param frames All frames.
 * @param firstOf What {@linkcode duplicatesOf} found among them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { firstOfLike } from "./duplicates.ts";
 *
 * const frames = [{ path: "a" }, { path: "b" }, { path: "c" }];
 * const ruling = firstOfLike(frames, new Map([["c", "a"]]));
 * assertEquals(frames.map((frame) => ruling(frame).path), ["a", "b", "a"]);
 * ```
 */
export function firstOfLike<Frame extends { readonly path: string }>(
  frames: Iterable<Frame>,
  firstOf: ReadonlyMap<string, string>,
): (frame: Frame) => Frame {
  const byPath = new Map<string, Frame>();
  for (const frame of frames) byPath.set(frame.path, frame);
  return (frame) => {
    const first = firstOf.get(frame.path);
    return first === undefined ? frame : byPath.get(first) ?? frame;
  };
}

async function frameHash(
  path: string,
  hdu: number | undefined,
): Promise<string | null> {
  try {
    using file = await openFits(path);
    const planes: Plane[] = [];
    for (const { index } of selectHdus(file, hdu)) {
      planes.push(await file.readFrame(index));
    }
    return pixelHash(planes);
  } catch (error) {
    if (error instanceof SpitError) return null;
    throw error;
  }
}
