/**
 * Flips of simulated frames of every type, each of another instrument.
 *
 * @module
 */
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { prepareInputs } from "../../lib/preprocess/preprocess.ts";
import { FEATURES } from "../../lib/preprocess/features.ts";
import { FLIPS } from "../../lib/preprocess/flips.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

/** Pixels of a flip. */
export const FLIP = 210 * 650;

/** Numbers in a row of features. */
const NUMBERS = FEATURES.length;

/** Ready-made input of a network. */
export interface SampleFlips {
  /** How many. */
  readonly count: number;
  /** `count * 210 * 650` values. */
  readonly pixels: Uint8Array;
  /** A row for each flip. */
  readonly features: Float32Array;
}

/** Four flips of each frame; the same number, the same flips. */
export function sampleFlips(frames: number): SampleFlips {
  const count = FLIPS * frames;
  const pixels = new Uint8Array(count * FLIP);
  const features = new Float32Array(count * NUMBERS);
  for (let frame = 0; frame < frames; frame++) {
    const type = FRAME_TYPES[frame % FRAME_TYPES.length]!;
    const { plane } = simulateFrame({ seed: 4_000_000 + frame, type });
    const inputs = prepareInputs(plane, { flips: 4, features: true });
    pixels.set(inputs.flips, FLIPS * frame * FLIP);
    for (let flip = 0; flip < FLIPS; flip++) {
      features.set(
        inputs.features!,
        (FLIPS * frame + flip) * NUMBERS,
      );
    }
  }
  return { count, pixels, features };
}

/** Some of them: `count` from `first` on, from the start again after the last. */
export function someFlips(
  sample: SampleFlips,
  first: number,
  count: number,
): SampleFlips {
  const pixels = new Uint8Array(count * FLIP);
  const features = new Float32Array(count * NUMBERS);
  for (let k = 0; k < count; k++) {
    const flip = (first + k) % sample.count;
    const next = flip + 1;
    pixels.set(sample.pixels.subarray(flip * FLIP, next * FLIP), k * FLIP);
    features.set(
      sample.features.subarray(flip * NUMBERS, next * NUMBERS),
      k * NUMBERS,
    );
  }
  return { count, pixels, features };
}
