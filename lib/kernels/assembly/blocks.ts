/**
 * Level, noise and spread of a block of 48 × 48 pixels, as
 * `lib/preprocess/features_blocks.ts` defines them, for 16-bit pixels.
 */
import { countAbove, distance, OFFSET, sumOfLanes } from "./lanes";

/** Side of a block. */
export const BLOCK = 48;

/** Size of a sample, every second pixel of every second row: 24 × 24 values. */
export const SAMPLED = 576;
const VECTORS = SAMPLED / 8;
/** The sample and the distances, less 32768. */
const SAMPLE = memory.data(SAMPLED * 2, 16);
const ALONG = memory.data(SAMPLED * 2, 16);
const ACROSS = memory.data(SAMPLED * 2, 16);

/** Ranks of the percentiles: `floor(share * (576 - 1))`. */
export const RANK_16 = 92;
export const RANK_50 = 287;
export const RANK_84 = 483;
/** Number of differences that the noise is estimated from: the smallest 80 %. */
export const KEPT = 460;
export const FAINTEST: f64 = 1e-3;
export const CLIPPED_MEAN: f64 = 0.79;

/** The results of the previous block, which most blocks resemble. */
let lastLevel = 0;
let lastSpread = 0;
let lastAlong = 0;
let lastAcross = 0;

/**
 * Measures a block.
 *
 * @param first Address of its first pixel.
 * @param stride Bytes from one row to the next; may be negative.
 * @param base Physical value of a stored 0.
 * @param histogram 65536 counts of 32 bits, to which the sample is added.
 * @param into Receives the level, noise, noise ratio and spread as floats.
 */
export function measureBlock(
  first: usize,
  stride: isize,
  base: f64,
  histogram: usize,
  into: usize,
): void {
  sample(first, stride, histogram);
  const level = findRanked(SAMPLE, VECTORS, RANK_50, lastLevel, 4);
  const low = findRanked(SAMPLE, VECTORS, RANK_16, level - lastSpread, 2);
  const high = findRanked(SAMPLE, VECTORS, RANK_84, level + lastSpread, 2);
  lastLevel = level;
  lastSpread = (high - low) >> 1;
  const along = estimateNoise(ALONG, lastAlong);
  const across = estimateNoise(ACROSS, lastAcross);
  lastAlong = <i32> along;
  lastAcross = <i32> across;
  store<f64>(into, base + <f64> level);
  store<f64>(into, max(min(along, across), FAINTEST), 8);
  store<f64>(into, (across + FAINTEST) / (along + FAINTEST), 16);
  store<f64>(into, 0.5 * <f64> (high - low), 24);
}

/** Fills SAMPLE, and ALONG and ACROSS with the distances to the neighbours. */
function sample(first: usize, stride: isize, histogram: usize): void {
  const offset = i16x8.splat(OFFSET);
  let to: usize = 0;
  for (let row = 0; row < BLOCK; row += 2) {
    for (let at: usize = 0; at < <usize> BLOCK * 2; at += 32) {
      const here = first + at;
      const one = v128.xor(v128.load(here), offset);
      const two = v128.xor(v128.load(here, 16), offset);
      const value = evens(one, two);
      const beside = v128.shuffle<u16>(one, two, 1, 3, 5, 7, 9, 11, 13, 15);
      const next = evens(
        v128.xor(v128.load(here + stride), offset),
        v128.xor(v128.load(here + stride, 16), offset),
      );
      v128.store(SAMPLE + to, value);
      v128.store(ALONG + to, v128.xor(distance(beside, value), offset));
      v128.store(ACROSS + to, v128.xor(distance(next, value), offset));
      to += 16;
    }
    first += stride + stride;
  }
  for (let at = SAMPLE; at < SAMPLE + SAMPLED * 2; at += 2) {
    const bin = histogram + (<usize> (load<u16>(at) ^ <u16> OFFSET) << 2);
    store<u32>(bin, load<u32>(bin) + 1);
  }
}

/** Replaces each count of a histogram of 65536 by the sum of the counts up to it. */
export function accumulate(histogram: usize): void {
  let sum: u32 = 0;
  const end = histogram + (1 << 18);
  for (let at = histogram; at < end; at += 16) {
    // Most values occur nowhere.
    if (!v128.any_true(v128.load(at))) {
      v128.store(at, i32x4.splat(sum));
      continue;
    }
    for (let bin = at; bin < at + 16; bin += 4) {
      sum += load<u32>(bin);
      store<u32>(bin, sum);
    }
  }
}

/** Returns the even lanes of two vectors. */
export function evens(one: v128, two: v128): v128 {
  return v128.shuffle<u16>(one, two, 0, 2, 4, 6, 8, 10, 12, 14);
}

/**
 * Returns the value that sorting all lanes together would put at `rank`.
 *
 * @param values Less 32768.
 * @param guess The probable value, within `reach`.
 */
export function findRanked(
  values: usize,
  vectors: i32,
  rank: i32,
  guess: i32,
  reach: i32,
): i32 {
  let from = 0;
  let to = 0xffff;
  let probe = guess - reach;
  let width = reach;
  let steps = 0;
  while (from < to) {
    const limit = max(from, min(probe, to - 1));
    if (countUpTo(values, vectors, limit) > rank) to = limit;
    else from = limit + 1;
    steps++;
    if (steps == 1) probe = guess + reach;
    // The step grows until both ends are known; then the interval is halved.
    else if (to == 0xffff) probe = from + (width <<= 2);
    else if (from == 0) probe = to - (width <<= 2);
    else probe = (from + to) >> 1;
  }
  return from;
}

/** Counts the values of all lanes up to `limit`. */
export function countUpTo(values: usize, vectors: i32, limit: i32): i32 {
  const above = countAbove(values, vectors, i16x8.splat(<i16> limit ^ OFFSET));
  return 8 * vectors - sumOfLanes(above);
}

/** Estimates the standard deviation of a pixel from 576 distances of neighbours. */
function estimateNoise(distances: usize, guess: i32): f64 {
  const limit = findRanked(distances, VECTORS, KEPT - 1, guess, 2);
  const offset = i16x8.splat(OFFSET);
  const bound = i16x8.splat(<i16> limit ^ OFFSET);
  let count = i16x8.splat(0);
  let sum = i32x4.splat(0);
  for (let at = distances; at < distances + SAMPLED * 2; at += 16) {
    const value = v128.load(at);
    const below = i16x8.gt_s(bound, value);
    const kept = v128.and(v128.xor(value, offset), below);
    count = i16x8.sub(count, below);
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(kept));
  }
  const total = i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) +
    i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3);
  const rest = (KEPT - sumOfLanes(count)) * limit;
  return <f64> (total + rest) / KEPT / CLIPPED_MEAN;
}
