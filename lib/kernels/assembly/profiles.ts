/**
 * Median profiles of a plane of 16-bit pixels, as `lib/preprocess/features_profiles.ts`
 * defines them.
 */
import { OFFSET, ranked, rankedBefore } from "./lanes";

export const DEEPEST = 65;
const STRIP = memory.data(DEEPEST * 16, 16);
const MIDDLES = memory.data(2 * 16, 16);
/** Distances in bytes of the pixels of a median from the first across the axis. */
const PLACES = memory.data(DEEPEST * 4, 16);

/**
 * Computes the medians across an axis at evenly spaced points along it.
 *
 * @param first Address of the first pixel along both axes.
 * @param length Pixels along the axis.
 * @param stride Bytes from one to the next.
 * @param depth Pixels across the axis.
 * @param depthStride Bytes from one to the next.
 * @param points Number of points.
 * @param deep Number of pixels of a median, at most 65.
 * @param base Physical value of a stored 0.
 * @param into Receives a float for each point.
 */
export function profile(
  first: usize,
  length: i32,
  stride: isize,
  depth: i32,
  depthStride: isize,
  points: i32,
  deep: i32,
  base: f64,
  into: usize,
): void {
  const rank = i16x8.splat(<i16> (deep >> 1));
  for (let k = 0; k < deep; k++) {
    const place = <i32> ((<f64> k + 0.5) * <f64> depth / <f64> deep);
    store<i32>(PLACES + (<usize> k << 2), place * <i32> depthStride);
  }
  let guess = i16x8.splat(0);
  for (let group = 0; group < points; group += 8) {
    for (let lane = 0; lane < 8; lane++) {
      const point = min(group + lane, points - 1);
      const place = <i32> (<i64> point * length / points);
      gather(first + <isize> place * stride, deep, lane);
    }
    let least = v128.load(STRIP);
    let most = least;
    for (let at = STRIP; at < STRIP + (<usize> deep << 4); at += 16) {
      const value = v128.load(at);
      least = i16x8.min_s(least, value);
      most = i16x8.max_s(most, value);
    }
    guess = ranked(STRIP, deep, least, most, rank, guess, i16x8.splat(4));
    v128.store(MIDDLES, guess);
    v128.store(
      MIDDLES,
      deep & 1 ? guess : rankedBefore(STRIP, deep, guess, rank),
      16,
    );
    for (let lane = 0; lane < 8 && group + lane < points; lane++) {
      const at = MIDDLES + (<usize> lane << 1);
      const middle = 0.5 * fromOffset(at) + 0.5 * fromOffset(at + 16);
      store<f64>(into + (<usize> (group + lane) << 3), base + middle);
    }
  }
}

function fromOffset(at: usize): f64 {
  return <f64> (<i32> load<i16>(at) - OFFSET);
}

/** Copies the pixels of a median to one lane of STRIP, less 32768. */
function gather(from: usize, deep: i32, lane: i32): void {
  const to = STRIP + (<usize> lane << 1);
  for (let k: usize = 0; k < <usize> deep; k++) {
    const place = <isize> load<i32>(PLACES + (k << 2));
    store<u16>(to + (k << 4), load<u16>(from + place) ^ <u16> OFFSET);
  }
}
