/**
 * Returns the median of the first `count` values, none of them NaN: for an even
 * number the mean of the middle two, as `numpy.median`. Reorders these values.
 *
 * @param values At least `count` values.
 * @param count How many values to use, at least 1.
 */
export function median(values: Float64Array, count: number): number {
  const middle = count >> 1;
  const upper = select(values, count, middle);
  if (count % 2 === 1) return upper;
  let lower = values[0]!;
  for (let k = 1; k < middle; k++) {
    if (values[k]! > lower) lower = values[k]!;
  }
  // Halved before the addition: the sum of two large values must not overflow.
  return lower === upper ? upper : 0.5 * lower + 0.5 * upper;
}

/** Returns the {@linkcode median} of values, none of them NaN; at least one. */
export function medianOf(values: readonly number[]): number {
  return median(Float64Array.from(values), values.length);
}

/**
 * Returns the value that sorting the first `count` values, none of them NaN, would
 * put at `rank`. Reorders them so that no value before `rank` is larger.
 *
 * Source: Hoare's selection (Algorithm 65, CACM 4, 1961) with the middle of
 * three as pivot. Linear in `count` on the nearly sorted, nearly equal and
 * random columns of real frames.
 */
export function select(
  values: Float64Array,
  count: number,
  rank: number,
): number {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = middleOfThree(
      values[left]!,
      values[(left + right) >> 1]!,
      values[right]!,
    );
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i <= j) {
        const swap = values[i]!;
        values[i++] = values[j]!;
        values[j--] = swap;
      }
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else break;
  }
  return values[rank]!;
}

function middleOfThree(a: number, b: number, c: number): number {
  if (a > b) [a, b] = [b, a];
  return c < a ? a : c > b ? b : c;
}

/**
 * Returns the value that sorting would put at `rank`, which is near the end. The values are
 * not reordered, and none of them is NaN.
 */
export function selectNearEnd(values: Float64Array, rank: number): number {
  // The largest values in ascending order.
  const largest = values.slice(rank).sort();
  for (let k = 0; k < rank; k++) {
    const value = values[k]!;
    if (value <= largest[0]!) continue;
    let at = 0;
    for (; at + 1 < largest.length && largest[at + 1]! < value; at++) {
      largest[at] = largest[at + 1]!;
    }
    largest[at] = value;
  }
  return largest[0]!;
}

/** Returns the finite values in ascending order. */
export function sortFinite(
  values: readonly number[] | Float64Array,
): Float64Array {
  const finite = new Float64Array(values.length);
  let count = 0;
  for (const value of values) {
    if (Number.isFinite(value)) finite[count++] = value;
  }
  return finite.subarray(0, count).sort();
}

/**
 * Returns the value at a fraction of the way through sorted values, rounded down
 * to the nearest rank; 0 when there are no values.
 *
 * @param sorted In ascending order.
 * @param fraction 0 for the smallest value, 1 for the largest.
 */
export function percentile(
  sorted: ArrayLike<number>,
  fraction: number,
): number {
  return sorted[Math.floor(fraction * (sorted.length - 1))] ?? 0;
}

/**
 * Returns the {@linkcode percentile} of values in any order, none of them NaN.
 * Reorders them.
 */
export function selectPercentile(
  values: Float64Array,
  fraction: number,
): number {
  const rank = Math.floor(fraction * (values.length - 1));
  return values.length === 0 ? 0 : select(values, values.length, rank);
}
