import type { Limits } from "./zscale.ts";

/**
 * Step 7: scales values to bytes: `255 * (v - z1) / (z2 - z1)`, truncated. Values below `z1`
 * become 0, values above `z2` 255. Values that are not finite become 0, as do all
 * values when the limits are equal.
 *
 * Source: the original's code, which divides by 0 for equal limits and whose result
 * for NaN depends on the platform.
 *
 * @param image Values in the units of the limits.
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
