/**
 * The clip of pixels of any kind by the kernels: the fast path of `../sigma_clip.ts` for
 * planes that `load_plane.ts` does not accept.
 *
 * @module
 */
import type { Plane } from "../../fits/frame.ts";
import { sigmaClip, type Survivors } from "../sigma_clip.ts";
import { allocate, clipFloats, FLOAT, floatsAt } from "./kernels.ts";
import { CLIPPED, SLACK } from "./load_plane.ts";

/** Columns that are clipped at a time. */
const BLOCK = 64;

/** Largest height of a plane, which limits the memory of the kernels: it never shrinks. */
const HIGHEST = 32767;

/** Returns what `sigmaClip` returns for the same plane, bit for bit. */
export function clipAnyPlane(plane: Plane): Survivors {
  const { width, height, pixels } = plane;
  const column = (height + SLACK) * FLOAT;
  const room = height > HIGHEST ? undefined : allocate({
    rows: BLOCK * height * FLOAT,
    values: CLIPPED * column,
    low: width * FLOAT,
    high: width * FLOAT,
  });
  if (room === undefined) return sigmaClip(plane);
  const rows = floatsAt(room.rows, BLOCK * height);
  for (let left = 0; left < width; left += BLOCK) {
    const columns = Math.min(BLOCK, width - left);
    for (let row = 0; row < height; row++) {
      const start = row * width + left;
      rows.set(pixels.subarray(start, start + columns), row * BLOCK);
    }
    const [low, high] = [room.low, room.high].map((at) => at + left * FLOAT);
    clipFloats(
      room.rows,
      BLOCK * FLOAT,
      FLOAT,
      height,
      columns,
      room.values,
      column,
      low!,
      high!,
    );
  }
  return {
    low: floatsAt(room.low, width).slice(),
    high: floatsAt(room.high, width).slice(),
  };
}
