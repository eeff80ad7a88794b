/**
 * Lines of pixels that equal the next ones, and a sample of the pixels, as
 * `lib/preprocess/damage.ts` defines them, for 16-bit pixels.
 */
import { OFFSET } from "./lanes";

const SHORTEST = 4;
const PROBES = 8;

/**
 * Finds the next run of lines that equal each other.
 *
 * @param first Address of the first pixel of the first line.
 * @param count Number of lines.
 * @param across Bytes from one line to the next.
 * @param length Pixels of a line.
 * @param along Bytes from one pixel of a line to the next.
 * @param from The first line that may belong to the run.
 * @param into Receives the first and the last line of the run as integers of 32 bits.
 * @returns Whether there is a run.
 */
export function findRun(
  first: usize,
  count: i32,
  across: usize,
  length: i32,
  along: usize,
  from: i32,
  into: usize,
): bool {
  for (let line = from; line < count; line++) {
    const at = first + <usize> line * across;
    if (line + 1 < count && equalsNext(at, across, length, along)) continue;
    if (line - from + 1 >= SHORTEST) {
      store<i32>(into, from);
      store<i32>(into, line, 4);
      return true;
    }
    from = line + 1;
  }
  return false;
}

function equalsNext(
  line: usize,
  across: usize,
  length: i32,
  along: usize,
): bool {
  for (let probe = 0; probe < PROBES; probe++) {
    const place = <usize> ((<f64> probe + 0.5) * <f64> length / PROBES);
    const at = line + place * along;
    if (load<u16>(at) != load<u16>(at + across)) return false;
  }
  const end = line + <usize> length * along;
  for (let at = line; at < end; at += along) {
    if (load<u16>(at) != load<u16>(at + across)) return false;
  }
  return true;
}

/**
 * Copies every `step`th pixel, less 32768, and fills the last vector with the largest value.
 *
 * @param plane Address of `pixels` values.
 * @param into Receives the values.
 */
export function sampleEvery(
  plane: usize,
  pixels: i32,
  step: i32,
  into: usize,
): void {
  for (let k = 0; k < pixels; k += step) {
    store<u16>(into, load<u16>(plane + (<usize> k << 1)) ^ <u16> OFFSET);
    into += 2;
  }
  for (; into & 15; into += 2) store<i16>(into, i16.MAX_VALUE);
}

/** Sums the values of a sample from `least`, of which none counts more than `most`. */
export function sampleSumFrom(
  sample: usize,
  count: i32,
  least: i32,
  most: i32,
): f64 {
  let sum: i64 = 0;
  for (let k = 0; k < count; k++) {
    const value = <i32> (load<u16>(sample + (<usize> k << 1)) ^ <u16> OFFSET);
    if (value >= least) sum += min(value, most);
  }
  return <f64> sum;
}

/**
 * Returns whether at least half of the pairs of a sampled pixel and the next one, both of
 * them from `least`, differ by `limit` at most, and whether there is such a pair.
 *
 * @param plane Address of `pixels` values, of which every `step`th is sampled.
 */
export function areAlike(
  plane: usize,
  pixels: i32,
  step: i32,
  least: i32,
  limit: i32,
): bool {
  let pairs = 0, alike = 0;
  for (let k = 0; k + 1 < pixels; k += step) {
    const at = plane + (<usize> k << 1);
    const value = <i32> load<u16>(at), next = <i32> load<u16>(at, 2);
    if (value < least || next < least) continue;
    pairs++;
    if (abs(next - value) <= limit) alike++;
  }
  return pairs > 0 && 2 * alike >= pairs;
}
