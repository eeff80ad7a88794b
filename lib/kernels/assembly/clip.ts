/**
 * Steps 2 and 3 for 16-bit pixels, as `lib/preprocess/sigma_clip.ts` and `row_maxima.ts`
 * define them. The sums are of integers and therefore exact in any order.
 */
import { before, countWithin, distance, largestLane, ranked } from "./lanes";

const SIGMA: f64 = 3;
const ROUNDS = 5;

/** One value per lane: 32-bit sums of pixels, 64-bit sums of squares, bounds as floats. */
const SUMS = memory.data(8 * 4, 16);
const SQUARES = memory.data(8 * 8, 16);
const BOTTOMS = memory.data(8 * 8, 16);
const TOPS = memory.data(8 * 8, 16);
/** Vectors whose 16-bit lanes are read one by one. */
const COUNTS = memory.data(16, 16);
const UPPERS = memory.data(16, 16);
const LOWERS = memory.data(16, 16);
const LOWS = memory.data(16, 16);
const HIGHS = memory.data(16, 16);
const LEASTS = memory.data(16, 16);
const MOSTS = memory.data(16, 16);

/**
 * Clips each column of a plane.
 *
 * @param plane height × width values, 8 columns at least, fewer than 32768 rows.
 * @param base Physical value of a stored 0.
 * @param strip Buffer for 8 columns.
 * @param low Receives the smallest surviving value of each column.
 * @param high Receives the largest one.
 */
export function clip(
  plane: usize,
  width: i32,
  height: i32,
  base: f64,
  strip: usize,
  low: usize,
  high: usize,
): void {
  let guess = i16x8.splat(0);
  for (let left = 0; left < width; left += 8) {
    // The last strip overlaps the one before it.
    const column = min(left, width - 8);
    gather(plane + (<usize> column << 1), <usize> width << 1, height, strip);
    guess = clipStrip(strip, height, base, guess);
    v128.store(low + (<usize> column << 1), v128.load(LOWS));
    v128.store(high + (<usize> column << 1), v128.load(HIGHS));
  }
}

/** Copies 8 columns to contiguous memory, and their extremes to LEASTS and MOSTS. */
function gather(from: usize, stride: usize, rows: i32, strip: usize): void {
  let least = v128.load(from);
  let most = least;
  for (let row = 0; row < rows; row++) {
    const value = v128.load(from);
    v128.store(strip, value);
    least = i16x8.min_u(least, value);
    most = i16x8.max_u(most, value);
    from += stride;
    strip += 16;
  }
  v128.store(LEASTS, least);
  v128.store(MOSTS, most);
}

/** Writes the bounds of the surviving values to LOWS and HIGHS; returns the medians. */
function clipStrip(strip: usize, rows: i32, base: f64, guess: v128): v128 {
  const one = i16x8.splat(1);
  let low = v128.load(LEASTS);
  let high = v128.load(MOSTS);
  let count = i16x8.splat(<i16> rows);
  // Most columns resemble the previous one; later rounds resemble the first.
  let reach = i16x8.splat(8);
  v128.store(LOWS, low);
  v128.store(HIGHS, high);
  for (let lane = 0; lane < 8; lane++) {
    store<f64>(BOTTOMS + (lane << 3), -Infinity);
    store<f64>(TOPS + (lane << 3), Infinity);
  }
  for (let round = 0; round < ROUNDS; round++) {
    const rank = i16x8.shr_u(count, 1);
    const upper = ranked(strip, rows, low, high, rank, guess, reach);
    v128.store(UPPERS, upper);
    v128.store(LOWERS, before(strip, rows, low, upper, rank));
    v128.store(COUNTS, count);
    addUp(strip, rows, low, high, upper);
    for (let lane: usize = 0; lane < 8; lane++) bound(lane, base);
    const kept = countWithin(strip, rows, v128.load(LOWS), v128.load(HIGHS));
    const settled = i16x8.eq(kept, count);
    low = v128.load(LOWS);
    high = v128.load(HIGHS);
    guess = upper;
    reach = one;
    if (i16x8.all_true(settled)) break;
    count = kept;
  }
  return guess;
}

/**
 * Sums the values from `low` to `high` and the squares of their distances from `about`: in
 * 32 bits for as many rows as cannot overflow, then in 64 bits.
 */
function addUp(
  strip: usize,
  rows: i32,
  low: v128,
  high: v128,
  about: v128,
): void {
  const farthest: u32 = largestLane(i16x8.max_u(
    i16x8.sub_sat_u(high, about),
    i16x8.sub_sat_u(about, low),
  ));
  const most = min<u32>(rows, u32.MAX_VALUE / max<u32>(farthest * farthest, 1));
  const span = i16x8.sub(high, low);
  let sum0 = i32x4.splat(0), sum1 = sum0;
  let square0 = i64x2.splat(0),
    square1 = square0,
    square2 = square0,
    square3 = square0;
  const end = strip + (<usize> rows << 4);
  for (let at = strip; at < end;) {
    let near0 = i32x4.splat(0), near1 = near0;
    for (const stop = min(end, at + (<usize> most << 4)); at < stop; at += 16) {
      const value = v128.load(at);
      const within = i16x8.le_u(i16x8.sub(value, low), span);
      const kept = v128.and(value, within);
      const off = v128.and(distance(value, about), within);
      sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_u(kept));
      sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_u(kept));
      near0 = i32x4.add(near0, i32x4.extmul_low_i16x8_u(off, off));
      near1 = i32x4.add(near1, i32x4.extmul_high_i16x8_u(off, off));
    }
    square0 = i64x2.add(square0, i64x2.extend_low_i32x4_u(near0));
    square1 = i64x2.add(square1, i64x2.extend_high_i32x4_u(near0));
    square2 = i64x2.add(square2, i64x2.extend_low_i32x4_u(near1));
    square3 = i64x2.add(square3, i64x2.extend_high_i32x4_u(near1));
  }
  v128.store(SUMS, sum0);
  v128.store(SUMS, sum1, 16);
  v128.store(SQUARES, square0);
  v128.store(SQUARES, square1, 16);
  v128.store(SQUARES, square2, 32);
  v128.store(SQUARES, square3, 48);
}

/** Narrows the bounds of one lane to 3 standard deviations about its median. */
function bound(lane: usize, base: f64): void {
  const count = <f64> load<u16>(COUNTS + (lane << 1));
  const upper = <f64> load<u16>(UPPERS + (lane << 1));
  const lower = load<u16>(COUNTS + (lane << 1)) & 1
    ? upper
    : <f64> load<u16>(LOWERS + (lane << 1));
  const sum = <f64> load<u32>(SUMS + (lane << 2)) - count * upper;
  const squares = <f64> load<u64>(SQUARES + (lane << 3));
  const reach = SIGMA * sqrt(max<f64>(0, squares - sum * sum / count) / count);
  const centre = base + 0.5 * lower + 0.5 * upper;
  const bottom = max(load<f64>(BOTTOMS + (lane << 3)), centre - reach);
  const top = min(load<f64>(TOPS + (lane << 3)), centre + reach);
  store<f64>(BOTTOMS + (lane << 3), bottom);
  store<f64>(TOPS + (lane << 3), top);
  const least = <f64> load<u16>(LEASTS + (lane << 1));
  const most = <f64> load<u16>(MOSTS + (lane << 1));
  store<u16>(LOWS + (lane << 1), <u16> max(least, ceil(bottom) - base));
  store<u16>(HIGHS + (lane << 1), <u16> min(most, floor(top) - base));
}

/**
 * Finds the largest value of each row among those that survive the clip; NaN where none does.
 *
 * @param maxima Receives height floats, in physical units.
 */
export function rowMaxima(
  plane: usize,
  width: i32,
  height: i32,
  base: f64,
  low: usize,
  high: usize,
  maxima: usize,
): void {
  for (let row = 0; row < height; row++) {
    let largest = i16x8.splat(0);
    let any = largest;
    for (let left = 0; left < width; left += 8) {
      const at = <usize> min(left, width - 8) << 1;
      const value = v128.load(plane + at);
      const bottom = v128.load(low + at);
      const within = i16x8.le_u(
        i16x8.sub(value, bottom),
        i16x8.sub(v128.load(high + at), bottom),
      );
      largest = i16x8.max_u(largest, v128.and(value, within));
      any = v128.or(any, within);
    }
    store<f64>(
      maxima + (<usize> row << 3),
      v128.any_true(any) ? base + <f64> largestLane(largest) : NaN,
    );
    plane += <usize> width << 1;
  }
}
