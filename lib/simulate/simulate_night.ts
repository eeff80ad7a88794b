import { FRAME_TYPES, type FrameType, mapTypes } from "../frame_type.ts";
import type { Instrument } from "./instrument.ts";
import { makeRandom } from "./random.ts";
import { sampleInstrument } from "./sample_instrument.ts";
import { type SimulatedFrame, simulateFrame } from "./simulate_frame.ts";

/** Options of {@linkcode simulateNight}. */
export interface SimulateNightOptions {
  /** Seed of all random numbers. */
  readonly seed: number;
  /** Number of frames. */
  readonly count: number;
  /** Instrument. Default: sampled from the seed. */
  readonly instrument?: Instrument;
  /** Fraction of frames whose header claims another type, 0 to 1. Default: 0. */
  readonly lying?: number;
}

/** A frame of a simulated night. */
export interface NightFrame extends SimulatedFrame {
  /** File name without extension, such as `r0001`. */
  readonly name: string;
}

/** Fraction of each type in a night, approximately as in the paper's data. */
const TYPE_FRACTIONS: Readonly<Record<FrameType, number>> = {
  bias: 0.17,
  dark: 0.06,
  arc: 0.12,
  flat: 0.25,
  standard: 0.12,
  science: 0.28,
};

/** Order in which observers take frames: calibrations at dusk, then the sky. */
const ORDER: readonly FrameType[] = [
  "bias",
  "dark",
  "flat",
  "arc",
  "standard",
  "science",
];

/**
 * Simulates the frames of a night with one instrument, in order of time. Every type
 * occurs at least once if `count` allows. The first exposure starts on
 * 2026-01-01 at 04:00 UTC.
 */
export function* simulateNight(
  { seed, count, instrument, lying = 0 }: SimulateNightOptions,
): Generator<NightFrame> {
  const random = makeRandom(seed);
  const nightInstrument = instrument ?? sampleInstrument(random.fork());
  let time = Date.UTC(2026, 0, 1, 4);
  let number = 0;
  const counts = countFrames(count);
  for (const type of ORDER) {
    for (let k = 0; k < counts[type]; k++) {
      const frame = simulateFrame({
        seed: random.integer(0, 2 ** 32),
        type,
        instrument: nightInstrument,
        lyingHeader: random.chance(lying),
        date: new Date(time).toISOString().slice(0, 19),
      });
      time += 1000 * (frame.exposure + 40);
      yield { ...frame, name: `r${String(++number).padStart(4, "0")}` };
    }
  }
}

/** Computes the number of frames of each type; the sum is `count`. */
function countFrames(count: number): Record<FrameType, number> {
  const counts = mapTypes((type) => Math.floor(TYPE_FRACTIONS[type] * count));
  const countRemaining = () =>
    count - FRAME_TYPES.reduce((sum, type) => sum + counts[type], 0);
  for (const type of ORDER) {
    if (counts[type] === 0 && countRemaining() > 0) counts[type]++;
  }
  counts.science += countRemaining();
  return counts;
}
