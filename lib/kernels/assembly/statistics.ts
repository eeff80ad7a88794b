/**
 * A sample of the pixels and the light along both axes, as `lib/preprocess/statistics.ts`
 * defines them, for 16-bit pixels.
 */
import { countUpTo, findRanked } from "./blocks";
import { getFloat, setFloat } from "./floats";
import { OFFSET, sumOfPair } from "./lanes";
import { medianFloat } from "./select";

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

/**
 * Averages columns to points.
 *
 * @param sums The sum of each column.
 * @param largest The largest value of each column, which is left out.
 * @param columns Number of columns.
 * @param depth Number of rows that were summed.
 * @param dark What is subtracted from each value.
 * @param count Number of points, at most that of the columns.
 * @param points Receives the points as floats.
 * @param weights Buffer for as many floats.
 */
export function averagePoints(
  sums: usize,
  largest: usize,
  columns: i32,
  depth: i32,
  dark: f64,
  count: i32,
  points: usize,
  weights: usize,
): void {
  memory.fill(points, 0, <usize> count << 3);
  memory.fill(weights, 0, <usize> count << 3);
  const others = <f64> depth - 1;
  for (let column = 0; column < columns; column++) {
    const sum = <f64> load<u32>(sums + (<usize> column << 2));
    const most = <f64> load<u16>(largest + (<usize> column << 1));
    const light = (sum - most - others * dark) / others;
    const point = <i32> (<f64> column * <f64> count / <f64> columns);
    setFloat(points, point, getFloat(points, point) + light);
    setFloat(weights, point, getFloat(weights, point) + 1);
  }
  for (let k = 0; k < count; k++) {
    setFloat(points, k, getFloat(points, k) / getFloat(weights, k));
  }
}

/**
 * Averages the rows of {@link addLight}.
 *
 * @param slit Its result, the beginning of which receives the means.
 * @param depth Number of rows.
 * @param columns Number of columns.
 * @param dark What is subtracted from each value.
 * @param cut What a value above the limit counts as, less `dark`.
 */
export function averageRows(
  slit: usize,
  depth: i32,
  columns: i32,
  dark: f64,
  cut: f64,
): void {
  for (let k = 0; k < depth; k++) {
    const sum = getFloat(slit, 2 * k);
    const above = getFloat(slit, 2 * k + 1);
    const light = sum - (<f64> columns - above) * dark + above * cut;
    setFloat(slit, k, light / <f64> columns);
  }
}

/**
 * Averages floats to parts of equal length, at least two, between the nearest two of which
 * each is shared.
 *
 * @param sums Receives the means of the parts.
 * @param weights Buffer for as many floats.
 */
export function averageParts(
  values: usize,
  count: i32,
  parts: i32,
  sums: usize,
  weights: usize,
): void {
  memory.fill(sums, 0, <usize> parts << 3);
  memory.fill(weights, 0, <usize> parts << 3);
  for (let k = 0; k < count; k++) {
    const place = (<f64> k + 0.5) * <f64> parts / <f64> count - 0.5;
    const clamped = max<f64>(0, min<f64>(place, parts - 1));
    const first = min(<i32> clamped, parts - 2);
    const share = clamped - <f64> first;
    const value = getFloat(values, k);
    setFloat(sums, first, getFloat(sums, first) + (1 - share) * value);
    setFloat(weights, first, getFloat(weights, first) + (1 - share));
    setFloat(sums, first + 1, getFloat(sums, first + 1) + share * value);
    setFloat(weights, first + 1, getFloat(weights, first + 1) + share);
  }
  for (let k = 0; k < parts; k++) {
    const weight = getFloat(weights, k);
    setFloat(sums, k, weight == 0 ? 0 : getFloat(sums, k) / weight);
  }
}

/** Least height of a line: in deviations, as a share of the spectrum, in standard errors. */
const DEVIATIONS: f64 = 6;
const SHARE: f64 = 0.05;
const ERRORS: f64 = 5;

/** Most lines that are the brightest. */
const BRIGHTEST = 7;

/**
 * Finds the emission lines of a spectrum.
 *
 * @param points `count` floats.
 * @param residual The points less their running median.
 * @param error Standard error of a point.
 * @param scratch Buffer for `count` floats, and for 15 after these.
 * @param light Receives the sum of the light of the lines.
 * @param brightest Receives the points of the brightest as integers of 32 bits, from the
 *   brightest on; room for eight.
 * @returns The number of lines.
 */
export function findLines(
  points: usize,
  residual: usize,
  count: i32,
  error: f64,
  scratch: usize,
  light: usize,
  brightest: usize,
): i32 {
  for (let k = 0; k < count; k++) {
    setFloat(scratch, k, abs(getFloat(residual, k)));
  }
  const deviation = 1.4826 * medianFloat(scratch, count);
  let lines = 0;
  let sum: f64 = 0;
  for (let k = 0; k < count; k++) {
    const value = getFloat(residual, k);
    const base = max(0, getFloat(points, k) - value);
    const least = max(
      DEVIATIONS * deviation,
      max(SHARE * base, ERRORS * error),
    );
    if (value <= least) continue;
    sum += value;
    const before = k > 0 ? getFloat(residual, k - 1) : 0;
    const after = k + 1 < count ? getFloat(residual, k + 1) : 0;
    if (!(value > before && value >= after)) continue;
    // Of equal lines, the first ones are the brightest.
    let at = min(lines, BRIGHTEST);
    while (at > 0 && getFloat(residual, getCount(brightest, at - 1)) < value) {
      setCount(brightest, at, getCount(brightest, at - 1));
      at--;
    }
    setCount(brightest, at, k);
    lines++;
  }
  store<f64>(light, sum);
  return lines;
}

function getCount(values: usize, k: i32): i32 {
  return load<i32>(values + (<usize> k << 2));
}

function setCount(values: usize, k: i32, value: i32): void {
  store<i32>(values + (<usize> k << 2), value);
}
