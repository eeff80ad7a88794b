/**
 * A night of one instrument, in the order in which observers take frames.
 *
 * @module
 */
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import type { Instrument } from "./instrument.ts";
import { makeRandom } from "./random.ts";
import { sampleInstrument } from "./sample_instrument.ts";
import { type SimulatedFrame, simulateFrame } from "./simulate_frame.ts";

/** What to simulate. */
export interface SimulateNightOptions {
  /** The same seed, the same night. */
  readonly seed: number;
  /** Number of frames. */
  readonly count: number;
  /** Its instrument; drawn from the seed when left out. */
  readonly instrument?: Instrument;
  /** Share of frames whose header claims another type, 0 to 1. Default: 0. */
  readonly lying?: number;
}

/** A frame of a night. */
export interface NightFrame extends SimulatedFrame {
  /** Name of its file, without an ending, as `r0001`. */
  readonly name: string;
}

/** Share of each type in a night, about that of the paper's nights. */
const SHARES: Readonly<Record<FrameType, number>> = {
  bias: 0.17,
  dark: 0.06,
  arc: 0.12,
  flat: 0.25,
  standard: 0.12,
  science: 0.28,
};

/** Order of a night: calibrations at dusk, then the sky. */
const ORDER: readonly FrameType[] = [
  "bias",
  "dark",
  "flat",
  "arc",
  "standard",
  "science",
];

/**
 * Frames of a night, one at a time. Every type has at least one where there are
 * frames enough; times grow from 2026-01-01 04:00 UTC on.
 */
export function* simulateNight(
  { seed, count, instrument, lying = 0 }: SimulateNightOptions,
): Generator<NightFrame> {
  const random = makeRandom(seed);
  const used = instrument ?? sampleInstrument(random.fork());
  let time = Date.UTC(2026, 0, 1, 4);
  let number = 0;
  const counts = countsOf(count);
  for (const type of ORDER) {
    for (let k = 0; k < counts[type]; k++) {
      const frame = simulateFrame({
        seed: random.integer(0, 2 ** 32),
        type,
        instrument: used,
        lyingHeader: random.chance(lying),
        date: new Date(time).toISOString().slice(0, 19),
      });
      time += 1000 * (frame.exposure + 40);
      yield { ...frame, name: `r${String(++number).padStart(4, "0")}` };
    }
  }
}

/** How many frames of each type; the sum is `count`. */
function countsOf(count: number): Record<FrameType, number> {
  const counts = Object.fromEntries(
    FRAME_TYPES.map((type) => [type, Math.floor(SHARES[type] * count)]),
  ) as Record<FrameType, number>;
  const left = () =>
    count - FRAME_TYPES.reduce((sum, type) => sum + counts[type], 0);
  for (const type of ORDER) {
    if (counts[type] === 0 && left() > 0) counts[type]++;
  }
  counts.science += left();
  return counts;
}
