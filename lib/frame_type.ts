/**
 * The names of frame types, the same everywhere.
 *
 * @module
 */

/** Types that a network can give. `spit-paper` knows all but `dark`. */
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

/** Whether a string names a frame type. */
export function isFrameType(name: string): name is FrameType {
  return (FRAME_TYPES as readonly string[]).includes(name);
}
