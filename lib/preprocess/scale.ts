/**
 * Step 7: scale to bytes.
 *
 * @module
 */
import type { Limits } from "./zscale.ts";

/**
 * Shows values as bytes: `255 * (v - z1) / (z2 - z1)`, truncated; what lies
 * below `z1` is 0, above `z2` 255. A value that is not finite is 0, and so is
 * every value when the limits are equal.
 *
 * Source: the original's, which for equal limits divides by 0 and for NaN
 * leaves the byte to the platform.
 *
 * @param image Values, any number of them, in the units of the limits.
 * @param limits The range from {@linkcode zscale}.
 * @returns As many bytes.
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
  const shown = new Uint8Array(image.length);
  if (!(z2 > z1)) return shown;
  const range = z2 - z1;
  for (let k = 0; k < image.length; k++) {
    const value = image[k]!;
    if (!Number.isFinite(value) || value <= z1) continue;
    shown[k] = value >= z2 ? 255 : Math.trunc(255 * (value - z1) / range);
  }
  return shown;
}
