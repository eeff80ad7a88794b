/**
 * Step 2, the clip, for pixels of any kind as floats: the operations of
 * `lib/preprocess/sigma_clip.ts` in their order, because the sums of floats depend on it.
 */

const SIGMA: f64 = 3;
const ROUNDS = 5;

/**
 * Clips columns.
 *
 * @param rows Address of `height` rows of floats.
 * @param stride Bytes from one row to the next.
 * @param columns Number of columns.
 * @param values Buffer for `height` floats.
 * @param low Receives for each column the smallest value that survives; Infinity where no
 *   value is finite.
 * @param high Receives the largest value that survives, or -Infinity.
 */
export function clipFloats(
  rows: usize,
  stride: usize,
  height: i32,
  columns: i32,
  values: usize,
  low: usize,
  high: usize,
): void {
  for (let column = 0; column < columns; column++) {
    let at = rows + (<usize> column << 3);
    let end = values;
    for (let row = 0; row < height; row++) {
      const value = load<f64>(at);
      store<f64>(end, value);
      if (abs(value) <= f64.MAX_VALUE) end += 8;
      at += stride;
    }
    const to = <usize> column << 3;
    store<f64>(low + to, Infinity);
    store<f64>(high + to, -Infinity);
    if (end > values) clipColumn(values, end, low + to, high + to);
  }
}

function clipColumn(values: usize, end: usize, low: usize, high: usize): void {
  let bottom: f64 = -f64.MAX_VALUE;
  let top: f64 = f64.MAX_VALUE;
  for (let round = 0; round < ROUNDS; round++) {
    const count = (end - values) >> 3;
    const centre = median(values, count);
    const reach = SIGMA *
      computeDeviation(values, end, load<f64>(values + (count >> 1 << 3)));
    if (!(abs(reach) <= f64.MAX_VALUE)) break;
    bottom = max(bottom, centre - reach);
    top = min(top, centre + reach);
    const kept = keepWithin(values, end, bottom, top);
    if (kept == end) break;
    end = kept;
  }
  store<f64>(low, bottom);
  store<f64>(high, top);
}

function median(values: usize, count: usize): f64 {
  const middle = values + (count >> 1 << 3);
  const upper = select(values, values + ((count - 1) << 3), middle);
  if (count & 1) return upper;
  let lower = load<f64>(values);
  for (let at = values + 8; at < middle; at += 8) {
    lower = max(lower, load<f64>(at));
  }
  return lower == upper ? upper : 0.5 * lower + 0.5 * upper;
}

/** Returns the value that sorting would put at `wanted`. */
function select(left: usize, right: usize, wanted: usize): f64 {
  while (left < right) {
    const pivot = middleOfThree(
      load<f64>(left),
      // The index is rounded down, as that of an array.
      load<f64>(left + ((right - left) >> 4 << 3)),
      load<f64>(right),
    );
    let i = left;
    let j = right;
    while (i <= j) {
      while (load<f64>(i) < pivot) i += 8;
      while (load<f64>(j) > pivot) j -= 8;
      if (i <= j) {
        const swap = load<f64>(i);
        store<f64>(i, load<f64>(j));
        store<f64>(j, swap);
        i += 8;
        j -= 8;
      }
    }
    if (wanted <= j) right = j;
    else if (wanted >= i) left = i;
    else break;
  }
  return load<f64>(wanted);
}

function middleOfThree(a: f64, b: f64, c: f64): f64 {
  return max(min(a, b), min(max(a, b), c));
}

function computeDeviation(values: usize, end: usize, about: f64): f64 {
  let sum: f64 = 0;
  let squares: f64 = 0;
  for (let at = values; at < end; at += 8) {
    const off = load<f64>(at) - about;
    sum += off;
    squares += off * off;
  }
  const count = <f64> ((end - values) >> 3);
  return sqrt(max(0, squares - sum * sum / count) / count);
}

/** Moves the values from `low` to `high` to the front and returns their end. */
function keepWithin(values: usize, end: usize, low: f64, high: f64): usize {
  let kept = values;
  for (let at = values; at < end; at += 8) {
    const value = load<f64>(at);
    store<f64>(kept, value);
    if (value >= low && value <= high) kept += 8;
  }
  return kept;
}
