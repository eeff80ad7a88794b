/**
 * Operations on strips of eight columns: each row of a strip is one vector of eight
 * unsigned 16-bit values, and each column is a lane.
 *
 * The value at a rank is found by bisection on the value, counting the pixels at or below
 * it. This needs no branch on the pixels, uses all lanes, and is exact for integers.
 */

/** Bytes of one row of a strip. */
export const LANES_BYTES = 16;

/** Counts the values of each lane from `low` to `limit`, both included; `low <= limit`. */
export function countWithin(
  strip: usize,
  rows: i32,
  low: v128,
  limit: v128,
): v128 {
  const span = i16x8.sub(limit, low);
  let even = i16x8.splat(0);
  let odd = i16x8.splat(0);
  let at = strip;
  const end = strip + (<usize> rows << 4);
  for (const pairs = end - 16; at < pairs; at += 32) {
    even = i16x8.sub(even, i16x8.le_u(i16x8.sub(v128.load(at), low), span));
    odd = i16x8.sub(odd, i16x8.le_u(i16x8.sub(v128.load(at, 16), low), span));
  }
  if (at < end) {
    even = i16x8.sub(even, i16x8.le_u(i16x8.sub(v128.load(at), low), span));
  }
  return i16x8.add(even, odd);
}

/**
 * Returns the value of each lane that sorting those from `low` to `high` would put at `rank`.
 *
 * @param low At most the smallest value that counts.
 * @param high At least the largest one; more than `rank` values are from `low` to it.
 * @param guess The probable value, within `reach`. The first two probes use it.
 */
export function ranked(
  strip: usize,
  rows: i32,
  low: v128,
  high: v128,
  rank: v128,
  guess: v128,
  reach: v128,
): v128 {
  const one = i16x8.splat(1);
  let from = low;
  let to = high;
  let probe = i16x8.sub_sat_u(guess, reach);
  let steps = 0;
  while (v128.any_true(v128.xor(from, to))) {
    // Within [from, to - 1], or `from` where a lane is finished.
    const limit = i16x8.max_u(
      from,
      i16x8.min_u(probe, i16x8.sub_sat_u(to, one)),
    );
    const enough = i16x8.gt_u(countWithin(strip, rows, low, limit), rank);
    to = v128.bitselect(limit, to, enough);
    from = v128.bitselect(from, i16x8.add(limit, one), enough);
    probe = ++steps == 1
      ? i16x8.add_sat_u(guess, reach)
      : i16x8.add(from, i16x8.shr_u(i16x8.sub(to, from), 1));
  }
  return from;
}

/**
 * Returns the value at `rank - 1` of each lane, which is `upper` where values are equal.
 *
 * @param upper The value at `rank`, from {@link ranked}; `rank >= 1`.
 */
export function before(
  strip: usize,
  rows: i32,
  low: v128,
  upper: v128,
  rank: v128,
): v128 {
  const span = i16x8.sub(upper, low);
  let count = i16x8.splat(0);
  let largest = i16x8.splat(0);
  const end = strip + (<usize> rows << 4);
  for (let at = strip; at < end; at += 16) {
    const value = v128.load(at);
    const below = i16x8.lt_u(i16x8.sub(value, low), span);
    count = i16x8.sub(count, below);
    largest = i16x8.max_u(largest, v128.and(value, below));
  }
  return v128.bitselect(largest, upper, i16x8.eq(count, rank));
}

/** Returns the absolute difference in each lane. */
export function distance(one: v128, other: v128): v128 {
  return v128.or(i16x8.sub_sat_u(one, other), i16x8.sub_sat_u(other, one));
}

/** Returns the largest of eight lanes. */
export function largestLane(lanes: v128): i32 {
  let most = i16x8.max_u(
    lanes,
    v128.shuffle<u16>(lanes, lanes, 4, 5, 6, 7, 0, 1, 2, 3),
  );
  most = i16x8.max_u(
    most,
    v128.shuffle<u16>(most, most, 2, 3, 0, 1, 6, 7, 4, 5),
  );
  return max(i16x8.extract_lane_u(most, 0), i16x8.extract_lane_u(most, 1));
}

/** Returns the sum of eight lanes. */
export function sumOfLanes(lanes: v128): i32 {
  const pairs = i32x4.extadd_pairwise_i16x8_u(lanes);
  return i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1) +
    i32x4.extract_lane(pairs, 2) + i32x4.extract_lane(pairs, 3);
}

/** Transposes 8 rows of 8 lanes to 8 vectors at `to`, `stride` bytes apart. */
// deno-fmt-ignore
export function turnLanes(
  a0: v128, a1: v128, a2: v128, a3: v128, a4: v128, a5: v128, a6: v128, a7: v128,
  to: usize, stride: usize,
): void {
  const b0 = v128.shuffle<u16>(a0, a1, 0, 8, 1, 9, 2, 10, 3, 11);
  const b1 = v128.shuffle<u16>(a0, a1, 4, 12, 5, 13, 6, 14, 7, 15);
  const b2 = v128.shuffle<u16>(a2, a3, 0, 8, 1, 9, 2, 10, 3, 11);
  const b3 = v128.shuffle<u16>(a2, a3, 4, 12, 5, 13, 6, 14, 7, 15);
  const b4 = v128.shuffle<u16>(a4, a5, 0, 8, 1, 9, 2, 10, 3, 11);
  const b5 = v128.shuffle<u16>(a4, a5, 4, 12, 5, 13, 6, 14, 7, 15);
  const b6 = v128.shuffle<u16>(a6, a7, 0, 8, 1, 9, 2, 10, 3, 11);
  const b7 = v128.shuffle<u16>(a6, a7, 4, 12, 5, 13, 6, 14, 7, 15);
  const c0 = v128.shuffle<u32>(b0, b2, 0, 4, 1, 5);
  const c1 = v128.shuffle<u32>(b0, b2, 2, 6, 3, 7);
  const c2 = v128.shuffle<u32>(b1, b3, 0, 4, 1, 5);
  const c3 = v128.shuffle<u32>(b1, b3, 2, 6, 3, 7);
  const c4 = v128.shuffle<u32>(b4, b6, 0, 4, 1, 5);
  const c5 = v128.shuffle<u32>(b4, b6, 2, 6, 3, 7);
  const c6 = v128.shuffle<u32>(b5, b7, 0, 4, 1, 5);
  const c7 = v128.shuffle<u32>(b5, b7, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<u64>(c0, c4, 0, 2)); to += stride;
  v128.store(to, v128.shuffle<u64>(c0, c4, 1, 3)); to += stride;
  v128.store(to, v128.shuffle<u64>(c1, c5, 0, 2)); to += stride;
  v128.store(to, v128.shuffle<u64>(c1, c5, 1, 3)); to += stride;
  v128.store(to, v128.shuffle<u64>(c2, c6, 0, 2)); to += stride;
  v128.store(to, v128.shuffle<u64>(c2, c6, 1, 3)); to += stride;
  v128.store(to, v128.shuffle<u64>(c3, c7, 0, 2)); to += stride;
  v128.store(to, v128.shuffle<u64>(c3, c7, 1, 3));
}
