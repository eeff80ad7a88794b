/**
 * The median, by selection.
 *
 * @module
 */

/**
 * Median of the first `count` values, none of them NaN; for an even number the
 * mean of the middle two, as `numpy.median`. Reorders these values.
 *
 * Source: Hoare's selection (Algorithm 65, CACM 4, 1961) with the middle of
 * three as pivot; linear in `count` on the nearly sorted, nearly equal and
 * random columns of real frames.
 *
 * @param values At least `count` values.
 * @param count How many of them count, at least 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { median } from "./median.ts";
 *
 * assertEquals(median(Float64Array.of(9, 1, 4, 2), 4), 3);
 * ```
 */
export function median(values: Float64Array, count: number): number {
  const middle = count >> 1;
  const upper = select(values, count, middle);
  if (count % 2 === 1) return upper;
  let lower = values[0]!;
  for (let k = 1; k < middle; k++) {
    if (values[k]! > lower) lower = values[k]!;
  }
  // Halved first: the sum of two large values must not overflow.
  return lower === upper ? upper : 0.5 * lower + 0.5 * upper;
}

/**
 * The value that sorting the first `count` values, none of them NaN, would put
 * at `rank`; none of those before it is larger afterwards. Reorders them.
 */
export function select(
  values: Float64Array,
  count: number,
  rank: number,
): number {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = middleOf(
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

function middleOf(a: number, b: number, c: number): number {
  if (a > b) [a, b] = [b, a];
  return c < a ? a : c > b ? b : c;
}
