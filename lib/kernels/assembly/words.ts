/**
 * Bytes of pixels: their order, and the conversion to 16 bits.
 */

/** Bytes of {@link chunk}. They stay in the cache. */
const CHUNK_BYTES = 1 << 16;
const CHUNK = memory.data(CHUNK_BYTES, 16);

/**
 * Returns the address of 64 KiB through which arrays outside this memory pass, chunk by
 * chunk. They are no part of what {@link room} returns.
 */
export function chunk(): usize {
  return CHUNK;
}

/**
 * Reverses the bytes of each number in place, then inverts the bits of `mask`.
 *
 * @param at Address of the numbers. The memory up to the next multiple of 16 bytes from it
 *   is changed, too.
 * @param bytes Bytes of all numbers.
 * @param size Bytes of a number: 2, 4 or 8.
 * @param mask Bits of two numbers of 2 bytes, or of one of 4 bytes; 0 for 8.
 */
export function swap(at: usize, bytes: usize, size: i32, mask: i32): void {
  const end = at + bytes;
  const flip = i32x4.splat(mask);
  if (size == 2) {
    for (; at < end; at += 16) v128.store(at, v128.xor(swap16(at), flip));
  } else if (size == 4) {
    for (; at < end; at += 16) v128.store(at, v128.xor(swap32(at), flip));
  } else {
    for (; at < end; at += 16) v128.store(at, swap64(at));
  }
}

// deno-fmt-ignore
function swap16(at: usize): v128 {
  const value = v128.load(at);
  return v128.shuffle<u8>(
    value, value, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14,
  );
}

// deno-fmt-ignore
function swap32(at: usize): v128 {
  const value = v128.load(at);
  return v128.shuffle<u8>(
    value, value, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12,
  );
}

// deno-fmt-ignore
function swap64(at: usize): v128 {
  const value = v128.load(at);
  return v128.shuffle<u8>(
    value, value, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8,
  );
}

/**
 * Subtracts a number from each 16-bit number in place, modulo 65536.
 *
 * @param at Address of the numbers. The memory up to the next multiple of 16 bytes from it
 *   is changed, too.
 */
export function subtract(at: usize, count: usize, number: i32): void {
  const lanes = i16x8.splat(<i16> number);
  const end = at + (count << 1);
  for (; at < end; at += 16) {
    v128.store(at, i16x8.sub(v128.load(at), lanes));
  }
}

/**
 * Finds the smallest and the largest of some floats, the first two of `into` among them.
 *
 * @param count An even number.
 * @param into Two floats, which are replaced by the smallest and the largest one.
 * @returns Whether all are integers; ±Inf counts as one.
 */
export function findRange(values: usize, count: usize, into: usize): bool {
  let least = f64x2.splat(load<f64>(into));
  let most = f64x2.splat(load<f64>(into, 8));
  let fraction = i64x2.splat(0);
  const end = values + (count << 3);
  for (; values < end; values += 16) {
    const value = v128.load(values);
    // NaN differs from itself, too.
    fraction = v128.or(fraction, f64x2.ne(f64x2.floor(value), value));
    least = f64x2.min(least, value);
    most = f64x2.max(most, value);
  }
  store<f64>(
    into,
    min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)),
  );
  store<f64>(
    into,
    max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1)),
    8,
  );
  return !v128.any_true(fraction);
}

/**
 * Converts floats to 16-bit numbers, less `base`.
 *
 * @param values Integers from `base` to `base` + 65535.
 * @param count An even number.
 */
export function narrow(
  values: usize,
  count: usize,
  base: f64,
  to: usize,
): void {
  const pedestal = f64x2.splat(base);
  const end = values + (count << 3);
  for (; values < end; values += 16) {
    const pair = i32x4.trunc_sat_f64x2_u_zero(
      f64x2.sub(v128.load(values), pedestal),
    );
    store<u32>(
      to,
      i32x4.extract_lane(pair, 0) | (i32x4.extract_lane(pair, 1) << 16),
    );
    to += 4;
  }
}
