/**
 * Ranks by selection.
 */

/** {@link selectOf} for 32-bit integers. */
export function select(values: usize, count: usize, rank: usize): i32 {
  return selectOf<i32>(values, count, rank);
}

/** {@link selectOf} for floats, none of them NaN. */
export function selectFloat(values: usize, count: usize, rank: usize): f64 {
  return selectOf<f64>(values, count, rank);
}

/**
 * Returns the value that sorting would put at `rank`. Reorders the values.
 */
function selectOf<T>(values: usize, count: usize, rank: usize): T {
  let left = values;
  let right = values + (count - 1) * sizeof<T>();
  const wanted = values + rank * sizeof<T>();
  while (left < right) {
    const pivot = load<T>(
      left + (right - left) / (2 * sizeof<T>()) * sizeof<T>(),
    );
    let i = left;
    let j = right;
    while (i <= j) {
      while (load<T>(i) < pivot) i += sizeof<T>();
      while (load<T>(j) > pivot) j -= sizeof<T>();
      if (i <= j) {
        const swap = load<T>(i);
        store<T>(i, load<T>(j));
        store<T>(j, swap);
        i += sizeof<T>();
        j -= sizeof<T>();
      }
    }
    if (wanted <= j) right = j;
    else if (wanted >= i) left = i;
    else break;
  }
  return load<T>(wanted);
}
