/**
 * A raw frame from a seed.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import type { Card } from "../fits/header.ts";
import type { FrameType } from "../frame_type.ts";
import { arcLight } from "./arc.ts";
import { addCosmicRays } from "./cosmic_rays.ts";
import { addDarkCurrent, type Detector, readOut } from "./detector.ts";
import { flatLight } from "./flat.ts";
import { frameCards } from "./frame_cards.ts";
import type { Instrument } from "./instrument.ts";
import { makeRandom, type Random } from "./random.ts";
import { sampleInstrument } from "./sample_instrument.ts";
import { scienceLight } from "./science.ts";
import { layLight, type SlitLightAt } from "./slit_light.ts";
import { standardLight } from "./standard.ts";

/** What to simulate. */
export interface SimulateFrameOptions {
  /** The same seed, the same frame; any integer from 0 to 2^53. */
  readonly seed: number;
  /** Its type. */
  readonly type: FrameType;
  /** Its instrument; drawn from the seed when left out. */
  readonly instrument?: Instrument;
  /** Whether the header claims another type. */
  readonly lyingHeader?: boolean;
  /** Start of the exposure, ISO 8601. Default: 2026-01-01T00:00:00. */
  readonly date?: string;
}

/** A simulated raw frame. */
export interface SimulatedFrame {
  /** Its true type. */
  readonly type: FrameType;
  /** Name of the instrument. */
  readonly instrument: string;
  /** Counts, 0 to 65535; the dispersion along either axis. */
  readonly plane: Plane & { readonly pixels: Uint16Array };
  /** Header cards, without those that say how pixels are stored. */
  readonly cards: readonly Card[];
  /** In seconds. */
  readonly exposure: number;
}

/** Exposure times of each type, in seconds: from and to, even in the logarithm. */
const EXPOSURES: Readonly<Record<FrameType, readonly [number, number]>> = {
  bias: [0, 0],
  dark: [30, 3000],
  arc: [0.5, 300],
  flat: [0.5, 600],
  standard: [1, 400],
  science: [20, 3600],
};

/** Those of darks of a cold detector: of a shorter one nothing shows that a bias does not. */
const COLD_DARK = [240, 3600] as const;

function isCold({ darkCurrent, warmShare }: Detector): boolean {
  return darkCurrent < 0.05 && warmShare < 1e-4;
}

/**
 * Simulates a raw frame: light of its type through the slit, laid out by the
 * spectrograph, collected and read out by the detector.
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
    ? COLD_DARK
    : EXPOSURES[type];
  const exposure = longest === 0 ? 0 : random.logUniform(shortest, longest);
  const lightAt = lightOf(type, instrument, random.fork());
  const shape = {
    rise: 0.02 * rows * random.normal(),
    bend: 0.008 * rows * random.normal(),
  };
  const light = lightAt
    ? layLight(instrument, lightAt, shape)
    : new Float32Array(rows * columns);

  // Warm pixels belong to the detector: their places depend on it alone.
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
    plane: instrument.turned ? transposed(plane) : plane,
    cards: frameCards(
      { type, instrument, exposure, date, lyingHeader },
      random.fork(),
    ),
    exposure,
  };
}

function lightOf(
  type: FrameType,
  { layout, detector }: Instrument,
  random: Random,
): SlitLightAt | undefined {
  const { readNoise, gain, saturation, biasLevel } = detector;
  switch (type) {
    case "arc":
      return arcLight(random, layout);
    case "flat":
      return flatLight(random, gain * (saturation - biasLevel));
    case "standard":
      return standardLight(random, readNoise);
    case "science":
      return scienceLight(random, readNoise);
    default:
      return undefined;
  }
}

function transposed(
  { width, height, pixels }: SimulatedFrame["plane"],
): SimulatedFrame["plane"] {
  const turned = new Uint16Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      turned[x * height + row] = pixels[row * width + x]!;
    }
  }
  return { width: height, height: width, pixels: turned };
}
