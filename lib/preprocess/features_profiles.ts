import type { Plane } from "../fits/frame.ts";
import { getStrides } from "./features_blocks.ts";
import { median, percentile } from "./percentile.ts";

/** Largest number of pixels that a point of a profile is the median of. */
export const DEPTH = 65;

/** Largest number of points of a profile. */
export const LONGEST = 1024;

/** The running median extends over this many points on either side. */
const REACH = 6;

/** Which percentile of a profile is its base. */
const BASE = 0.05;

/** Height of a peak in standard errors of a point. */
const PEAK = 5;

/** Standard error of a median in units of that of a mean, for normal noise. */
const MEDIAN_ERROR = 1.25;

/**
 * Computes seven features of the profile along the slit and seven of the profile
 * along the dispersion: four percentiles and the largest point above the fifth
 * percentile; the roughness, which is the rms of the profile less its running
 * median; and the number of peaks that are more than five standard errors high.
 *
 * @param noise Standard deviation of a pixel in counts, above 0.
 */
export function measureProfiles(
  plane: Plane,
  noise: number,
): { slit: number[]; dispersion: number[] } {
  const { rows, columns, slit, dispersion } = getStrides(plane);
  const slitPoints = computeProfile(plane, rows, slit, columns, dispersion);
  const points = computeProfile(plane, columns, dispersion, rows, slit);
  return {
    slit: describeProfile(slitPoints, noise, columns),
    dispersion: describeProfile(points, noise, rows),
  };
}

/**
 * Computes the medians across an axis at evenly spaced points along it, without those
 * that have no finite pixel.
 *
 * @param length Pixels along the axis, `stride` apart.
 * @param depth Pixels across the axis, `depthStride` apart.
 */
function computeProfile(
  { pixels }: Plane,
  length: number,
  stride: number,
  depth: number,
  depthStride: number,
): Float64Array {
  const points = Math.min(length, LONGEST);
  const deep = Math.min(depth, DEPTH);
  const values = new Float64Array(deep);
  return Float64Array.from({ length: points }, (_, point) => {
    const start = Math.floor(point * length / points) * stride;
    let count = 0;
    for (let k = 0; k < deep; k++) {
      const place = Math.floor((k + 0.5) * depth / deep);
      const value = pixels[start + place * depthStride]!;
      if (Number.isFinite(value)) values[count++] = value;
    }
    return count === 0 ? NaN : median(values, count);
  }).filter(Number.isFinite);
}

/**
 * Computes the seven features of a profile.
 *
 * @param points Medians in counts, all finite.
 * @param subtract Default: {@linkcode subtractRunningMedian}.
 */
export function describeProfile(
  points: Float64Array,
  noise: number,
  depth: number,
  subtract: typeof subtractRunningMedian = subtractRunningMedian,
): number[] {
  const sorted = points.slice().sort();
  const base = percentile(sorted, BASE);
  const above = (fraction: number) =>
    Math.asinh((percentile(sorted, fraction) - base) / noise);
  const residual = subtract(points);
  const squares = residual.reduce((sum, value) => sum + value * value, 0);
  const faintest = PEAK * MEDIAN_ERROR * noise /
    Math.sqrt(Math.min(depth, DEPTH));
  let peaks = 0;
  for (let k = 1; k + 1 < residual.length; k++) {
    const value = residual[k]!;
    if (
      value > faintest && value > residual[k - 1]! && value >= residual[k + 1]!
    ) peaks++;
  }
  return [
    above(0.25),
    above(0.5),
    above(0.75),
    above(0.95),
    above(1),
    Math.asinh(Math.sqrt(squares / Math.max(1, points.length)) / noise),
    Math.asinh(peaks),
  ];
}

/** Subtracts from each point the median of the points around it. */
export function subtractRunningMedian(points: Float64Array): Float64Array {
  const { length } = points;
  // The points of the window in ascending order.
  const window = new Float64Array(2 * REACH + 1);
  const left = new Float64Array(length);
  let count = 0;
  for (let k = -REACH; k < length; k++) {
    const entering = k + REACH;
    const leaving = k - REACH - 1;
    let at = count;
    if (leaving >= 0) {
      at = 0;
      while (window[at] !== points[leaving]) at++;
    }
    if (entering < length) {
      if (leaving < 0) count++;
      moveTo(window, count, at, points[entering]!);
    } else if (leaving >= 0) {
      window.copyWithin(at, at + 1, count--);
    }
    if (k < 0) continue;
    const middle = count >> 1;
    left[k] = points[k]! -
      (count % 2 === 1
        ? window[middle]!
        : 0.5 * window[middle - 1]! + 0.5 * window[middle]!);
  }
  return left;
}

/** Puts a value in place of the one at `at`, which is in no order, and restores the order. */
function moveTo(
  sorted: Float64Array,
  count: number,
  at: number,
  value: number,
): void {
  while (at > 0 && sorted[at - 1]! > value) sorted[at] = sorted[--at]!;
  while (at + 1 < count && sorted[at + 1]! < value) sorted[at] = sorted[++at]!;
  sorted[at] = value;
}
