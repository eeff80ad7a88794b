/**
 * Ranks by selection.
 */

/**
 * Returns the value of 32-bit integers that sorting would put at `rank`. Reorders the values.
 */
export function select(values: usize, count: usize, rank: usize): i32 {
  let left = values;
  let right = values + ((count - 1) << 2);
  const wanted = values + (rank << 2);
  while (left < right) {
    const pivot = load<i32>(left + ((right - left) >> 3 << 2));
    let i = left;
    let j = right;
    while (i <= j) {
      while (load<i32>(i) < pivot) i += 4;
      while (load<i32>(j) > pivot) j -= 4;
      if (i <= j) {
        const swap = load<i32>(i);
        store<i32>(i, load<i32>(j));
        store<i32>(j, swap);
        i += 4;
        j -= 4;
      }
    }
    if (wanted <= j) right = j;
    else if (wanted >= i) left = i;
    else break;
  }
  return load<i32>(wanted);
}

/** Bytes of the 32 values at either end that are compared before any are exchanged. */
const PART: usize = 32 << 3;
/** Bytes up to the last of the most values whose comparisons are the bits of one number. */
const WINDOW: usize = 63 << 3;

/**
 * Returns the float that sorting would put at `rank`, and leaves the values in the order in
 * which `select` of `lib/preprocess/percentile.ts` leaves them: sums of them depend on it.
 *
 * That function exchanges the first value from the left that is not below the pivot with the
 * first from the right that is not above it, and so on until both meet. The same pairs are
 * exchanged here, but many values are compared before, without a branch for each.
 *
 * @param values None of them NaN. Up to 15 floats after the last one are read, too.
 */
export function selectFloat(values: usize, count: usize, rank: usize): f64 {
  let left = values;
  let right = values + ((count - 1) << 3);
  const wanted = values + (rank << 3);
  while (left < right) {
    const pivot = middleOfThree(
      load<f64>(left),
      // The index is rounded down, as that of an array.
      load<f64>(left + ((right - left) >> 4 << 3)),
      load<f64>(right),
    );
    const pivots = f64x2.splat(pivot);
    let i = left;
    let j = right;
    // Bits of the values from `i`, and of those up to `j`, that are yet to be exchanged.
    let low: u32 = 0, high: u32 = 0;
    while (j - i > WINDOW) {
      if (low == 0) low = notBelow(i, pivots) | notBelow(i + 128, pivots) << 16;
      if (high == 0) {
        high = notAbove(j - 248, pivots) | notAbove(j - 120, pivots) << 16;
      }
      while (low != 0 && high != 0) {
        const top = clz(high);
        exchange(i + (ctz(low) << 3), j - (top << 3));
        low &= low - 1;
        high ^= 0x80000000 >> top;
      }
      if (low == 0) i += PART;
      if (high == 0) j -= PART;
    }
    if (low != 0) i += ctz(low) << 3;
    if (high != 0) j -= clz(high) << 3;
    // The rest at once.
    const start = i;
    let from: u64 = 0, upTo: u64 = 0;
    for (let at = i; at <= j; at += 128) {
      const place = <u64> (at - start) >> 3;
      from |= <u64> notBelow(at, pivots) << place;
      upTo |= <u64> notAbove(at, pivots) << place;
    }
    upTo &= u64.MAX_VALUE >> (63 - (<u64> (j - i) >> 3));
    while (i <= j) {
      // No value before `i` is above the pivot, and none after `j` below it.
      const first = min(start + (<usize> ctz(from) << 3), j + 8);
      const last = max(start + (63 << 3) - (<usize> clz(upTo) << 3), i - 8);
      i = first;
      j = last;
      if (i > j) break;
      exchange(i, j);
      from &= from - 1;
      upTo ^= 1 << <u64> ((j - start) >> 3);
      i += 8;
      j -= 8;
    }
    if (wanted <= j) right = j;
    else if (wanted >= i) left = i;
    else break;
  }
  return load<f64>(wanted);
}

/**
 * Returns the median, as `median` of `lib/preprocess/percentile.ts` does, and leaves the values in
 * its order.
 *
 * @param values As those of {@link selectFloat}; at least one.
 */
export function medianFloat(values: usize, count: usize): f64 {
  const middle = values + (count >> 1 << 3);
  const upper = selectFloat(values, count, count >> 1);
  if (count & 1) return upper;
  let largest = f64x2.splat(load<f64>(values));
  for (let at = values; at < middle - 8; at += 16) {
    largest = f64x2.pmax(largest, v128.load(at));
  }
  const lower = max(
    max(f64x2.extract_lane(largest, 0), f64x2.extract_lane(largest, 1)),
    load<f64>(middle - 8),
  );
  return lower == upper ? upper : 0.5 * lower + 0.5 * upper;
}

function middleOfThree(a: f64, b: f64, c: f64): f64 {
  return max(min(a, b), min(max(a, b), c));
}

function exchange(one: usize, other: usize): void {
  const value = load<f64>(one);
  store<f64>(one, load<f64>(other));
  store<f64>(other, value);
}

/** Returns a bit for each of 16 values that is not below the pivot. */
function notBelow(at: usize, pivots: v128): u32 {
  return bits(
    f64x2.ge(v128.load(at), pivots),
    f64x2.ge(v128.load(at, 16), pivots),
    f64x2.ge(v128.load(at, 32), pivots),
    f64x2.ge(v128.load(at, 48), pivots),
    f64x2.ge(v128.load(at, 64), pivots),
    f64x2.ge(v128.load(at, 80), pivots),
    f64x2.ge(v128.load(at, 96), pivots),
    f64x2.ge(v128.load(at, 112), pivots),
  );
}

/** Returns a bit for each of 16 values that is not above the pivot. */
function notAbove(at: usize, pivots: v128): u32 {
  return bits(
    f64x2.le(v128.load(at), pivots),
    f64x2.le(v128.load(at, 16), pivots),
    f64x2.le(v128.load(at, 32), pivots),
    f64x2.le(v128.load(at, 48), pivots),
    f64x2.le(v128.load(at, 64), pivots),
    f64x2.le(v128.load(at, 80), pivots),
    f64x2.le(v128.load(at, 96), pivots),
    f64x2.le(v128.load(at, 112), pivots),
  );
}

/** Returns a bit for each of 16 lanes of 64 bits that are all ones or all zeros. */
// deno-fmt-ignore
function bits(
  a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128,
): u32 {
  const ab = v128.shuffle<u32>(a, b, 0, 2, 4, 6);
  const cd = v128.shuffle<u32>(c, d, 0, 2, 4, 6);
  const ef = v128.shuffle<u32>(e, f, 0, 2, 4, 6);
  const gh = v128.shuffle<u32>(g, h, 0, 2, 4, 6);
  return i8x16.bitmask(i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(ab, cd),
    i16x8.narrow_i32x4_s(ef, gh),
  ));
}
