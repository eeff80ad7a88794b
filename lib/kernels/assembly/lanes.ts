/**
 * Operations on strips of eight columns: each row of a strip is one vector of eight 16-bit
 * values, and each column is a lane. The values are stored less 32768 ({@link OFFSET}),
 * because signed numbers are compared in one instruction and unsigned ones in two.
 *
 * The value at a rank is found by a search on the value, counting the pixels above it.
 * This needs no branch on the pixels, uses all lanes, and is exact for integers.
 */

/** What a value of 16 bits is combined with, by exclusive or, to be stored less 32768. */
export const OFFSET: i16 = -0x8000;

/** Results of {@link ranked}: the number of values of each lane below the one found, and up to it. */
export const BELOW = memory.data(16, 16);
export const UP_TO = memory.data(16, 16);

/** Largest step of a search, so that sums with it do not overflow. */
const LARGEST_STEP: i16 = 0x2000;

/** Counts the values of each lane above `limit`. */
export function countAbove(strip: usize, rows: i32, limit: v128): v128 {
  let even = i16x8.splat(0);
  let odd = even;
  let at = strip;
  const end = strip + (<usize> rows << 4);
  for (const last = end - 48; at < last; at += 64) {
    even = i16x8.sub(even, i16x8.gt_s(v128.load(at), limit));
    odd = i16x8.sub(odd, i16x8.gt_s(v128.load(at, 16), limit));
    even = i16x8.sub(even, i16x8.gt_s(v128.load(at, 32), limit));
    odd = i16x8.sub(odd, i16x8.gt_s(v128.load(at, 48), limit));
  }
  for (; at < end; at += 16) {
    even = i16x8.sub(even, i16x8.gt_s(v128.load(at), limit));
  }
  return i16x8.add(even, odd);
}

/**
 * Returns the value of each lane that sorting would put at `rank`, and writes BELOW and
 * UP_TO.
 *
 * @param low At most the smallest value.
 * @param high At least the largest one.
 * @param guess The probable value, within `reach`.
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
  const none = i16x8.splat(0);
  v128.store(BELOW, none);
  v128.store(UP_TO, i16x8.splat(<i16> rows));
  const probe = i16x8.add_sat_s(
    i16x8.max_s(low, i16x8.min_s(guess, high)),
    reach,
  );
  return search(strip, rows, low, high, rank, probe, reach, none, none);
}

/**
 * Returns the value of each lane at `rank`, which is from `low` to `high`.
 *
 * BELOW and UP_TO must have the numbers of values below `low` and up to `high`; they
 * receive those of the value found.
 *
 * @param probe The first value that is compared with it.
 * @param step From 1; the second probe is twice as far.
 * @param isAbove Lanes for which the value is known to be little above `low`.
 * @param isBelow Lanes for which it is known to be little below `high`.
 */
export function search(
  strip: usize,
  rows: i32,
  low: v128,
  high: v128,
  rank: v128,
  probe: v128,
  step: v128,
  isAbove: v128,
  isBelow: v128,
): v128 {
  const one = i16x8.splat(1);
  const all = i16x8.splat(<i16> rows);
  let from = low;
  let to = high;
  let below = v128.load(BELOW);
  let upTo = v128.load(UP_TO);
  while (v128.any_true(v128.xor(from, to))) {
    // Within [from, to - 1], or `from` where a lane is finished.
    const limit = i16x8.max_s(
      from,
      i16x8.min_s(probe, i16x8.sub_sat_s(to, one)),
    );
    const count = i16x8.sub(all, countAbove(strip, rows, limit));
    const enough = i16x8.gt_s(count, rank);
    to = v128.bitselect(limit, to, enough);
    upTo = v128.bitselect(count, upTo, enough);
    from = v128.bitselect(from, i16x8.add(limit, one), enough);
    below = v128.bitselect(below, count, enough);
    isBelow = v128.or(isBelow, enough);
    isAbove = v128.or(isAbove, v128.not(enough));
    // The step grows until both ends are near; then the interval is halved.
    step = i16x8.min_s(i16x8.add(step, step), i16x8.splat(LARGEST_STEP));
    const next = v128.bitselect(
      i16x8.sub_sat_s(limit, step),
      i16x8.add_sat_s(limit, step),
      enough,
    );
    const middle = i16x8.add(from, i16x8.shr_u(i16x8.sub(to, from), 1));
    probe = v128.bitselect(middle, next, v128.and(isAbove, isBelow));
  }
  v128.store(BELOW, below);
  v128.store(UP_TO, upTo);
  return from;
}

/**
 * Returns the largest value of each lane that is less than `upper`; -32768 without one.
 */
export function before(strip: usize, rows: i32, upper: v128): v128 {
  const lowest = i16x8.splat(OFFSET);
  let largest = lowest;
  const end = strip + (<usize> rows << 4);
  for (let at = strip; at < end; at += 16) {
    const value = v128.load(at);
    const isLess = i16x8.gt_s(upper, value);
    largest = i16x8.max_s(largest, v128.bitselect(value, lowest, isLess));
  }
  return largest;
}

/**
 * Returns the value of each lane at `rank - 1`.
 *
 * @param upper The value at `rank`, from {@link ranked}, with its BELOW; `rank >= 1`.
 */
export function rankedBefore(
  strip: usize,
  rows: i32,
  upper: v128,
  rank: v128,
): v128 {
  // Where the value at a rank is not the first of its kind, the one before is equal.
  const isFirst = i16x8.eq(v128.load(BELOW), rank);
  if (!v128.any_true(isFirst)) return upper;
  return v128.bitselect(before(strip, rows, upper), upper, isFirst);
}

/** Returns the absolute difference in each lane, from 0. */
export function distance(one: v128, other: v128): v128 {
  return i16x8.sub(i16x8.max_s(one, other), i16x8.min_s(one, other));
}

/** Returns the largest of eight unsigned lanes. */
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

/** Returns the sum of two 64-bit lanes. */
export function sumOfPair(sums: v128): i64 {
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
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
