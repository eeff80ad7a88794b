/**
 * A sample of the pixels and the light along both axes, as `lib/preprocess/statistics.ts`
 * defines them, for 16-bit pixels.
 */
import { countUpTo, findRanked } from "./blocks";
import { OFFSET, sumOfPair } from "./lanes";

/** The value found last, which is a guess for the next one. */
let lastRanked = 0;

/**
 * Copies evenly spaced pixels, less 32768.
 *
 * @param plane Address of `pixels` values.
 * @param count A multiple of 8.
 * @param into Receives `count` values.
 */
export function sampleEvenly(
  plane: usize,
  pixels: i32,
  count: i32,
  into: usize,
): void {
  const step = <f64> pixels / <f64> count;
  for (let k = 0; k < count; k++) {
    const place = <usize> (<f64> k * step);
    store<u16>(
      into + (<usize> k << 1),
      load<u16>(plane + (place << 1)) ^ <u16> OFFSET,
    );
  }
}

/** Returns the value that sorting a sample would put at `rank`. */
export function sampleRanked(sample: usize, count: i32, rank: i32): i32 {
  lastRanked = findRanked(sample, count >> 3, rank, lastRanked, 4);
  return lastRanked;
}

/** Counts the values of a sample up to `limit`. */
export function sampleCountUpTo(sample: usize, count: i32, limit: i32): i32 {
  return countUpTo(sample, count >> 3, limit);
}

/**
 * Sums the pixels of evenly spaced rows along both axes.
 *
 * @param first Address of the first pixel along both axes.
 * @param stride Bytes from one row to the next; may be negative.
 * @param rows Number of rows of the plane.
 * @param columns Number of columns of the plane.
 * @param depth Number of rows that are summed, at most 65536.
 * @param limit Largest value that is added to the sum of its row.
 * @param sums Receives the sum of each column as 32-bit integers.
 * @param largest Receives the largest value of each column.
 * @param slit Receives for each row the sum of its values up to `limit`, and the number of
 *   the others, as floats.
 */
export function addLight(
  first: usize,
  stride: isize,
  rows: i32,
  columns: i32,
  depth: i32,
  limit: i32,
  sums: usize,
  largest: usize,
  slit: usize,
): void {
  memory.fill(sums, 0, <usize> columns << 2);
  memory.fill(largest, 0, <usize> columns << 1);
  const offset = i16x8.splat(OFFSET);
  const top = i16x8.splat(<i16> limit ^ OFFSET);
  const whole = <usize> (columns & ~7) << 1;
  const end = <usize> columns << 1;
  for (let k = 0; k < depth; k++) {
    const place = <isize> ((<f64> k + 0.5) * <f64> rows / <f64> depth);
    const row = first + place * stride;
    let sum = i64x2.splat(0), cut = sum;
    let at: usize = 0;
    while (at < whole) {
      // As many values as the sums of a lane can hold.
      const stop = min(whole, at + 16 * 0x7fff);
      let near = i32x4.splat(0);
      let over = i16x8.splat(0);
      for (; at < stop; at += 16) {
        const value = v128.load(row + at);
        const isOver = i16x8.gt_s(v128.xor(value, offset), top);
        over = i16x8.sub(over, isOver);
        near = i32x4.add(
          near,
          i32x4.extadd_pairwise_i16x8_u(v128.andnot(value, isOver)),
        );
        const into = sums + (at << 1);
        v128.store(
          into,
          i32x4.add(v128.load(into), i32x4.extend_low_i16x8_u(value)),
        );
        v128.store(
          into,
          i32x4.add(v128.load(into, 16), i32x4.extend_high_i16x8_u(value)),
          16,
        );
        v128.store(
          largest + at,
          i16x8.max_u(v128.load(largest + at), value),
        );
      }
      sum = i64x2.add(sum, extendPairs(near));
      cut = i64x2.add(cut, extendPairs(i32x4.extadd_pairwise_i16x8_u(over)));
    }
    let rest: i64 = 0;
    let others: i64 = 0;
    for (; at < end; at += 2) {
      const value = <i32> load<u16>(row + at);
      const into = sums + (at << 1);
      store<u32>(into, load<u32>(into) + value);
      if (value > <i32> load<u16>(largest + at)) {
        store<u16>(largest + at, <u16> value);
      }
      if (value > limit) others++;
      else rest += value;
    }
    const to = slit + (<usize> k << 4);
    store<f64>(to, <f64> (rest + sumOfPair(sum)));
    store<f64>(to, <f64> (others + sumOfPair(cut)), 8);
  }
}

/** Returns the sums of four unsigned integers as two of 64 bits. */
function extendPairs(lanes: v128): v128 {
  return i64x2.add(
    i64x2.extend_low_i32x4_u(lanes),
    i64x2.extend_high_i32x4_u(lanes),
  );
}
