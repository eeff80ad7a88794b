import type { Card } from "../fits/header.ts";
import type { FrameType } from "../frame_type.ts";
import {
  addCosmicRays,
  addDarkCurrent,
  type RawPlane,
  readOut,
  transpose,
} from "./detector.ts";
import { createFrameCards } from "./frame_cards.ts";
import type { Detector, Instrument } from "./instrument.ts";
import { sampleArcLight, sampleFlatLight } from "./lamp_light.ts";
import { makeRandom, type Random } from "./random.ts";
import { sampleInstrument } from "./sample_instrument.ts";
import { sampleScienceLight, sampleStandardLight } from "./sky_light.ts";
import { type LightSource, projectLight, sampleField } from "./slit_light.ts";

/** Options of {@linkcode simulateFrame}. */
export interface SimulateFrameOptions {
  /** Seed of all random numbers, an integer from 0 to 2^53. */
  readonly seed: number;
  /** Type of the frame. */
  readonly type: FrameType;
  /** Instrument. Default: sampled from the seed. */
  readonly instrument?: Instrument;
  /** Whether the header claims another type. Default: false. */
  readonly lyingHeader?: boolean;
  /** Start of the exposure, ISO 8601. Default: 2026-01-01T00:00:00. */
  readonly date?: string;
}

/** A simulated raw frame. */
export interface SimulatedFrame {
  /** True type. */
  readonly type: FrameType;
  /** Name of the instrument. */
  readonly instrument: string;
  /** Counts, 0 to 65535; the dispersion lies along either axis. */
  readonly plane: RawPlane;
  /** Header cards, except those that describe how pixels are stored. */
  readonly cards: readonly Card[];
  /** Exposure time in seconds. */
  readonly exposure: number;
}

/** Range of exposure times of each type, in seconds; sampled log-uniformly. */
const EXPOSURES: Readonly<Record<FrameType, readonly [number, number]>> = {
  bias: [0, 0],
  dark: [30, 3000],
  arc: [0.5, 300],
  flat: [0.5, 600],
  standard: [1, 400],
  science: [20, 3600],
};

/**
 * Range of exposure times for darks of a cold detector, in seconds. A shorter dark
 * would be indistinguishable from a bias.
 */
const COLD_DARK_EXPOSURES = [240, 3600] as const;

function isCold({ darkCurrent, warmFraction }: Detector): boolean {
  return darkCurrent < 0.05 && warmFraction < 1e-4;
}

/**
 * Simulates a raw frame of a slit spectrograph: samples the light of its type,
 * projects it onto the detector and reads the detector out. The result depends
 * on the options only.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { simulateFrame } from "./simulate_frame.ts";
 *
 * const frame = simulateFrame({ seed: 1, type: "arc" });
 * assertEquals(frame.plane, simulateFrame({ seed: 1, type: "arc" }).plane);
 * ```
 */
export function simulateFrame(options: SimulateFrameOptions): SimulatedFrame {
  const { seed, type, lyingHeader = false, date = "2026-01-01T00:00:00" } =
    options;
  const random = makeRandom(seed);
  const instrument = options.instrument ?? sampleInstrument(random.fork());
  const { detector, rows, dispersion: { columns } } = instrument;

  const [shortest, longest] = type === "dark" && isCold(detector)
    ? COLD_DARK_EXPOSURES
    : EXPOSURES[type];
  const exposure = longest === 0 ? 0 : random.logUniform(shortest, longest);
  const source = sampleLight(type, instrument, random.fork());
  const shape = {
    rise: 0.02 * rows * random.normal(),
    bend: 0.008 * rows * random.normal(),
    field: type === "science" || type === "standard"
      ? sampleField(random.fork(), type === "science")
      : undefined,
  };
  const light = source
    ? projectLight(instrument, source, shape)
    : new Float32Array(rows * columns);

  // Seeded by the detector, so that every frame has the same warm pixels.
  addDarkCurrent(
    light,
    columns,
    detector,
    exposure,
    makeRandom(rows * columns),
  );
  addCosmicRays(
    light,
    columns,
    exposure,
    random.logUniform(0.3, 3),
    random.fork(),
  );
  const plane = readOut(light, columns, detector, random.fork());
  return {
    type,
    instrument: instrument.name,
    plane: instrument.isTransposed ? transpose(plane) : plane,
    cards: createFrameCards(
      { type, instrument, exposure, date, lyingHeader },
      random.fork(),
    ),
    exposure,
  };
}

/** Returns the light of a type, or `undefined` for bias and dark. */
function sampleLight(
  type: FrameType,
  { layout, detector }: Instrument,
  random: Random,
): LightSource | undefined {
  const { readNoise, gain, saturation, biasLevel } = detector;
  switch (type) {
    case "arc":
      return sampleArcLight(random, layout);
    case "flat":
      return sampleFlatLight(random, gain * (saturation - biasLevel));
    case "standard":
      return sampleStandardLight(random, readNoise);
    case "science":
      return sampleScienceLight(random, readNoise);
    default:
      return undefined;
  }
}
