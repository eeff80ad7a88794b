/**
 * Step 2, the clip, for pixels of any kind as floats: the operations of
 * `lib/preprocess/sigma_clip.ts` in their order, because the sums of floats depend on it.
 */
import { medianFloat } from "./select";

const SIGMA: f64 = 3;
const ROUNDS = 5;

/** Columns that are clipped together: their sums do not wait for each other. */
const GROUP = 4;
/** For each of them: the end of the values that are left, 0 when it is finished. */
const ENDS = memory.data(GROUP * 4, 16);
/** Medians, and bounds of the values that survive. */
const CENTRES = memory.data(GROUP * 8, 16);
const BOTTOMS = memory.data(GROUP * 8, 16);
const TOPS = memory.data(GROUP * 8, 16);
/** The value that the sums are about. */
const ABOUT = memory.data(GROUP * 8, 16);
const SUMS = memory.data(GROUP * 8, 16);
const SQUARES = memory.data(GROUP * 8, 16);

/**
 * Clips columns.
 *
 * @param first Address of the first of `height` rows of floats.
 * @param rowStride Bytes from one row to the next; may be negative.
 * @param columnStride Bytes from one column to the next.
 * @param columns Number of columns.
 * @param values Buffer for the floats of four columns, each with `room` bytes for `height`
 *   floats and 15 more.
 * @param low Receives for each column the smallest value that survives; Infinity where no
 *   value is finite.
 * @param high Receives the largest value that survives, or -Infinity.
 */
export function clipFloats(
  first: usize,
  rowStride: isize,
  columnStride: usize,
  height: i32,
  columns: i32,
  values: usize,
  room: usize,
  low: usize,
  high: usize,
): void {
  for (let column = 0; column < columns; column += GROUP) {
    const group = min(GROUP, columns - column);
    copyFinite(
      first + <usize> column * columnStride,
      rowStride,
      columnStride,
      height,
      group,
      values,
      room,
    );
    for (let k = 0; k < GROUP; k++) {
      const isEmpty = load<usize>(ENDS + (<usize> k << 2)) == 0;
      setFloat(BOTTOMS, k, isEmpty ? Infinity : -f64.MAX_VALUE);
      setFloat(TOPS, k, isEmpty ? -Infinity : f64.MAX_VALUE);
    }
    for (let round = 0; round < ROUNDS; round++) {
      if (!clipOnce(values, room)) break;
    }
    for (let k = 0; k < group; k++) {
      setFloat(low, column + k, getFloat(BOTTOMS, k));
      setFloat(high, column + k, getFloat(TOPS, k));
    }
  }
}

/**
 * Copies the finite values of up to four columns, in one pass over the rows, and writes ENDS.
 */
function copyFinite(
  row: usize,
  rowStride: isize,
  columnStride: usize,
  height: i32,
  columns: i32,
  values: usize,
  room: usize,
): void {
  // Columns that do not exist are copies of the last one.
  const last = <usize> columns - 1;
  const place1 = min<usize>(1, last) * columnStride;
  const place2 = min<usize>(2, last) * columnStride;
  const place3 = last * columnStride;
  const start1 = values + room, start2 = start1 + room, start3 = start2 + room;
  let end0 = values, end1 = start1, end2 = start2, end3 = start3;
  for (let k = 0; k < height; k++) {
    const value0 = load<f64>(row), value1 = load<f64>(row + place1);
    const value2 = load<f64>(row + place2), value3 = load<f64>(row + place3);
    store<f64>(end0, value0);
    store<f64>(end1, value1);
    store<f64>(end2, value2);
    store<f64>(end3, value3);
    if (abs(value0) <= f64.MAX_VALUE) end0 += 8;
    if (abs(value1) <= f64.MAX_VALUE) end1 += 8;
    if (abs(value2) <= f64.MAX_VALUE) end2 += 8;
    if (abs(value3) <= f64.MAX_VALUE) end3 += 8;
    row += rowStride;
  }
  store<usize>(ENDS, end0 > values ? end0 : 0);
  store<usize>(ENDS, end1 > start1 && columns > 1 ? end1 : 0, 4);
  store<usize>(ENDS, end2 > start2 && columns > 2 ? end2 : 0, 8);
  store<usize>(ENDS, end3 > start3 && columns > 3 ? end3 : 0, 12);
}

/** Runs a round for the columns that are not finished; returns whether there were any. */
function clipOnce(values: usize, room: usize): bool {
  let isOpen = false;
  for (let k = 0; k < GROUP; k++) {
    const end = load<usize>(ENDS + (<usize> k << 2));
    if (end == 0) continue;
    const start = values + <usize> k * room;
    setFloat(CENTRES, k, medianFloat(start, (end - start) >> 3));
    isOpen = true;
  }
  if (!isOpen) return false;
  addUp(values, room);
  for (let k = 0; k < GROUP; k++) {
    const end = load<usize>(ENDS + (<usize> k << 2));
    if (end == 0) continue;
    const start = values + <usize> k * room;
    const count = <f64> ((end - start) >> 3);
    const sum = getFloat(SUMS, k);
    const excess = getFloat(SQUARES, k) - sum * sum / count;
    const reach = SIGMA * sqrt(max(0, excess) / count);
    let kept: usize = 0;
    if (abs(reach) <= f64.MAX_VALUE) {
      const centre = getFloat(CENTRES, k);
      const bottom = max(getFloat(BOTTOMS, k), centre - reach);
      const top = min(getFloat(TOPS, k), centre + reach);
      setFloat(BOTTOMS, k, bottom);
      setFloat(TOPS, k, top);
      kept = keepWithin(start, end, bottom, top);
      if (kept == end) kept = 0;
    }
    store<usize>(ENDS + (<usize> k << 2), kept);
  }
  return true;
}

/**
 * Writes the sums of the distances of the values of each column from the one in its middle, and
 * of their squares, to SUMS and SQUARES. Each is added up in the order of the values.
 */
function addUp(values: usize, room: usize): void {
  // As many values as all columns have that are not finished.
  let common = usize.MAX_VALUE;
  for (let k = 0; k < GROUP; k++) {
    const start = values + <usize> k * room;
    const end = load<usize>(ENDS + (<usize> k << 2));
    if (end == 0) continue;
    common = min(common, end - start);
    const middle = start + ((end - start) >> 4 << 3);
    setFloat(ABOUT, k, load<f64>(middle));
  }
  const about0 = v128.load(ABOUT), about1 = v128.load(ABOUT, 16);
  let sum0 = f64x2.splat(0), sum1 = sum0, square0 = sum0, square1 = sum0;
  const two = values + room, three = two + room, four = three + room;
  for (let at: usize = 0; at < common; at += 8) {
    const off0 = f64x2.sub(loadPair(values + at, two + at), about0);
    const off1 = f64x2.sub(loadPair(three + at, four + at), about1);
    sum0 = f64x2.add(sum0, off0);
    sum1 = f64x2.add(sum1, off1);
    square0 = f64x2.add(square0, f64x2.mul(off0, off0));
    square1 = f64x2.add(square1, f64x2.mul(off1, off1));
  }
  v128.store(SUMS, sum0);
  v128.store(SUMS, sum1, 16);
  v128.store(SQUARES, square0);
  v128.store(SQUARES, square1, 16);
  for (let k = 0; k < GROUP; k++) {
    const end = load<usize>(ENDS + (<usize> k << 2));
    const about = getFloat(ABOUT, k);
    let sum = getFloat(SUMS, k), squares = getFloat(SQUARES, k);
    for (let at = values + <usize> k * room + common; at < end; at += 8) {
      const off = load<f64>(at) - about;
      sum += off;
      squares += off * off;
    }
    setFloat(SUMS, k, sum);
    setFloat(SQUARES, k, squares);
  }
}

function loadPair(one: usize, other: usize): v128 {
  return v128.load64_lane(other, v128.load64_zero(one), 1);
}

function getFloat(floats: usize, k: i32): f64 {
  return load<f64>(floats + (<usize> k << 3));
}

function setFloat(floats: usize, k: i32, value: f64): void {
  store<f64>(floats + (<usize> k << 3), value);
}

/** Moves the values from `low` to `high` to the front and returns their end. */
function keepWithin(values: usize, end: usize, low: f64, high: f64): usize {
  const lows = f64x2.splat(low), highs = f64x2.splat(high);
  let kept = values;
  let at = values;
  while (at < end) {
    // Most values are kept: four at a time.
    for (const last = end - 24; at < last; at += 32) {
      const one = v128.load(at), two = v128.load(at, 16);
      const isWithin = v128.and(
        v128.and(f64x2.ge(one, lows), f64x2.le(one, highs)),
        v128.and(f64x2.ge(two, lows), f64x2.le(two, highs)),
      );
      if (i64x2.bitmask(isWithin) != 3) break;
      v128.store(kept, one);
      v128.store(kept, two, 16);
      kept += 32;
    }
    for (const stop = min(at + 32, end); at < stop; at += 8) {
      const value = load<f64>(at);
      store<f64>(kept, value);
      if (value >= low && value <= high) kept += 8;
    }
  }
  return kept;
}

/**
 * Finds the largest value of each row among those that survive the clip; NaN where none does.
 *
 * @param first Address of the first row, as in {@link clipFloats}.
 * @param maxima Receives `height` floats.
 */
export function floatRowMaxima(
  first: usize,
  rowStride: isize,
  columnStride: usize,
  height: i32,
  columns: i32,
  low: usize,
  high: usize,
  maxima: usize,
): void {
  const end = maxima + (<usize> height << 3);
  for (let to = maxima; to < end; to += 8) store<f64>(to, -Infinity);
  // Neighbours in the memory one after the other.
  if (columnStride == 8) {
    for (let to = maxima; to < end; to += 8) {
      let largest: f64 = -Infinity;
      for (let k: usize = 0; k < <usize> columns; k++) {
        const value = load<f64>(first + (k << 3));
        if (
          value > largest && value <= load<f64>(high + (k << 3)) &&
          value >= load<f64>(low + (k << 3))
        ) largest = value;
      }
      store<f64>(to, largest);
      first += rowStride;
    }
  } else {
    for (let k = 0; k < columns; k++) {
      const bottom = getFloat(low, k), top = getFloat(high, k);
      let at = first + <usize> k * columnStride;
      for (let to = maxima; to < end; to += 8) {
        const value = load<f64>(at);
        if (value > load<f64>(to) && value <= top && value >= bottom) {
          store<f64>(to, value);
        }
        at += rowStride;
      }
    }
  }
  for (let to = maxima; to < end; to += 8) {
    if (load<f64>(to) == -Infinity) store<f64>(to, NaN);
  }
}
