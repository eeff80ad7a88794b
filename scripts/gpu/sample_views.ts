/**
 * Views of simulated frames of every type, each of another instrument.
 *
 * @module
 */
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { examine } from "../../lib/preprocess/preprocess.ts";
import { STATISTICS } from "../../lib/preprocess/features.ts";
import { VIEWS, views } from "../../lib/preprocess/flips.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

/** Pixels of a view. */
export const VIEW = 210 * 650;

/** Numbers in a row of statistics. */
const NUMBERS = STATISTICS.length;

/** Ready-made input of a network. */
export interface SampleViews {
  /** How many. */
  readonly count: number;
  /** `count * 210 * 650` values. */
  readonly pixels: Uint8Array;
  /** A row for each view. */
  readonly statistics: Float32Array;
}

/** Four views of each frame; the same number, the same views. */
export function sampleViews(frames: number): SampleViews {
  const count = VIEWS * frames;
  const pixels = new Uint8Array(count * VIEW);
  const statistics = new Float32Array(count * NUMBERS);
  for (let frame = 0; frame < frames; frame++) {
    const type = FRAME_TYPES[frame % FRAME_TYPES.length]!;
    const { plane } = simulateFrame({ seed: 4_000_000 + frame, type });
    const examined = examine(plane);
    pixels.set(views(examined.picture.pixels), VIEWS * frame * VIEW);
    for (let view = 0; view < VIEWS; view++) {
      statistics.set(
        examined.statistics,
        (VIEWS * frame + view) * NUMBERS,
      );
    }
  }
  return { count, pixels, statistics };
}

/** Some of them: `count` from `first` on, from the start again after the last. */
export function someViews(
  sample: SampleViews,
  first: number,
  count: number,
): SampleViews {
  const pixels = new Uint8Array(count * VIEW);
  const statistics = new Float32Array(count * NUMBERS);
  for (let k = 0; k < count; k++) {
    const view = (first + k) % sample.count;
    const next = view + 1;
    pixels.set(sample.pixels.subarray(view * VIEW, next * VIEW), k * VIEW);
    statistics.set(
      sample.statistics.subarray(view * NUMBERS, next * NUMBERS),
      k * NUMBERS,
    );
  }
  return { count, pixels, statistics };
}
