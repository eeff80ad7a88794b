/**
 * Views of simulated frames of every type, each of another instrument.
 *
 * @module
 */
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import {
  frameStatistics,
  STATISTICS,
} from "../../lib/preprocess/statistics.ts";
import { VIEWS, views } from "../../lib/preprocess/views.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

/** Pixels of a view. */
export const VIEW = 210 * 650;

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
  const statistics = new Float32Array(count * STATISTICS.length);
  for (let frame = 0; frame < frames; frame++) {
    const type = FRAME_TYPES[frame % FRAME_TYPES.length]!;
    const { plane } = simulateFrame({ seed: 4_000_000 + frame, type });
    pixels.set(views(preprocess(plane).pixels), VIEWS * frame * VIEW);
    const row = frameStatistics(plane);
    for (let view = 0; view < VIEWS; view++) {
      statistics.set(row, (VIEWS * frame + view) * STATISTICS.length);
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
  const statistics = new Float32Array(count * STATISTICS.length);
  for (let k = 0; k < count; k++) {
    const view = (first + k) % sample.count;
    pixels.set(rowOf(sample.pixels, view, VIEW), k * VIEW);
    statistics.set(
      rowOf(sample.statistics, view, STATISTICS.length),
      k * STATISTICS.length,
    );
  }
  return { count, pixels, statistics };
}

function rowOf<T extends Uint8Array | Float32Array>(
  rows: T,
  row: number,
  length: number,
): T {
  return rows.subarray(row * length, (row + 1) * length) as T;
}
