import type { Card } from "../fits/header.ts";
import { type FrameType, isOnSky } from "../frame_type.ts";
import {
  addCosmicRays,
  addDarkCurrent,
  type RawPlane,
  readOut,
  transpose,
} from "./detector.ts";
import { createFrameCards } from "./frame_cards.ts";
import {
  applyShade,
  computeDarkNoise,
  type FrameLight,
  measureVisibility,
  type Visibility,
} from "./frame_light.ts";
import type { Detector, Instrument } from "./instrument.ts";
import { sampleArcLight, sampleFlatLight } from "./lamp_light.ts";
import { makeRandom, type Random } from "./random.ts";
import { sampleInstrument } from "./sample_instrument.ts";
import { sampleScienceLight, sampleStandardLight } from "./sky_light.ts";
import { projectLight, sampleField } from "./slit_light.ts";

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
  /** Kind of light within the type, such as `nebula`; `none` for bias and dark. */
  readonly kind: string;
  /** Name of the instrument. */
  readonly instrument: string;
  /** Counts, 0 to 65535; the dispersion lies along either axis. */
  readonly plane: RawPlane;
  /** Header cards, except those that describe how pixels are stored. */
  readonly cards: readonly Card[];
  /** Exposure time in seconds. */
  readonly exposure: number;
}

/** Range of exposure times of darks, in seconds; sampled log-uniformly. */
const DARK_EXPOSURES = [30, 3000] as const;

/**
 * Range of exposure times for darks of a cold detector, in seconds. A shorter dark
 * would be indistinguishable from a bias.
 */
const COLD_DARK_EXPOSURES = [240, 3600] as const;

/** Fraction of darks with the thermal glow of a warm instrument, as in the near infrared. */
const THERMAL_DARKS = 0.08;

/** How often light that is too faint is sampled anew before it is amplified. */
const MAX_SAMPLES = 6;

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

  const { light, kind, exposure } = exposeLight(type, instrument, random);

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
    random.logUniform(0.06, 3),
    random.fork(),
  );
  const plane = readOut(light, columns, detector, random.fork());
  return {
    type,
    kind,
    instrument: instrument.name,
    plane: instrument.isTransposed ? transpose(plane) : plane,
    cards: createFrameCards(
      { type, instrument, exposure, date, lyingHeader },
      random.fork(),
    ),
    exposure,
  };
}

/** The light of one exposure, without what the detector adds. */
export interface ExposedLight {
  /** Electrons, rows × columns, row-major. */
  readonly light: Float32Array;
  /** Kind of light within the type. */
  readonly kind: string;
  /** Exposure time in seconds. */
  readonly exposure: number;
}

/**
 * Exposes a frame of a type: samples its light until it is seen to be of that type,
 * as {@linkcode showsType} tells, and projects it onto the detector.
 */
export function exposeLight(
  type: FrameType,
  instrument: Instrument,
  random: Random,
): ExposedLight {
  const { detector, rows, dispersion: { columns } } = instrument;
  if (type === "bias" || type === "dark") {
    const light = new Float32Array(rows * columns);
    if (type === "bias") return { light, kind: "none", exposure: 0 };
    const [shortest, longest] = isCold(detector)
      ? COLD_DARK_EXPOSURES
      : DARK_EXPOSURES;
    const exposure = random.logUniform(shortest, longest);
    if (random.chance(THERMAL_DARKS)) {
      addThermalGlow(light, columns, detector.readNoise, random.fork());
    }
    return { light, kind: "none", exposure };
  }
  for (let sample = 1;; sample++) {
    const { kind, source, exposures, shade } = sampleLight(
      type,
      instrument,
      random.fork(),
    );
    const exposure = random.logUniform(exposures[0], exposures[1]);
    const light = projectLight(instrument, source, {
      rise: 0.02 * rows * random.normal(),
      bend: 0.008 * rows * random.normal(),
      field: isOnSky(type)
        ? sampleField(random.fork(), type === "science")
        : undefined,
    });
    if (shade) applyShade(light, instrument, shade);
    const noise = computeDarkNoise(detector, exposure);
    const isVisible = () =>
      showsType(type, measureVisibility(light, columns, noise));
    if (isVisible()) return { light, kind, exposure };
    if (sample < MAX_SAMPLES) continue;
    for (let step = 0; step < 6 && !isVisible(); step++) {
      for (let k = 0; k < light.length; k++) light[k]! *= 3;
    }
    return { light, kind, exposure };
  }
}

/**
 * Returns whether enough of the light stands out from the noise for an observer to
 * recognise the type: a frame without visible light is a dark, whatever was intended.
 */
export function showsType(
  type: "arc" | "flat" | "standard" | "science",
  { lit, detail, lines }: Visibility,
): boolean {
  switch (type) {
    case "flat":
      return lit > 0.05;
    case "arc":
      return detail > 0.002 && lines >= 2;
    default:
      // A trace one cell wide over the whole dispersion covers 0.005 of the cells, three
      // lines along the whole slit as much. Half of either is recognised.
      return detail > 0.0025;
  }
}

/** Samples the light of a type. */
function sampleLight(
  type: "arc" | "flat" | "standard" | "science",
  instrument: Instrument,
  random: Random,
): FrameLight {
  switch (type) {
    case "arc":
      return sampleArcLight(random, instrument);
    case "flat":
      return sampleFlatLight(random, instrument);
    case "standard":
      return sampleStandardLight(random, instrument);
    case "science":
      return sampleScienceLight(random, instrument);
  }
}

/** Adds the glow of a warm instrument, which changes slowly over the detector. */
function addThermalGlow(
  light: Float32Array,
  columns: number,
  readNoise: number,
  random: Random,
): void {
  const rows = light.length / columns;
  const level = readNoise * random.logUniform(1, 60);
  const slopes = [random.normal() * 0.2, random.normal() * 0.2] as const;
  const curvature = random.uniform(-0.3, 0.3);
  for (let row = 0; row < rows; row++) {
    const y = row / rows - 0.5;
    for (let column = 0; column < columns; column++) {
      const x = column / columns - 0.5;
      light[row * columns + column]! += level *
        Math.max(
          0,
          1 + slopes[0] * y + slopes[1] * x + curvature * (x * x + y * y),
        );
    }
  }
}
