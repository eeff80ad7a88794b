import {
  CHUNK,
  CHUNK_BYTES,
  FLOAT,
  floatsAt,
  subtractRunningMedian,
} from "./kernels.ts";

/** Where the differences are: behind the most points. */
const LEFT = CHUNK + CHUNK_BYTES / 2;

/** Largest number of points. */
const MOST = CHUNK_BYTES / 2 / FLOAT;

/**
 * Returns what `subtractRunningMedian` of `../features_profiles.ts` returns.
 *
 * @param points At most 4096.
 */
export function subtractMedians(points: Float64Array): Float64Array {
  const { length } = points;
  if (length > MOST) throw new RangeError(`${length} points are too many`);
  floatsAt(CHUNK, length).set(points);
  subtractRunningMedian(CHUNK, length, LEFT);
  return floatsAt(LEFT, length).slice();
}
