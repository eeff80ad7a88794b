/**
 * The fit of a line to sorted samples, as `lib/preprocess/zscale.ts` defines it.
 */
import { getFloat, setFloat } from "./floats";

const ROUNDS = 5;
const REJECT: f64 = 2.5;
const LEAST: f64 = 5;
const LEAST_PART: f64 = 0.5;
const GROW_PART: f64 = 0.01;

/** The line that {@link fitLine} has fitted. */
let slope: f64 = 0;
let intercept: f64 = 0;

/**
 * Fits a line with rejection.
 *
 * @param samples `count` floats.
 * @param scratch Buffer for `count` floats, and for two bytes for each of them after these.
 * @param result Receives the slope per sample.
 * @returns Whether enough samples stay good.
 */
export function fitSlope(
  samples: usize,
  count: u32,
  scratch: usize,
  result: usize,
): bool {
  const residuals = scratch;
  let bad = scratch + (<usize> count << 3);
  let grown = bad + count;
  const needed = max(LEAST, floor(LEAST_PART * <f64> count));
  const window = <u32> max<f64>(1, floor(GROW_PART * <f64> count));
  const step: f64 = 2 / (<f64> count - 1);
  memory.fill(bad, 0, count);
  let good: f64 = count;
  let before: f64 = good + 1;
  slope = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (good >= before || good < needed) break;
    before = good;
    fitLine(samples, count, bad, good, step);
    for (let k: u32 = 0; k < count; k++) {
      const line = slope * (<f64> k * step - 1) + intercept;
      setFloat(residuals, k, getFloat(samples, k) - line);
    }
    const limit = REJECT * computeDeviation(residuals, count, bad, good);
    for (let k: u32 = 0; k < count; k++) {
      if (abs(getFloat(residuals, k)) > limit) store<u8>(bad + k, 1);
    }
    growRejections(bad, count, window, grown);
    const swap = bad;
    bad = grown;
    grown = swap;
    good = count;
    for (let k: u32 = 0; k < count; k++) good -= <f64> load<u8>(bad + k);
  }
  store<f64>(result, slope * step);
  return !(good < needed);
}

/** Fits a line to the good samples by least squares; x runs from -1 to 1. */
function fitLine(
  samples: usize,
  count: u32,
  bad: usize,
  good: f64,
  step: f64,
): void {
  let sumX: f64 = 0, sumY: f64 = 0, sumXX: f64 = 0, sumXY: f64 = 0;
  for (let k: u32 = 0; k < count; k++) {
    if (load<u8>(bad + k)) continue;
    const x = <f64> k * step - 1;
    const y = getFloat(samples, k);
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const determinant = good * sumXX - sumX * sumX;
  slope = (good * sumXY - sumX * sumY) / determinant;
  intercept = (sumXX * sumY - sumX * sumXY) / determinant;
}

/** Computes the sample standard deviation of the good residuals. */
function computeDeviation(
  residuals: usize,
  count: u32,
  bad: usize,
  good: f64,
): f64 {
  let sum: f64 = 0;
  for (let k: u32 = 0; k < count; k++) {
    if (!load<u8>(bad + k)) sum += getFloat(residuals, k);
  }
  const mean = sum / good;
  let squares: f64 = 0;
  for (let k: u32 = 0; k < count; k++) {
    if (load<u8>(bad + k)) continue;
    const off = getFloat(residuals, k) - mean;
    squares += off * off;
  }
  return sqrt(squares / (good - 1));
}

/** Rejects a window about each rejected sample. */
function growRejections(
  bad: usize,
  count: u32,
  window: u32,
  grown: usize,
): void {
  memory.fill(grown, 0, count);
  const down = (window - 1) >> 1;
  let end: u32 = 0;
  for (let k: u32 = 0; k < count; k++) {
    if (!load<u8>(bad + k)) continue;
    const start = max(end, k > down ? k - down : 0);
    end = min(k - down + window, count);
    memory.fill(grown + start, 1, end - start);
  }
}
