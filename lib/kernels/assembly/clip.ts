/**
 * Steps 2 and 3 for 16-bit pixels, as `lib/preprocess/sigma_clip.ts` and `row_maxima.ts`
 * define them. The sums are of integers and therefore exact in any order.
 */
import {
  before,
  BELOW,
  distance,
  largestLane,
  OFFSET,
  ranked,
  search,
  UP_TO,
} from "./lanes";

const SIGMA: f64 = 3;
const ROUNDS = 5;

/** One number per lane, in 16 bits less 32768. */
const LOWS = memory.data(16, 16);
const HIGHS = memory.data(16, 16);
const GUESS = memory.data(16, 16);
const REACH = memory.data(16, 16);
/** The smallest and the largest values of up to four strips, in turn. */
const EXTREMES = memory.data(4 * 32, 16);
/** One number per lane, in 16 bits: the values that survive, and those below them. */
const COUNTS = memory.data(16, 16);
const REJECTED = memory.data(16, 16);
/** One number per lane, in 32 bits: sums of distances from a value of the column. */
const SUMS = memory.data(8 * 4, 16);
/** One number per lane, in 32 bits, as {@link bound} takes them. */
const WIDE_COUNTS = memory.data(8 * 4, 16);
const UPPERS = memory.data(8 * 4, 16);
const LOWERS = memory.data(8 * 4, 16);
const MOVED = memory.data(8 * 4, 16);
const WIDE_LOWS = memory.data(8 * 4, 16);
const WIDE_HIGHS = memory.data(8 * 4, 16);
/** One float per lane: sums of squares, bounds, and the extremes of the column. */
const SQUARES = memory.data(8 * 8, 16);
const BOTTOMS = memory.data(8 * 8, 16);
const TOPS = memory.data(8 * 8, 16);
const FLOAT_LEASTS = memory.data(8 * 8, 16);
const FLOAT_MOSTS = memory.data(8 * 8, 16);

/** First step of a search for the median of the next round, which is near. */
const STEP: i16 = 2;
/** Rows from which four strips are copied at a time, although they do not fit the first cache. */
const HIGH = 1024;
/** Largest step of the search for a median near that of the previous column. */
const LARGEST_REACH: i16 = 256;

/**
 * Clips each column of a plane.
 *
 * @param plane height × width values, 8 columns at least, fewer than 32768 rows.
 * @param base Physical value of a stored 0.
 * @param strips Buffer for 32 columns.
 * @param low Receives the smallest surviving value of each column.
 * @param high Receives the largest one.
 */
export function clip(
  plane: usize,
  width: i32,
  height: i32,
  base: f64,
  strips: usize,
  low: usize,
  high: usize,
): void {
  const stride = <usize> width << 1;
  const size = <usize> height << 4;
  v128.store(GUESS, i16x8.splat(OFFSET));
  v128.store(REACH, i16x8.splat(1));
  let left = 0;
  // In a high plane, a cache line is lost before the next strip of it is read.
  const last = height < HIGH ? -1 : width - 32;
  for (; left <= last; left += 32) {
    gatherFour(plane + (<usize> left << 1), stride, height, strips);
    for (let strip: usize = 0; strip < 4; strip++) {
      const at = (<usize> left << 1) + (strip << 4);
      const extremes = EXTREMES + (strip << 5);
      clipNext(
        strips + strip * size,
        height,
        base,
        extremes,
        low + at,
        high + at,
      );
    }
  }
  for (; left < width; left += 8) {
    // The last strip overlaps the one before it.
    const at = <usize> min(left, width - 8) << 1;
    gather(plane + at, stride, height, strips);
    clipNext(strips, height, base, EXTREMES, low + at, high + at);
  }
}

/** Clips a strip that resembles the one before it. */
function clipNext(
  strip: usize,
  height: i32,
  base: f64,
  extremes: usize,
  low: usize,
  high: usize,
): void {
  const offset = i16x8.splat(OFFSET);
  const guess = v128.load(GUESS);
  const least = v128.load(extremes);
  const most = v128.load(extremes, 16);
  const median = clipStrip(
    strip,
    height,
    base,
    least,
    most,
    guess,
    v128.load(REACH),
  );
  // Most columns differ as much from the previous ones as these did.
  const reach = i16x8.max_u(distance(median, guess), i16x8.splat(1));
  v128.store(REACH, i16x8.min_u(reach, i16x8.splat(LARGEST_REACH)));
  v128.store(GUESS, median);
  v128.store(low, v128.xor(v128.load(LOWS), offset));
  v128.store(high, v128.xor(v128.load(HIGHS), offset));
}

/** Copies 8 columns to contiguous memory, less 32768, and their extremes to EXTREMES. */
function gather(from: usize, stride: usize, rows: i32, strip: usize): void {
  const offset = i16x8.splat(OFFSET);
  let least = v128.xor(v128.load(from), offset);
  let most = least;
  for (let row = 0; row < rows; row++) {
    const value = v128.xor(v128.load(from), offset);
    v128.store(strip, value);
    least = i16x8.min_s(least, value);
    most = i16x8.max_s(most, value);
    from += stride;
    strip += 16;
  }
  v128.store(EXTREMES, least);
  v128.store(EXTREMES, most, 16);
}

/** {@link gather} for four strips of 8 columns, one after another. */
function gatherFour(from: usize, stride: usize, rows: i32, strip: usize): void {
  const offset = i16x8.splat(OFFSET);
  const size = <usize> rows << 4;
  let least0 = i16x8.splat(i16.MAX_VALUE), most0 = offset;
  let least1 = least0, most1 = offset;
  let least2 = least0, most2 = offset;
  let least3 = least0, most3 = offset;
  for (let row = 0; row < rows; row++) {
    const value0 = v128.xor(v128.load(from), offset);
    const value1 = v128.xor(v128.load(from, 16), offset);
    const value2 = v128.xor(v128.load(from, 32), offset);
    const value3 = v128.xor(v128.load(from, 48), offset);
    v128.store(strip, value0);
    v128.store(strip + size, value1);
    v128.store(strip + 2 * size, value2);
    v128.store(strip + 3 * size, value3);
    least0 = i16x8.min_s(least0, value0);
    most0 = i16x8.max_s(most0, value0);
    least1 = i16x8.min_s(least1, value1);
    most1 = i16x8.max_s(most1, value1);
    least2 = i16x8.min_s(least2, value2);
    most2 = i16x8.max_s(most2, value2);
    least3 = i16x8.min_s(least3, value3);
    most3 = i16x8.max_s(most3, value3);
    from += stride;
    strip += 16;
  }
  v128.store(EXTREMES, least0);
  v128.store(EXTREMES, most0, 16);
  v128.store(EXTREMES, least1, 32);
  v128.store(EXTREMES, most1, 48);
  v128.store(EXTREMES, least2, 64);
  v128.store(EXTREMES, most2, 80);
  v128.store(EXTREMES, least3, 96);
  v128.store(EXTREMES, most3, 112);
}

/**
 * Writes the bounds of the surviving values to LOWS and HIGHS; returns the medians of all
 * values.
 *
 * The medians of later rounds are ranks among all values, of which those below the bounds
 * come first. Most of them equal the first median, which needs no search.
 */
function clipStrip(
  strip: usize,
  rows: i32,
  base: f64,
  least: v128,
  most: v128,
  guess: v128,
  reach: v128,
): v128 {
  const one = i16x8.splat(1);
  let low = least;
  let high = most;
  let count = i16x8.splat(<i16> rows);
  let rank = i16x8.shr_u(count, 1);
  const first = ranked(strip, rows, low, high, rank, guess, reach);
  let upper = first;
  // Of each lane that was searched last, the values below the median and up to it.
  let below = v128.load(BELOW);
  let upTo = v128.load(UP_TO);
  storeFloats(FLOAT_LEASTS, least);
  storeFloats(FLOAT_MOSTS, most);
  for (let at: usize = 0; at < 64; at += 16) {
    v128.store(BOTTOMS + at, f64x2.splat(-Infinity));
    v128.store(TOPS + at, f64x2.splat(Infinity));
  }
  addUp(strip, rows, low, high, first, true);
  for (let round = 1;; round++) {
    // An odd number has one middle value. A median that is not the first of its kind has an
    // equal one before it.
    const isFirst = v128.and(
      i16x8.eq(below, rank),
      i16x8.eq(v128.and(count, one), i16x8.splat(0)),
    );
    const lower = v128.any_true(isFirst)
      ? v128.bitselect(before(strip, rows, upper), upper, isFirst)
      : upper;
    storeWords(UPPERS, upper);
    storeWords(LOWERS, lower);
    v128.store(WIDE_COUNTS, i32x4.extend_low_i16x8_s(count));
    v128.store(WIDE_COUNTS, i32x4.extend_high_i16x8_s(count), 16);
    storeDifferences(MOVED, upper, first);
    bound(base);
    low = loadWords(WIDE_LOWS);
    high = loadWords(WIDE_HIGHS);
    if (round == ROUNDS) break;
    const isWhole = v128.and(i16x8.eq(low, least), i16x8.eq(high, most));
    if (i16x8.all_true(isWhole)) break;
    addUp(strip, rows, low, high, first, false);
    const kept = v128.load(COUNTS);
    if (i16x8.all_true(i16x8.eq(kept, count))) break;
    count = kept;
    const rejected = v128.load(REJECTED);
    rank = i16x8.add(rejected, i16x8.shr_u(count, 1));
    const isAbove = i16x8.le_s(upTo, rank);
    const isBelow = i16x8.gt_s(below, rank);
    if (!v128.any_true(v128.or(isAbove, isBelow))) continue;
    const next = i16x8.add_sat_s(upper, one);
    const previous = i16x8.sub_sat_s(upper, one);
    const step = i16x8.splat(STEP);
    const from = v128.bitselect(
      next,
      v128.bitselect(low, upper, isBelow),
      isAbove,
    );
    const to = v128.bitselect(
      high,
      v128.bitselect(previous, upper, isBelow),
      isAbove,
    );
    v128.store(
      BELOW,
      v128.bitselect(
        upTo,
        v128.bitselect(rejected, below, isBelow),
        isAbove,
      ),
    );
    v128.store(
      UP_TO,
      v128.bitselect(
        i16x8.add(rejected, count),
        v128.bitselect(below, upTo, isBelow),
        isAbove,
      ),
    );
    const probe = v128.bitselect(
      i16x8.add_sat_s(upper, step),
      i16x8.sub_sat_s(previous, step),
      isAbove,
    );
    upper = search(strip, rows, from, to, rank, probe, step, isAbove, isBelow);
    below = v128.load(BELOW);
    upTo = v128.load(UP_TO);
  }
  v128.store(LOWS, low);
  v128.store(HIGHS, high);
  return first;
}

/** Writes 8 values as 32-bit integers from 0. */
function storeWords(to: usize, values: v128): void {
  const words = v128.xor(values, i16x8.splat(OFFSET));
  v128.store(to, i32x4.extend_low_i16x8_u(words));
  v128.store(to, i32x4.extend_high_i16x8_u(words), 16);
}

function loadWords(from: usize): v128 {
  const half = i32x4.splat(0x8000);
  return i16x8.narrow_i32x4_s(
    i32x4.sub(v128.load(from), half),
    i32x4.sub(v128.load(from, 16), half),
  );
}

/** Writes 8 values as floats from 0. */
function storeFloats(to: usize, values: v128): void {
  storeWords(UPPERS, values);
  for (let lane: usize = 0; lane < 8; lane += 2) {
    v128.store(
      to + (lane << 3),
      f64x2.convert_low_i32x4_s(v128.load64_zero(UPPERS + (lane << 2))),
    );
  }
}

function storeDifferences(to: usize, one: v128, other: v128): void {
  v128.store(
    to,
    i32x4.sub(
      i32x4.extend_low_i16x8_s(one),
      i32x4.extend_low_i16x8_s(other),
    ),
  );
  v128.store(
    to,
    i32x4.sub(
      i32x4.extend_high_i16x8_s(one),
      i32x4.extend_high_i16x8_s(other),
    ),
    16,
  );
}

/**
 * Sums the distances of the values from `low` to `high` from `about`, and their squares, to
 * SUMS and SQUARES; counts them, and the values below them, to COUNTS and REJECTED.
 *
 * @param isWhole Whether `low` and `high` exclude no value. Then nothing is counted.
 */
function addUp(
  strip: usize,
  rows: i32,
  low: v128,
  high: v128,
  about: v128,
  isWhole: bool,
): void {
  const farthest: u32 = largestLane(
    i16x8.max_u(distance(high, about), distance(about, low)),
  );
  for (let at: usize = 0; at < 64; at += 16) {
    v128.store(SQUARES + at, f64x2.splat(0));
  }
  // In 32 bits for as many rows as cannot overflow, then in floats, which are exact.
  const most = min<u32>(rows, u32.MAX_VALUE / max<u32>(farthest * farthest, 1));
  if (farthest > 0x7fff) addUpFar(strip, rows, low, high, about, most);
  else if (isWhole) addUpAll(strip, rows, about, most);
  else addUpWithin(strip, rows, low, high, about, most);
}

/** {@link addUp} for distances of 15 bits, of all values. */
function addUpAll(strip: usize, rows: i32, about: v128, most: i32): void {
  const ones = i16x8.splat(1);
  let sum0 = i32x4.splat(0), sum1 = sum0;
  const end = strip + (<usize> rows << 4);
  for (let at = strip; at < end;) {
    let near0 = i32x4.splat(0), near1 = near0;
    const stop = min(end, at + (<usize> most << 4));
    // Two rows at a time: pairs of products are added in one instruction.
    for (const last = stop - 16; at < last; at += 32) {
      const one = i16x8.sub(v128.load(at), about);
      const two = i16x8.sub(v128.load(at, 16), about);
      const left = interleaveLow(one, two);
      const right = interleaveHigh(one, two);
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(left, ones));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(right, ones));
      near0 = i32x4.add(near0, i32x4.dot_i16x8_s(left, left));
      near1 = i32x4.add(near1, i32x4.dot_i16x8_s(right, right));
    }
    if (at < stop) {
      const off = i16x8.sub(v128.load(at), about);
      sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_s(off));
      sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_s(off));
      near0 = i32x4.add(near0, i32x4.extmul_low_i16x8_s(off, off));
      near1 = i32x4.add(near1, i32x4.extmul_high_i16x8_s(off, off));
      at += 16;
    }
    addSquares(near0, near1);
  }
  v128.store(SUMS, sum0);
  v128.store(SUMS, sum1, 16);
}

/** {@link addUp} for distances of 15 bits. */
function addUpWithin(
  strip: usize,
  rows: i32,
  low: v128,
  high: v128,
  about: v128,
  most: i32,
): void {
  const ones = i16x8.splat(1);
  let sum0 = i32x4.splat(0), sum1 = sum0;
  let less = i16x8.splat(0), more = less;
  const end = strip + (<usize> rows << 4);
  for (let at = strip; at < end;) {
    let near0 = i32x4.splat(0), near1 = near0;
    const stop = min(end, at + (<usize> most << 4));
    for (const last = stop - 16; at < last; at += 32) {
      const one = v128.load(at);
      const two = v128.load(at, 16);
      const oneLess = i16x8.gt_s(low, one), oneMore = i16x8.gt_s(one, high);
      const twoLess = i16x8.gt_s(low, two), twoMore = i16x8.gt_s(two, high);
      less = i16x8.sub(i16x8.sub(less, oneLess), twoLess);
      more = i16x8.sub(i16x8.sub(more, oneMore), twoMore);
      const oneOff = v128.andnot(
        i16x8.sub(one, about),
        v128.or(oneLess, oneMore),
      );
      const twoOff = v128.andnot(
        i16x8.sub(two, about),
        v128.or(twoLess, twoMore),
      );
      const left = interleaveLow(oneOff, twoOff);
      const right = interleaveHigh(oneOff, twoOff);
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(left, ones));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(right, ones));
      near0 = i32x4.add(near0, i32x4.dot_i16x8_s(left, left));
      near1 = i32x4.add(near1, i32x4.dot_i16x8_s(right, right));
    }
    if (at < stop) {
      const value = v128.load(at);
      const isLess = i16x8.gt_s(low, value), isMore = i16x8.gt_s(value, high);
      less = i16x8.sub(less, isLess);
      more = i16x8.sub(more, isMore);
      const off = v128.andnot(
        i16x8.sub(value, about),
        v128.or(isLess, isMore),
      );
      sum0 = i32x4.add(sum0, i32x4.extend_low_i16x8_s(off));
      sum1 = i32x4.add(sum1, i32x4.extend_high_i16x8_s(off));
      near0 = i32x4.add(near0, i32x4.extmul_low_i16x8_s(off, off));
      near1 = i32x4.add(near1, i32x4.extmul_high_i16x8_s(off, off));
      at += 16;
    }
    addSquares(near0, near1);
  }
  v128.store(SUMS, sum0);
  v128.store(SUMS, sum1, 16);
  storeCounts(rows, less, more);
}

/** {@link addUp} for distances of 16 bits, as in a column with saturated pixels. */
function addUpFar(
  strip: usize,
  rows: i32,
  low: v128,
  high: v128,
  about: v128,
  most: i32,
): void {
  const about0 = i32x4.extend_low_i16x8_s(about);
  const about1 = i32x4.extend_high_i16x8_s(about);
  let sum0 = i32x4.splat(0), sum1 = sum0;
  let less = i16x8.splat(0), more = less;
  const end = strip + (<usize> rows << 4);
  for (let at = strip; at < end;) {
    let near0 = i32x4.splat(0), near1 = near0;
    const stop = min(end, at + (<usize> most << 4));
    for (; at < stop; at += 16) {
      const value = v128.load(at);
      const isLess = i16x8.gt_s(low, value), isMore = i16x8.gt_s(value, high);
      const isWithin = v128.not(v128.or(isLess, isMore));
      less = i16x8.sub(less, isLess);
      more = i16x8.sub(more, isMore);
      const off0 = v128.and(
        i32x4.sub(i32x4.extend_low_i16x8_s(value), about0),
        i32x4.extend_low_i16x8_s(isWithin),
      );
      const off1 = v128.and(
        i32x4.sub(i32x4.extend_high_i16x8_s(value), about1),
        i32x4.extend_high_i16x8_s(isWithin),
      );
      sum0 = i32x4.add(sum0, off0);
      sum1 = i32x4.add(sum1, off1);
      near0 = i32x4.add(near0, i32x4.mul(off0, off0));
      near1 = i32x4.add(near1, i32x4.mul(off1, off1));
    }
    addSquares(near0, near1);
  }
  v128.store(SUMS, sum0);
  v128.store(SUMS, sum1, 16);
  storeCounts(rows, less, more);
}

function interleaveLow(one: v128, two: v128): v128 {
  return v128.shuffle<u16>(one, two, 0, 8, 1, 9, 2, 10, 3, 11);
}

function interleaveHigh(one: v128, two: v128): v128 {
  return v128.shuffle<u16>(one, two, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Adds unsigned sums of 4 + 4 lanes to SQUARES. */
function addSquares(near0: v128, near1: v128): void {
  addPair(0, near0);
  addPair(16, v128.shuffle<u64>(near0, near0, 1, 1));
  addPair(32, near1);
  addPair(48, v128.shuffle<u64>(near1, near1, 1, 1));
}

function addPair(at: usize, near: v128): void {
  v128.store(
    SQUARES + at,
    f64x2.add(v128.load(SQUARES + at), f64x2.convert_low_i32x4_u(near)),
  );
}

function storeCounts(rows: i32, less: v128, more: v128): void {
  const all = i16x8.splat(<i16> rows);
  v128.store(COUNTS, i16x8.sub(all, i16x8.add(less, more)));
  v128.store(REJECTED, less);
}

/** Narrows the bounds of each lane to 3 standard deviations about its median. */
function bound(base: f64): void {
  const half = f64x2.splat(0.5);
  const pedestal = f64x2.splat(base);
  for (let lane: usize = 0; lane < 8; lane += 2) {
    const word = lane << 2;
    const float = lane << 3;
    const count = loadPair(WIDE_COUNTS + word);
    const moved = loadPair(MOVED + word);
    // From distances from the first median to distances from this one: integers, exactly.
    const distances = loadPair(SUMS + word);
    const shift = f64x2.mul(count, moved);
    const sum = f64x2.sub(distances, shift);
    const squares = f64x2.sub(
      v128.load(SQUARES + float),
      f64x2.mul(moved, f64x2.add(distances, sum)),
    );
    const excess = f64x2.sub(squares, f64x2.div(f64x2.mul(sum, sum), count));
    const reach = f64x2.mul(
      f64x2.splat(SIGMA),
      f64x2.sqrt(f64x2.div(f64x2.max(f64x2.splat(0), excess), count)),
    );
    const centre = f64x2.add(
      f64x2.add(pedestal, f64x2.mul(half, loadPair(LOWERS + word))),
      f64x2.mul(half, loadPair(UPPERS + word)),
    );
    const bottom = f64x2.max(
      v128.load(BOTTOMS + float),
      f64x2.sub(centre, reach),
    );
    const top = f64x2.min(v128.load(TOPS + float), f64x2.add(centre, reach));
    v128.store(BOTTOMS + float, bottom);
    v128.store(TOPS + float, top);
    const low = f64x2.max(
      v128.load(FLOAT_LEASTS + float),
      f64x2.sub(f64x2.ceil(bottom), pedestal),
    );
    const high = f64x2.min(
      v128.load(FLOAT_MOSTS + float),
      f64x2.sub(f64x2.floor(top), pedestal),
    );
    v128.store64_lane(
      WIDE_LOWS + word,
      i32x4.trunc_sat_f64x2_s_zero(low),
      0,
    );
    v128.store64_lane(
      WIDE_HIGHS + word,
      i32x4.trunc_sat_f64x2_s_zero(high),
      0,
    );
  }
}

/** Loads two integers of 32 bits as floats. */
function loadPair(from: usize): v128 {
  return f64x2.convert_low_i32x4_s(v128.load64_zero(from));
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
