/**
 * Ranks of many floats, most of which are near 0.
 */
import { selectFloat } from "./select";

/** Bins of 1/256 from -16 to 16; values beyond are in the first and the last bin. */
const BINS = 8192;
const PER_UNIT: f64 = 256;
const COUNTS = memory.data(BINS * 4, 16);

/**
 * Computes the bin of each value, for {@link rankedResidual}.
 *
 * @param values None of them NaN.
 * @param count An even number.
 * @param bins Receives `count` 16-bit numbers; it must have space for 8 more.
 */
export function binResiduals(values: usize, count: usize, bins: usize): void {
  memory.fill(COUNTS, 0, BINS * 4);
  for (let k: usize = 0; k < count; k += 2) {
    const place = f64x2.add(
      f64x2.mul(v128.load(values + (k << 3)), f64x2.splat(PER_UNIT)),
      f64x2.splat(BINS / 2),
    );
    const pair = i32x4.trunc_sat_f64x2_s_zero(
      f64x2.max(f64x2.splat(0), f64x2.min(place, f64x2.splat(BINS - 1))),
    );
    const first = <usize> i32x4.extract_lane(pair, 0);
    const second = <usize> i32x4.extract_lane(pair, 1);
    store<u16>(bins + (k << 1), <u16> first);
    store<u16>(bins + (k << 1), <u16> second, 2);
    store<u32>(COUNTS + (first << 2), load<u32>(COUNTS + (first << 2)) + 1);
    store<u32>(COUNTS + (second << 2), load<u32>(COUNTS + (second << 2)) + 1);
  }
  // Not a bin: the last vector extends beyond the values.
  for (let k: usize = 0; k < 8; k++) {
    store<u16>(bins + ((count + k) << 1), 0xffff);
  }
}

/**
 * Returns the value that sorting would put at `rank`.
 *
 * @param scratch Buffer for `count` floats.
 */
export function rankedResidual(
  values: usize,
  count: usize,
  bins: usize,
  rank: u32,
  scratch: usize,
): f64 {
  let bin: usize = 0;
  while (load<u32>(COUNTS + (bin << 2)) <= rank) {
    rank -= load<u32>(COUNTS + (bin << 2));
    bin++;
  }
  const wanted = i16x8.splat(<i16> bin);
  let found: usize = 0;
  for (let k: usize = 0; k < count; k += 8) {
    let lanes = i16x8.bitmask(i16x8.eq(v128.load(bins + (k << 1)), wanted));
    while (lanes != 0) {
      const value = load<f64>(values + ((k + ctz(lanes)) << 3));
      store<f64>(scratch + (found++ << 3), value);
      lanes &= lanes - 1;
    }
  }
  return selectFloat(scratch, found, rank);
}
