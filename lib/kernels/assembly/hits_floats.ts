/**
 * Hits and residuals in a block of 48 × 48 pixels, as `lib/preprocess/features_hits.ts`
 * defines them, for pixels of any kind as floats: its operations in their order, because the
 * sums of floats depend on it.
 */
import { BLOCK, RANK_16, RANK_84, SAMPLED } from "./blocks";
import { loadBlock } from "./blocks_floats";
import { CLIP, HIGH, HIT, PLAIN } from "./hits";
import { selectFloat } from "./select";

/** Residuals of the block, row by row. */
const RESIDUALS = memory.data(BLOCK * BLOCK * 8, 16);
const SIDE: usize = BLOCK;
const ROW_BYTES: usize = BLOCK * 8;
const END = RESIDUALS + SIDE * ROW_BYTES;
/** Every fourth residual, with space for what `selectFloat` reads after them. */
const SAMPLE = memory.data((SAMPLED + 15) * 8, 16);

/** Every second value of 8 lines: each row of this array has one value of each line. */
const LINES = memory.data(BLOCK / 2 * 64, 16);
const HALF = BLOCK / 2;
const MEDIANS = memory.data(64, 16);

/**
 * The places in LINES, two by two, that are compared and put in order one after the other,
 * so that the middle two of 24 values come to their places: Batcher's merge exchange
 * (Knuth, The Art of Computer Programming, 5.2.2, algorithm M) without the comparisons that
 * these two do not depend on.
 */
const EXCHANGES = memory.data(128 * 8, 16);
let exchangesStart: usize = 0;
const EXCHANGES_END = EXCHANGES + 127 * 8;

/**
 * Counts the hits of a block of floats.
 *
 * @param first Address of its first pixel; all are finite.
 * @param slit Bytes to the next pixel along the slit; 8, or 8 along the dispersion.
 * @param dispersion Bytes to the next pixel along the dispersion.
 * @param level Median of the block.
 * @param own Noise of the block.
 * @param noise Noise of the quiet blocks.
 * @param residuals Receives 576 floats, in units of the block's noise, if it is plain.
 * @param sums Eight floats to add to, as those of `countHits`.
 * @returns Whether the block is plain.
 */
export function countFloatHits(
  first: usize,
  slit: usize,
  dispersion: usize,
  level: f64,
  own: f64,
  noise: f64,
  residuals: usize,
  sums: usize,
): bool {
  if (exchangesStart == 0) listExchanges();
  loadBlock(first, slit, dispersion, RESIDUALS);
  const pedestal = f64x2.splat(level);
  for (let at = RESIDUALS; at < END; at += 16) {
    v128.store(at, f64x2.sub(v128.load(at), pedestal));
  }
  subtractColumnMedians();
  subtractRowMedians();
  let to = SAMPLE;
  for (let at = RESIDUALS; at < END; at += 32) {
    store<f64>(to, load<f64>(at));
    to += 8;
  }
  const high = selectFloat(SAMPLE, SAMPLED, RANK_84);
  const low = selectFloat(SAMPLE, SAMPLED, RANK_16);
  if (0.5 * (high - low) > PLAIN * own) return false;
  const unit = f64x2.splat(own);
  for (let at: usize = 0; at < <usize> SAMPLED * 8; at += 16) {
    v128.store(residuals + at, f64x2.div(v128.load(SAMPLE + at), unit));
  }
  count(own, noise, sums);
  correlate(own, sums);
  add(sums, 7, BLOCK * BLOCK);
  return true;
}

function subtractColumnMedians(): void {
  for (let left = RESIDUALS; left < RESIDUALS + ROW_BYTES; left += 64) {
    let from = left;
    for (let at = LINES; at < LINES + HALF * 64; at += 64) {
      memory.copy(at, from, 64);
      from += 2 * ROW_BYTES;
    }
    findMedians();
    for (let part: usize = 0; part < 64; part += 16) {
      const median = v128.load(MEDIANS + part);
      for (let at = left + part; at < END; at += ROW_BYTES) {
        v128.store(at, f64x2.sub(v128.load(at), median));
      }
    }
  }
}

function subtractRowMedians(): void {
  for (let top = RESIDUALS; top < END; top += 8 * ROW_BYTES) {
    for (let line: usize = 0; line < 8; line += 2) {
      let from = top + line * ROW_BYTES;
      const end = from + ROW_BYTES;
      for (let at = LINES + (line << 3); from < end; at += 64) {
        v128.store(
          at,
          v128.load64_lane(from + ROW_BYTES, v128.load64_zero(from), 1),
        );
        from += 16;
      }
    }
    findMedians();
    for (let line: usize = 0; line < 8; line++) {
      const median = f64x2.splat(load<f64>(MEDIANS + (line << 3)));
      const start = top + line * ROW_BYTES;
      for (let at = start; at < start + ROW_BYTES; at += 16) {
        v128.store(at, f64x2.sub(v128.load(at), median));
      }
    }
  }
}

/** Fills EXCHANGES from its end. */
function listExchanges(): void {
  let end = EXCHANGES;
  for (let p = 16; p > 0; p >>= 1) {
    let q = 16, r = 0, d = p;
    while (true) {
      for (let k = 0; k + d < HALF; k++) {
        if ((k & p) != r) continue;
        store<u32>(end, k);
        store<u32>(end, k + d, 4);
        end += 8;
      }
      if (q == p) break;
      d = q - p;
      q >>= 1;
      r = p;
    }
  }
  // Bits of the places on which the middle two depend.
  let wanted: u32 = 3 << (HALF / 2 - 1);
  let to = EXCHANGES_END;
  for (let at = EXCHANGES_END - 8; at >= EXCHANGES; at -= 8) {
    const one = load<u32>(at), other = load<u32>(at, 4);
    const both: u32 = (1 << one) | (1 << other);
    if ((wanted & both) == 0) continue;
    wanted |= both;
    to -= 8;
    store<u32>(to, LINES + (one << 6));
    store<u32>(to, LINES + (other << 6), 4);
  }
  exchangesStart = to;
}

/** Writes the medians of the 8 lines to MEDIANS; changes LINES. */
function findMedians(): void {
  for (let at = exchangesStart; at < EXCHANGES_END; at += 8) {
    const one = load<u32>(at), other = load<u32>(at, 4);
    exchange(one, other);
    exchange(one + 16, other + 16);
    exchange(one + 32, other + 32);
    exchange(one + 48, other + 48);
  }
  const half = f64x2.splat(0.5);
  for (let part: usize = 0; part < 64; part += 16) {
    const lower = v128.load(LINES + part, (HALF / 2 - 1) * 64);
    const upper = v128.load(LINES + part, HALF / 2 * 64);
    const mean = f64x2.add(f64x2.mul(half, lower), f64x2.mul(half, upper));
    v128.store(
      MEDIANS + part,
      v128.bitselect(upper, mean, f64x2.eq(lower, upper)),
    );
  }
}

function exchange(one: usize, other: usize): void {
  const a = v128.load(one), b = v128.load(other);
  v128.store(one, f64x2.pmin(a, b));
  v128.store(other, f64x2.pmax(a, b));
}

function count(own: f64, noise: f64, sums: usize): void {
  const reach = HIT * own;
  const bound = f64x2.splat(reach);
  for (let row: usize = 1; row + 1 < SIDE; row++) {
    const start = RESIDUALS + row * ROW_BYTES;
    // Most rows have no hit.
    let farthest = f64x2.splat(0);
    for (let at = start; at < start + ROW_BYTES; at += 16) {
      farthest = f64x2.pmax(farthest, f64x2.abs(v128.load(at)));
    }
    if (!v128.any_true(f64x2.ge(farthest, bound))) continue;
    for (let at = start + 8; at < start + ROW_BYTES - 8; at += 8) {
      if (abs(load<f64>(at)) >= reach) countHit(at, reach, noise, sums);
    }
  }
}

function countHit(at: usize, reach: f64, noise: f64, sums: usize): void {
  const off = load<f64>(at);
  const half = 0.5 * reach;
  if (off < 0) add(sums, 3, 1);
  else if (
    load<f64>(at - 8) > half || load<f64>(at + 8) > half ||
    load<f64>(at - ROW_BYTES) > half || load<f64>(at + ROW_BYTES) > half
  ) add(sums, 2, 1);
  else if (off > HIGH * noise) add(sums, 1, 1);
  else add(sums, 0, 1);
}

/** Adds the products of neighbours, for one pixel in four, not at the edges of the block. */
function correlate(own: f64, sums: usize): void {
  const limit = CLIP * own;
  let along: f64 = 0, across: f64 = 0, squares: f64 = 0;
  for (let row: usize = 1; row + 1 < SIDE; row++) {
    const start = RESIDUALS + row * ROW_BYTES;
    const first = row & 3;
    let at = start + ((first == 0 ? 4 : first) << 3);
    for (; at < start + ROW_BYTES - 8; at += 32) {
      const here = clipped(at, limit);
      squares += here * here;
      along += here * clipped(at + 8, limit);
      across += here * clipped(at + ROW_BYTES, limit);
    }
  }
  const unit = own * own;
  add(sums, 4, along / unit);
  add(sums, 5, across / unit);
  add(sums, 6, squares / unit);
}

function clipped(at: usize, limit: f64): f64 {
  const off = load<f64>(at);
  return select<f64>(off, 0, abs(off) < limit);
}

function add(sums: usize, index: usize, value: f64): void {
  const at = sums + (index << 3);
  store<f64>(at, load<f64>(at) + value);
}
