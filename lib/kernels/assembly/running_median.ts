/**
 * The running median of a profile, as `lib/preprocess/features_profiles.ts` defines it.
 */
import { getFloat, setFloat } from "./floats";

const REACH = 6;

/** The points of the window in ascending order. */
const WINDOW = memory.data((2 * REACH + 1) * 8, 16);

/**
 * Subtracts from each point the median of the points around it.
 *
 * @param points Floats, all finite.
 * @param left Receives as many floats.
 */
export function subtractRunningMedian(
  points: usize,
  length: i32,
  left: usize,
): void {
  let count = 0;
  for (let k = -REACH; k < length; k++) {
    const entering = k + REACH;
    const leaving = k - REACH - 1;
    let at = count;
    if (leaving >= 0) {
      at = 0;
      while (getFloat(WINDOW, at) != getFloat(points, leaving)) at++;
    }
    if (entering < length) {
      if (leaving < 0) count++;
      moveTo(count, at, getFloat(points, entering));
    } else if (leaving >= 0) {
      count--;
      const place = WINDOW + (<usize> at << 3);
      memory.copy(place, place + 8, <usize> (count - at) << 3);
    }
    if (k < 0) continue;
    const middle = count >> 1;
    const median = count % 2 == 1
      ? getFloat(WINDOW, middle)
      : 0.5 * getFloat(WINDOW, middle - 1) + 0.5 * getFloat(WINDOW, middle);
    setFloat(left, k, getFloat(points, k) - median);
  }
}

/** Puts a value in place of the one at `at`, which is in no order, and restores the order. */
function moveTo(count: i32, at: i32, value: f64): void {
  while (at > 0 && getFloat(WINDOW, at - 1) > value) {
    setFloat(WINDOW, at, getFloat(WINDOW, at - 1));
    at--;
  }
  while (at + 1 < count && getFloat(WINDOW, at + 1) < value) {
    setFloat(WINDOW, at, getFloat(WINDOW, at + 1));
    at++;
  }
  setFloat(WINDOW, at, value);
}
