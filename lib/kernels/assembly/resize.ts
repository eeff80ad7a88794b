/**
 * Steps 5 and 7 for 16-bit pixels and floats: the operations of `lib/preprocess/resize.ts` and
 * `scale.ts` in the same order, so that the results are the same bits.
 */

const HEIGHT = 210;
const WIDTH = 650;

/** For each output sample of an axis: the two pixels it is interpolated from, and the distance from the first. */
const ACROSS_NEAR = memory.data(WIDTH * 4, 16);
const ACROSS_FAR = memory.data(WIDTH * 4, 16);
const ACROSS_PART = memory.data(WIDTH * 8, 16);
const DOWN_NEAR = memory.data(HEIGHT * 4, 16);
const DOWN_FAR = memory.data(HEIGHT * 4, 16);
const DOWN_PART = memory.data(HEIGHT * 8, 16);
/** The two resampled rows that a row of the input image is interpolated from. */
const UPPER = memory.data(WIDTH * 8, 16);
const LOWER = memory.data(WIDTH * 8, 16);

/**
 * Resizes `rows` rows to 210 × 650 values.
 *
 * @param plane Address of the first row to keep.
 * @param base Physical value of a stored 0.
 * @param image Receives 210 × 650 floats, in physical units.
 */
export function resize(
  plane: usize,
  width: i32,
  rows: i32,
  base: f64,
  image: usize,
): void {
  resizeOf<u16>(plane, width << 1, 2, width, rows, base, image);
}

/**
 * Resizes rows of floats as {@link resize} does.
 *
 * @param first Address of the first row to keep.
 * @param rowStride Bytes from one row to the next; may be negative.
 * @param columnStride Bytes from one column to the next.
 */
export function resizeFloats(
  first: usize,
  rowStride: isize,
  columnStride: usize,
  width: i32,
  rows: i32,
  image: usize,
): void {
  resizeOf<f64>(first, rowStride, columnStride, width, rows, 0, image);
}

function resizeOf<T>(
  first: usize,
  rowStride: isize,
  columnStride: usize,
  width: i32,
  rows: i32,
  base: f64,
  image: usize,
): void {
  computePositions(width, WIDTH, ACROSS_NEAR, ACROSS_FAR, ACROSS_PART);
  computePositions(rows, HEIGHT, DOWN_NEAR, DOWN_FAR, DOWN_PART);
  let upper = UPPER, lower = LOWER;
  let upperRow = -1, lowerRow = -1;
  for (let i: usize = 0; i < <usize> HEIGHT; i++) {
    const near = load<i32>(DOWN_NEAR + (i << 2));
    const far = load<i32>(DOWN_FAR + (i << 2));
    const part = f64x2.splat(load<f64>(DOWN_PART + (i << 3)));
    if (near == lowerRow) {
      const swap = upper;
      upper = lower;
      lower = swap;
      lowerRow = upperRow;
      upperRow = near;
    }
    if (near != upperRow) {
      resample<T>(first + <isize> near * rowStride, columnStride, base, upper);
      upperRow = near;
    }
    if (far != lowerRow) {
      resample<T>(first + <isize> far * rowStride, columnStride, base, lower);
      lowerRow = far;
    }
    const into = image + i * (WIDTH * 8);
    for (let at: usize = 0; at < <usize> WIDTH * 8; at += 16) {
      const from = v128.load(upper + at);
      v128.store(
        into + at,
        f64x2.add(
          f64x2.mul(f64x2.sub(v128.load(lower + at), from), part),
          from,
        ),
      );
    }
  }
}

function computePositions(
  have: i32,
  want: i32,
  nears: usize,
  fars: usize,
  parts: usize,
): void {
  const step = <f64> have / <f64> want;
  for (let i: usize = 0; i < <usize> want; i++) {
    const at = <f64> i * step;
    const near = max(0, min(<i32> ceil(at) - 1, have - 2));
    store<i32>(nears + (i << 2), near);
    store<i32>(fars + (i << 2), min(near + 1, have - 1));
    store<f64>(parts + (i << 3), at - <f64> near);
  }
}

/** Resamples a row of at least two pixels, so that the far pixels are next to the near ones. */
function resample<T>(
  row: usize,
  columnStride: usize,
  base: f64,
  into: usize,
): void {
  const pedestal = f64x2.splat(base);
  const word = i32x4.splat(0xffff);
  for (let j: usize = 0; j < <usize> WIDTH; j += 2) {
    const first = row +
      <usize> load<i32>(ACROSS_NEAR + (j << 2)) * columnStride;
    const second = row +
      <usize> load<i32>(ACROSS_NEAR + (j << 2), 4) * columnStride;
    let near: v128, far: v128;
    if (isFloat<T>()) {
      near = v128.load64_lane(second, v128.load64_zero(first), 1);
      far = v128.load64_lane(
        second + columnStride,
        v128.load64_zero(first + columnStride),
        1,
      );
    } else {
      const pairs = v128.load32_lane(second, v128.load32_zero(first), 1);
      near = f64x2.add(
        pedestal,
        f64x2.convert_low_i32x4_s(v128.and(pairs, word)),
      );
      far = f64x2.add(
        pedestal,
        f64x2.convert_low_i32x4_s(i32x4.shr_u(pairs, 16)),
      );
    }
    const part = v128.load(ACROSS_PART + (j << 3));
    v128.store(
      into + (j << 3),
      f64x2.add(f64x2.mul(f64x2.sub(far, near), part), near),
    );
  }
}

/**
 * Scales 210 × 650 values to bytes.
 *
 * @param bytes Receives 210 × 650 bytes.
 */
export function scale(image: usize, z1: f64, z2: f64, bytes: usize): void {
  const from = f64x2.splat(z1), to = f64x2.splat(z2);
  const range = f64x2.splat(z2 - z1);
  for (let k: usize = 0; k < <usize> HEIGHT * WIDTH; k += 4) {
    const first = toBytes(v128.load(image + (k << 3)), from, to, range);
    const second = toBytes(v128.load(image + (k << 3), 16), from, to, range);
    const words = v128.shuffle<u32>(first, second, 0, 1, 4, 5);
    const halves = i16x8.narrow_i32x4_u(words, words);
    v128.store32_lane(bytes + k, i8x16.narrow_i16x8_u(halves, halves), 0);
  }
}

function toBytes(value: v128, z1: v128, z2: v128, range: v128): v128 {
  const byte = f64x2.div(
    f64x2.mul(f64x2.splat(255), f64x2.sub(value, z1)),
    range,
  );
  const lit = v128.and(byte, f64x2.gt(value, z1));
  const any = v128.bitselect(f64x2.splat(255), lit, f64x2.ge(value, z2));
  // Of the values that are not finite, only Infinity is not 0 yet.
  return i32x4.trunc_sat_f64x2_s_zero(
    v128.and(any, f64x2.lt(value, f64x2.splat(Infinity))),
  );
}
