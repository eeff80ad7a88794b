/**
 * Median profiles of a raw frame, and numbers that describe them.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { median } from "./median.ts";
import { percentile } from "./percentile.ts";
import { strides } from "./features_blocks.ts";

/** Pixels that make one point of a profile, at most. */
export const DEPTH = 65;

/** Points of a profile, at most. */
export const LONGEST = 1024;

/** Points on either side of the one that a peak rises above. */
const REACH = 6;

/**
 * Seven numbers for the profile along the slit and seven for that along the
 * dispersion: four percentiles and the largest above the fifth percentile, the
 * roughness (rms of what a running median leaves), and how many peaks rise
 * above five times what noise leaves of a median.
 *
 * @param noise Of a pixel, in counts, above 0.
 */
export function profilesOf(
  plane: Plane,
  noise: number,
): { slit: number[]; dispersion: number[] } {
  const { rows, columns, slit, dispersion } = strides(plane);
  return {
    slit: describeProfile(
      profile(plane, rows, slit, columns, dispersion),
      noise,
      columns,
    ),
    dispersion: describeProfile(
      profile(plane, columns, dispersion, rows, slit),
      noise,
      rows,
    ),
  };
}

/** Medians over `depth` pixels, for each of `length` places along an axis. */
function profile(
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
 * The seven numbers of a profile.
 *
 * @param points Medians, in counts, all finite.
 * @param depth Pixels across the axis.
 */
export function describeProfile(
  points: Float64Array,
  noise: number,
  depth: number,
): number[] {
  const sorted = points.slice().sort();
  const base = percentile(sorted, 0.05);
  const above = (share: number) =>
    Math.asinh((percentile(sorted, share) - base) / noise);
  const residual = highPass(points);
  const squares = residual.reduce((sum, value) => sum + value * value, 0);
  const faintest = 5 * 1.25 * noise / Math.sqrt(Math.min(depth, DEPTH));
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

/** What is left of each point after the median of those around it. */
function highPass(points: Float64Array): Float64Array {
  // The points around, sorted: one comes in and one goes out at each step.
  const around = new Float64Array(2 * REACH + 2);
  let count = 0;
  const put = (value: number) => {
    let k = count++;
    for (; k > 0 && around[k - 1]! > value; k--) around[k] = around[k - 1]!;
    around[k] = value;
  };
  const take = (value: number) => {
    let k = 0;
    while (around[k] !== value) k++;
    count--;
    for (; k < count; k++) around[k] = around[k + 1]!;
  };
  const left = new Float64Array(points.length);
  for (let k = 0; k < Math.min(REACH, points.length); k++) put(points[k]!);
  for (let k = 0; k < points.length; k++) {
    if (k + REACH < points.length) put(points[k + REACH]!);
    if (k > REACH) take(points[k - REACH - 1]!);
    const middle = count >> 1;
    left[k] = points[k]! -
      (count % 2 === 1
        ? around[middle]!
        : 0.5 * around[middle - 1]! + 0.5 * around[middle]!);
  }
  return left;
}
