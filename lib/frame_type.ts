/**
 * The types of frames.
 *
 * @module
 */

/** All frame types. `spit-paper` classifies all but `dark`. */
export const FRAME_TYPES = [
  "bias",
  "dark",
  "arc",
  "flat",
  "standard",
  "science",
] as const;

/** A type of raw spectral frame. */
export type FrameType = typeof FRAME_TYPES[number];

/** Returns a value for each frame type. */
export function mapTypes<T>(
  compute: (type: FrameType) => T,
): Record<FrameType, T> {
  return Object.fromEntries(
    FRAME_TYPES.map((type) => [type, compute(type)]),
  ) as Record<FrameType, T>;
}

/** The types of frames of the sky, which calibrations serve. */
export const ON_SKY = ["science", "standard"] as const;

/** Returns whether a type is one of {@linkcode ON_SKY}. */
export function isOnSky(
  type: string | null | undefined,
): type is typeof ON_SKY[number] {
  return type === "science" || type === "standard";
}

/** Returns whether a string is a frame type. */
export function isFrameType(name: string): name is FrameType {
  return (FRAME_TYPES as readonly string[]).includes(name);
}
