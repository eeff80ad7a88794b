/**
 * Hits and residuals in a block of 48 × 48 pixels, as `lib/preprocess/features_hits.ts`
 * defines them, for 16-bit pixels.
 *
 * The medians of columns are means of two integers, those of rows are means of two halves:
 * residuals are stored as integers, in quarters of a count.
 */
import { BLOCK, evens, findRanked, RANK_16, RANK_84 } from "./blocks";
import { OFFSET, ranked, rankedBefore, sumOfPair, turnLanes } from "./lanes";
import { select } from "./select";

export const PLAIN: f64 = 1.5;
export const HIT: f64 = 6;
export const HIGH: f64 = 30;
export const CLIP: f64 = 4;
/** More than any residual. */
const LARGEST: f64 = 1e9;

/** Residuals of the block in quarters of a count, 32 bits each. */
const RESIDUALS = memory.data(BLOCK * BLOCK * 4, 16);
const SIDE: usize = BLOCK;
const ROW_BYTES: usize = BLOCK * 4;
/** Number of vectors of LINES, which has every second pixel of 8 lines, less 32768. */
const HALF: usize = BLOCK / 2;
const LINES = memory.data(BLOCK / 2 * 16, 16);
/** Size of SAMPLE, which has every fourth residual, offset by 32768. */
const SAMPLED: usize = BLOCK * BLOCK / 4;
const SAMPLE = memory.data(BLOCK * BLOCK / 2, 16);
/** Values that exceed 16 bits. */
const WIDE = memory.data(BLOCK * BLOCK, 16);
/** Twice the medians of 8 lines. */
const MEDIANS = memory.data(8 * 4, 16);
const LEAST_MIDDLES = memory.data(16, 16);

/** The results of the previous block, as guesses. */
let lastLow = 0x8000;
let lastHigh = 0x8000;

/**
 * Counts the hits of a block.
 *
 * @param first Address of its first pixel.
 * @param stride Bytes from one row to the next; may be negative.
 * @param own Noise of the block.
 * @param noise Noise of the quiet blocks.
 * @param residuals Receives 576 floats, in units of the block's noise, if it is plain.
 * @param sums Eight floats to add to: hits of one pixel, high hits, hits of several pixels,
 *   hits below, products of neighbours along and across, squares, pixels.
 * @returns Whether the block is plain.
 */
export function countHits(
  first: usize,
  stride: isize,
  own: f64,
  noise: f64,
  residuals: usize,
  sums: usize,
): bool {
  subtractColumnMedians(first, stride);
  subtractRowMedians();
  if (spread() > PLAIN * own) return false;
  const unit = f64x2.splat(own);
  for (let k: usize = 0; k < SAMPLED; k += 2) {
    const at = RESIDUALS + (k << 4);
    const pair = v128.load32_lane(at + 16, v128.load32_zero(at), 1);
    const counts = f64x2.mul(
      f64x2.splat(0.25),
      f64x2.convert_low_i32x4_s(pair),
    );
    v128.store(residuals + (k << 3), f64x2.div(counts, unit));
  }
  count(own, noise, sums);
  correlate(own, sums);
  add(sums, 7, BLOCK * BLOCK);
  return true;
}

/** Writes twice the difference from the median of the column to RESIDUALS. */
function subtractColumnMedians(first: usize, stride: isize): void {
  let guess = i16x8.splat(0);
  for (let column: usize = 0; column < SIDE; column += 8) {
    const top = first + (column << 1);
    for (let line: usize = 0; line < HALF; line++) {
      const value = v128.load(top + 2 * <isize> line * stride);
      v128.store(LINES + (line << 4), v128.xor(value, i16x8.splat(OFFSET)));
    }
    guess = medians(guess, i32x4.splat(-2 * <i32> OFFSET));
    const low = v128.load(MEDIANS);
    const high = v128.load(MEDIANS, 16);
    let from = top;
    let to = RESIDUALS + (column << 2);
    for (let row: usize = 0; row < SIDE; row++) {
      const value = v128.load(from);
      const twiceLow = i32x4.shl(i32x4.extend_low_i16x8_u(value), 1);
      const twiceHigh = i32x4.shl(i32x4.extend_high_i16x8_u(value), 1);
      v128.store(to, i32x4.sub(twiceLow, low));
      v128.store(to, i32x4.sub(twiceHigh, high), 16);
      from += stride;
      to += ROW_BYTES;
    }
  }
}

/** Doubles RESIDUALS and subtracts twice the median of each row. */
function subtractRowMedians(): void {
  const none = i32x4.splat(0);
  let guess = none;
  for (let top: usize = 0; top < SIDE; top += 8) {
    const start = RESIDUALS + top * ROW_BYTES;
    for (let third: usize = 0; third < 3; third++) {
      const at = start + third * 64;
      turnLanes(
        narrowEvens(at),
        narrowEvens(at + ROW_BYTES),
        narrowEvens(at + 2 * ROW_BYTES),
        narrowEvens(at + 3 * ROW_BYTES),
        narrowEvens(at + 4 * ROW_BYTES),
        narrowEvens(at + 5 * ROW_BYTES),
        narrowEvens(at + 6 * ROW_BYTES),
        narrowEvens(at + 7 * ROW_BYTES),
        LINES + third * 128,
        16,
      );
    }
    guess = medians(guess, none);
    // A median that was clamped to 16 bits is computed again in 32 bits.
    const least = i16x8.eq(v128.load(LEAST_MIDDLES), i16x8.splat(OFFSET));
    const most = i16x8.eq(guess, i16x8.splat(i16.MAX_VALUE));
    if (v128.any_true(v128.or(least, most))) wideMedians(start);
    for (let row: usize = 0; row < 8; row++) {
      const twice = i32x4.splat(load<i32>(MEDIANS + (row << 2)));
      const line = start + row * ROW_BYTES;
      for (let at = line; at < line + ROW_BYTES; at += 16) {
        v128.store(at, i32x4.sub(i32x4.shl(v128.load(at), 1), twice));
      }
    }
  }
}

/** Computes MEDIANS of 8 rows of RESIDUALS, one by one in 32 bits. */
function wideMedians(start: usize): void {
  for (let row: usize = 0; row < 8; row++) {
    for (let k: usize = 0; k < HALF; k++) {
      store<i32>(
        WIDE + (k << 2),
        load<i32>(start + row * ROW_BYTES + (k << 3)),
      );
    }
    const upper = select(WIDE, HALF, HALF / 2);
    const lower = select(WIDE, HALF, HALF / 2 - 1);
    store<i32>(MEDIANS + (row << 2), upper + lower);
  }
}

/** Returns every second of 16 values, clamped to 16 bits. */
function narrowEvens(at: usize): v128 {
  const one = i16x8.narrow_i32x4_s(v128.load(at), v128.load(at, 16));
  const two = i16x8.narrow_i32x4_s(v128.load(at, 32), v128.load(at, 48));
  return evens(one, two);
}

/** Writes twice the medians of the 8 LINES, and `offset`, to MEDIANS; returns the upper middle values. */
function medians(guess: v128, offset: v128): v128 {
  let least = v128.load(LINES);
  let most = least;
  for (let at = LINES + 16; at < LINES + HALF * 16; at += 16) {
    const value = v128.load(at);
    least = i16x8.min_s(least, value);
    most = i16x8.max_s(most, value);
  }
  const rank = i16x8.splat(<i16> (HALF / 2));
  const upper = ranked(
    LINES,
    <i32> HALF,
    least,
    most,
    rank,
    guess,
    i16x8.splat(2),
  );
  const lower = rankedBefore(LINES, <i32> HALF, upper, rank);
  v128.store(LEAST_MIDDLES, lower);
  const low = i32x4.add(
    i32x4.extend_low_i16x8_s(upper),
    i32x4.extend_low_i16x8_s(lower),
  );
  const high = i32x4.add(
    i32x4.extend_high_i16x8_s(upper),
    i32x4.extend_high_i16x8_s(lower),
  );
  v128.store(MEDIANS, i32x4.add(low, offset));
  v128.store(MEDIANS, i32x4.add(high, offset), 16);
  return upper;
}

/** Returns half of the distance between the 16th and the 84th percentile of the sample. */
function spread(): f64 {
  let to = SAMPLE;
  for (let at = RESIDUALS; at < RESIDUALS + SIDE * ROW_BYTES; at += 128) {
    const one = everyFourth(at);
    const two = everyFourth(at + 64);
    v128.store(to, i16x8.narrow_i32x4_s(one, two));
    to += 16;
  }
  const low = findRanked(SAMPLE, <i32> SAMPLED / 8, RANK_16, lastLow, 4);
  const high = findRanked(SAMPLE, <i32> SAMPLED / 8, RANK_84, lastHigh, 4);
  if (low == 0 || high == 0xffff) return wideSpread();
  lastLow = low;
  lastHigh = high;
  return 0.125 * <f64> (high - low);
}

/** Computes {@link spread} in 32 bits. */
function wideSpread(): f64 {
  for (let k: usize = 0; k < SAMPLED; k++) {
    store<i32>(WIDE + (k << 2), load<i32>(RESIDUALS + (k << 4)));
  }
  const high = select(WIDE, SAMPLED, RANK_84);
  return 0.125 * <f64> (high - select(WIDE, SAMPLED, RANK_16));
}

/** Returns the first of every four of 16 integers. */
function everyFourth(at: usize): v128 {
  const one = v128.shuffle<u32>(v128.load(at), v128.load(at, 16), 0, 4, 0, 4);
  const two = v128.shuffle<u32>(
    v128.load(at, 32),
    v128.load(at, 48),
    0,
    4,
    0,
    4,
  );
  return v128.shuffle<u64>(one, two, 0, 2);
}

function count(own: f64, noise: f64, sums: usize): void {
  const reach = 4 * HIT * own;
  const bound = i32x4.splat(<i32> min(ceil(reach), LARGEST));
  for (let row = 1; row + 1 < BLOCK; row++) {
    const start = RESIDUALS + <usize> row * ROW_BYTES;
    // Most rows have no hit.
    let farthest = i32x4.splat(0);
    for (let at = start; at < start + ROW_BYTES; at += 16) {
      farthest = i32x4.max_u(farthest, i32x4.abs(v128.load(at)));
    }
    if (!v128.any_true(i32x4.ge_s(farthest, bound))) continue;
    for (let column = 0; column < BLOCK; column += 4) {
      const off = i32x4.abs(v128.load(start + (<usize> column << 2)));
      let far = i32x4.bitmask(i32x4.ge_s(off, bound));
      for (let place = column; far != 0; place++) {
        if ((far & 1) && place > 0 && place + 1 < BLOCK) {
          countHit(start + (<usize> place << 2), reach, noise, sums);
        }
        far >>= 1;
      }
    }
  }
}

function countHit(at: usize, reach: f64, noise: f64, sums: usize): void {
  const off = <f64> load<i32>(at);
  const half = 0.5 * reach;
  if (off < 0) add(sums, 3, 1);
  else if (
    <f64> load<i32>(at - 4) > half || <f64> load<i32>(at + 4) > half ||
    <f64> load<i32>(at - ROW_BYTES) > half ||
    <f64> load<i32>(at + ROW_BYTES) > half
  ) add(sums, 2, 1);
  else if (off > 4 * HIGH * noise) add(sums, 1, 1);
  else add(sums, 0, 1);
}

/** Adds the products of neighbours, for one pixel in four, not at the edges of the block. */
function correlate(own: f64, sums: usize): void {
  const limit = i32x4.splat(<i32> min(ceil(4 * CLIP * own), LARGEST));
  let along = i64x2.splat(0), across = along, squares = along;
  for (let row = 1; row + 1 < BLOCK; row++) {
    const first = row & 3;
    let at = RESIDUALS + <usize> row * ROW_BYTES +
      (<usize> (first == 0 ? 4 : first) << 2);
    // Four pixels at a time; in every second row the last of 12 would be at the edge.
    const isShort = first == 0 || first == 3;
    for (let group = 0; group < 3; group++) {
      const one = v128.load(at), two = v128.load(at, 16);
      const three = v128.load(at, 32), four = v128.load(at, 48);
      const left = v128.shuffle<u32>(one, two, 0, 4, 1, 5);
      const right = v128.shuffle<u32>(three, four, 0, 4, 1, 5);
      let here = clipped(v128.shuffle<u64>(left, right, 0, 2), limit);
      if (isShort && group == 2) here = i32x4.replace_lane(here, 3, 0);
      const beside = clipped(v128.shuffle<u64>(left, right, 1, 3), limit);
      const next = clipped(everyFourth(at + ROW_BYTES), limit);
      squares = addProducts(squares, here, here);
      along = addProducts(along, here, beside);
      across = addProducts(across, here, next);
      at += 64;
    }
  }
  const unit = 16 * own * own;
  add(sums, 4, <f64> sumOfPair(along) / unit);
  add(sums, 5, <f64> sumOfPair(across) / unit);
  add(sums, 6, <f64> sumOfPair(squares) / unit);
}

function clipped(off: v128, limit: v128): v128 {
  return v128.and(off, i32x4.lt_s(i32x4.abs(off), limit));
}

function addProducts(sum: v128, one: v128, other: v128): v128 {
  return i64x2.add(
    i64x2.add(sum, i64x2.extmul_low_i32x4_s(one, other)),
    i64x2.extmul_high_i32x4_s(one, other),
  );
}

function add(sums: usize, index: usize, value: f64): void {
  const at = sums + (index << 3);
  store<f64>(at, load<f64>(at) + value);
}
