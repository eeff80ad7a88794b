/**
 * Simulates out-of-distribution frames: frames that no slit spectrograph took, to
 * which no frame type applies.
 *
 * @module
 */
import type { Card } from "../../fits/header.ts";
import { FRAME_TYPES } from "../../frame_type.ts";
import { type RawPlane, transpose } from "../detector.ts";
import { createFrameCards } from "../frame_cards.ts";
import { makeRandom, type Random } from "../random.ts";
import { sampleInstrument } from "../sample_instrument.ts";
import {
  paintPupil,
  paintSlitImage,
  simulateAcquisition,
} from "./acquisition.ts";
import {
  type Canvas,
  type Painter,
  sampleCameraCanvas,
  sampleCanvas,
  sampleSpectrographCanvas,
} from "./canvas.ts";
import { simulateDoubleExposure, simulateMosaic } from "./composites.ts";
import { exposeCanvas, renderCanvas } from "./expose.ts";
import {
  simulateBlank,
  simulateSaturated,
  simulateUnlitLamp,
} from "./exposure_faults.ts";
import {
  paintLightLeak,
  paintRings,
  paintSpots,
  paintTwinImages,
} from "./held_out/optics.ts";
import { paintTestPattern } from "./held_out/patterns.ts";
import { paintPhotograph } from "./held_out/photograph.ts";
import { simulateShuffled } from "./held_out/shuffled.ts";
import { paintImaging, paintImagingFlat, paintSlitless } from "./imaging.ts";
import { paintStructuredNoise } from "./noise.ts";
import {
  paintBrightStar,
  paintDisc,
  paintSpeckles,
  paintStarTrails,
} from "./sky_images.ts";

/** Kinds that networks are trained on. */
export const OOD_TRAINING_KINDS = [
  "imaging",
  "acquisition",
  "imaging-flat",
  "structured-noise",
  "saturated",
  "blank",
  "mosaic",
  "double-exposure",
  "slitless",
  "slit-image",
  "pupil",
  "unlit-lamp",
  "star-trails",
  "bright-star",
  "disc",
  "speckles",
] as const;

/**
 * Kinds that no network is trained on. They measure whether a network recognises
 * frames unlike any it was trained on, and were chosen before any network was
 * tested on them. A kind must never move from training to test, and the code of
 * training kinds must not import that of test kinds (`held_out/`).
 */
export const OOD_TEST_KINDS = [
  "photograph",
  "shuffled",
  "test-pattern",
  "light-leak",
  "rings",
  "spots",
  "twin-images",
] as const;

/** All kinds of out-of-distribution frames. */
export const OOD_KINDS = [...OOD_TRAINING_KINDS, ...OOD_TEST_KINDS] as const;

/** A kind of out-of-distribution frame. */
export type OodKind = typeof OOD_KINDS[number];

/** A simulated out-of-distribution frame. */
export interface OodFrame {
  /** Kind of the frame. */
  readonly kind: OodKind;
  /** Name of the instrument in the header. */
  readonly instrument: string;
  /** Counts, 0 to 65535. */
  readonly plane: RawPlane;
  /** Header cards, except those that describe how pixels are stored; they claim a random type. */
  readonly cards: readonly Card[];
}

/** The function that simulates each kind. */
const SIMULATORS: Readonly<Record<OodKind, (random: Random) => RawPlane>> = {
  imaging: createSimulator(sampleCanvas, paintImaging),
  acquisition: simulateAcquisition,
  "imaging-flat": createSimulator(sampleCameraCanvas, paintImagingFlat),
  "structured-noise": createSimulator(sampleCanvas, paintStructuredNoise),
  saturated: simulateSaturated,
  blank: simulateBlank,
  mosaic: simulateMosaic,
  "double-exposure": simulateDoubleExposure,
  slitless: createSimulator(sampleCanvas, paintSlitless),
  "slit-image": createSimulator(sampleSpectrographCanvas, paintSlitImage),
  pupil: createSimulator(sampleCameraCanvas, paintPupil),
  "unlit-lamp": simulateUnlitLamp,
  "star-trails": createSimulator(sampleCameraCanvas, paintStarTrails),
  "bright-star": createSimulator(sampleCameraCanvas, paintBrightStar),
  disc: createSimulator(sampleCameraCanvas, paintDisc),
  speckles: createSimulator(sampleCameraCanvas, paintSpeckles),
  photograph: createSimulator(sampleCameraCanvas, paintPhotograph, 0.5),
  shuffled: simulateShuffled,
  "test-pattern": createSimulator(sampleCanvas, paintTestPattern, 0.6),
  "light-leak": createSimulator(sampleSpectrographCanvas, paintLightLeak),
  rings: createSimulator(sampleCameraCanvas, paintRings),
  spots: createSimulator(sampleCameraCanvas, paintSpots),
  "twin-images": createSimulator(sampleCameraCanvas, paintTwinImages),
};

/**
 * Simulates an out-of-distribution frame of a kind. Half of the frames are
 * transposed. The result depends on `seed` (an integer from 0 to 2^53) and `kind`
 * only.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { simulateOodFrame } from "./simulate_ood_frame.ts";
 *
 * const { plane } = simulateOodFrame({ seed: 1, kind: "photograph" });
 * assertEquals(plane, simulateOodFrame({ seed: 1, kind: "photograph" }).plane);
 * ```
 */
export function simulateOodFrame(
  { seed, kind }: { readonly seed: number; readonly kind: OodKind },
): OodFrame {
  const random = makeRandom(seed);
  const plane = SIMULATORS[kind](random);
  const instrument = sampleInstrument(random.fork());
  const cards = createFrameCards({
    type: random.pick(FRAME_TYPES),
    instrument,
    exposure: random.logUniform(0.05, 300),
    date: "2026-01-01T00:00:00",
    lyingHeader: false,
  }, random);
  return {
    kind,
    instrument: instrument.name,
    plane: random.chance(0.5) ? transpose(plane) : plane,
    cards,
  };
}

/**
 * Creates a simulator that paints on a canvas.
 *
 * @param renderedFraction Fraction of frames that are rendered without a detector.
 */
function createSimulator(
  sampleEmptyCanvas: (random: Random) => Canvas,
  paint: Painter,
  renderedFraction = 0,
): (random: Random) => RawPlane {
  return (random) => {
    const canvas = sampleEmptyCanvas(random);
    paint(canvas, random);
    return random.chance(renderedFraction)
      ? renderCanvas(canvas, random)
      : exposeCanvas(canvas, random);
  };
}
