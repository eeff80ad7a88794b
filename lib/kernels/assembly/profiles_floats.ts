/**
 * Median profiles of a plane of floats, as `lib/preprocess/features_profiles.ts` defines them.
 */
import { DEEPEST } from "./profiles";
import { medianFloat } from "./select";

/** The pixels of a median, with space for what `medianFloat` reads after them. */
const VALUES = memory.data((DEEPEST + 15) * 8, 16);
/** Distances in bytes of the pixels of a median from the first across the axis. */
const PLACES = memory.data(DEEPEST * 4, 16);

/**
 * Computes the medians across an axis at evenly spaced points along it, as `profile` does,
 * without those that have no finite pixel.
 *
 * @returns The number of medians.
 */
export function profileFloats(
  first: usize,
  length: i32,
  stride: usize,
  depth: i32,
  depthStride: usize,
  points: i32,
  deep: i32,
  into: usize,
): i32 {
  for (let k = 0; k < deep; k++) {
    const place = <usize> ((<f64> k + 0.5) * <f64> depth / <f64> deep);
    store<usize>(PLACES + (<usize> k << 2), place * depthStride);
  }
  let to = into;
  for (let point = 0; point < points; point++) {
    const start = first + <usize> (<i64> point * length / points) * stride;
    let end = VALUES;
    for (let k = 0; k < deep; k++) {
      const value = load<f64>(start + load<usize>(PLACES + (<usize> k << 2)));
      store<f64>(end, value);
      if (abs(value) <= f64.MAX_VALUE) end += 8;
    }
    if (end == VALUES) continue;
    store<f64>(to, medianFloat(VALUES, (end - VALUES) >> 3));
    to += 8;
  }
  return <i32> ((to - into) >> 3);
}
