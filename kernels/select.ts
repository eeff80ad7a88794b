/**
 * Order statistics of 32-bit integers, by selection.
 */

/**
 * The value that sorting would put at `rank`; reorders the values. As
 * `lib/preprocess/median.ts`.
 */
export function select(values: usize, count: usize, rank: usize): i32 {
  let left = values;
  let right = values + ((count - 1) << 2);
  const wanted = values + (rank << 2);
  while (left < right) {
    const pivot = load<i32>(left + (((right - left) >> 3) << 2));
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
