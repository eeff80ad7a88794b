/**
 * Step 7: scale to bytes.
 *
 * @module
 */
import type { Limits } from "./zscale.ts";

/**
 * Scales values to bytes: `255 * (v - z1) / (z2 - z1)`, truncated. Values below `z1`
 * become 0, values above `z2` 255. Values that are not finite become 0, as do all
 * values when the limits are equal.
 *
 * Source: the original's code, which divides by 0 for equal limits and whose result
 * for NaN depends on the platform.
 *
 * @param image Values in the units of the limits.
 * @param limits The range, as `zscale` returns it.
 * @returns One byte for each value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { scale } from "./scale.ts";
 *
 * assertEquals(
 *   scale(Float64Array.of(90, 101, 250, NaN), { z1: 100, z2: 200 }),
 *   Uint8Array.of(0, 2, 255, 0),
 * );
 * ```
 */
export function scale(
  image: Float64Array,
  limits: Limits,
): Uint8Array<ArrayBuffer> {
  const { z1, z2 } = limits;
  const bytes = new Uint8Array(image.length);
  if (!(z2 > z1)) return bytes;
  const range = z2 - z1;
  for (let k = 0; k < image.length; k++) {
    const value = image[k]!;
    if (!Number.isFinite(value) || value <= z1) continue;
    bytes[k] = value >= z2 ? 255 : Math.trunc(255 * (value - z1) / range);
  }
  return bytes;
}
