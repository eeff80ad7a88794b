/**
 * Level, noise and spread of a block of 48 × 48 pixels, as
 * `lib/preprocess/features_blocks.ts` defines them, for pixels of any kind as floats: its
 * operations in their order, because the sums of floats depend on it.
 */
import {
  BLOCK,
  CLIPPED_MEAN,
  FAINTEST,
  KEPT,
  RANK_16,
  RANK_50,
  RANK_84,
  SAMPLED,
} from "./blocks";
import { selectFloat } from "./select";

/** Bytes of the floats after its values that {@link selectFloat} reads. */
const SLACK = 15 * 8;
/** The pixels of a block, row by row along the dispersion. */
const PIXELS = memory.data(BLOCK * BLOCK * 8, 16);
const ROW_BYTES: usize = BLOCK * 8;
/** Absolute differences of neighbours, in the order of the sample. */
const ALONG = memory.data(SAMPLED * 8 + SLACK, 16);
const ACROSS = memory.data(SAMPLED * 8 + SLACK, 16);
/** Largest pixel whose differences and squares are certainly finite. */
const LARGEST: f64 = 1e150;

/**
 * Copies the floats of a block to 48 rows of 48 along the dispersion.
 *
 * @param first Address of the first.
 * @param slit Bytes to the next one along the slit; 8, or 8 along the dispersion.
 * @param dispersion Bytes to the next one along the dispersion.
 * @param to Receives the floats.
 * @returns Whether all are finite and of a usual size.
 */
export function loadBlock(
  first: usize,
  slit: usize,
  dispersion: usize,
  to: usize,
): bool {
  const largest = f64x2.splat(LARGEST);
  let isUsual = f64x2.eq(largest, largest);
  if (dispersion == 8) {
    for (let row = 0; row < BLOCK; row++) {
      for (let at: usize = 0; at < ROW_BYTES; at += 16) {
        const pair = v128.load(first + at);
        isUsual = v128.and(isUsual, f64x2.le(f64x2.abs(pair), largest));
        v128.store(to + at, pair);
      }
      first += slit;
      to += ROW_BYTES;
    }
    return v128.all_true<u64>(isUsual);
  }
  for (let column: usize = 0; column < ROW_BYTES; column += 16) {
    let into = to + column;
    for (let at: usize = 0; at < ROW_BYTES; at += 16) {
      const one = v128.load(first + at);
      const two = v128.load(first + dispersion + at);
      isUsual = v128.and(isUsual, f64x2.le(f64x2.abs(one), largest));
      isUsual = v128.and(isUsual, f64x2.le(f64x2.abs(two), largest));
      v128.store(into, v128.shuffle<u64>(one, two, 0, 2));
      v128.store(into + ROW_BYTES, v128.shuffle<u64>(one, two, 1, 3));
      into += 2 * ROW_BYTES;
    }
    first += 2 * dispersion;
  }
  return v128.all_true<u64>(isUsual);
}

/**
 * Measures a block of floats.
 *
 * @param first Address of its first pixel.
 * @param slit Bytes to the next pixel along the slit; 8, or 8 along the dispersion.
 * @param dispersion Bytes to the next pixel along the dispersion.
 * @param sample Receives every second pixel of every second row, in any order; it must have
 *   space for 15 floats more.
 * @param into Receives the level, noise, noise ratio and spread.
 * @returns Whether it was measured: its pixels are finite and of a usual size.
 */
export function measureFloats(
  first: usize,
  slit: usize,
  dispersion: usize,
  sample: usize,
  into: usize,
): bool {
  if (!loadBlock(first, slit, dispersion, PIXELS)) return false;
  let to: usize = 0;
  let row = PIXELS;
  for (let k = 0; k < BLOCK; k += 2) {
    for (let at: usize = 0; at < ROW_BYTES; at += 32) {
      const one = v128.load(row + at), two = v128.load(row + at, 16);
      const value = v128.shuffle<u64>(one, two, 0, 2);
      const beside = v128.shuffle<u64>(one, two, 1, 3);
      const next = v128.shuffle<u64>(
        v128.load(row + ROW_BYTES + at),
        v128.load(row + ROW_BYTES + at, 16),
        0,
        2,
      );
      v128.store(sample + to, value);
      v128.store(ALONG + to, f64x2.abs(f64x2.sub(beside, value)));
      v128.store(ACROSS + to, f64x2.abs(f64x2.sub(next, value)));
      to += 16;
    }
    row += 2 * ROW_BYTES;
  }
  selectFloat(ALONG, SAMPLED, KEPT - 1);
  selectFloat(ACROSS, SAMPLED, KEPT - 1);
  let sums = f64x2.splat(0);
  for (let at: usize = 0; at < <usize> KEPT * 8; at += 8) {
    const pair = v128.load64_lane(ACROSS + at, v128.load64_zero(ALONG + at), 1);
    sums = f64x2.add(sums, pair);
  }
  const along = f64x2.extract_lane(sums, 0) / KEPT / CLIPPED_MEAN;
  const across = f64x2.extract_lane(sums, 1) / KEPT / CLIPPED_MEAN;
  store<f64>(into, selectFloat(sample, SAMPLED, RANK_50));
  store<f64>(into, max(min(along, across), FAINTEST), 8);
  store<f64>(into, (across + FAINTEST) / (along + FAINTEST), 16);
  const high = selectFloat(sample, SAMPLED, RANK_84);
  store<f64>(into, 0.5 * (high - selectFloat(sample, SAMPLED, RANK_16)), 24);
  return true;
}
