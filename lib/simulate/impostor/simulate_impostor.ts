/**
 * Frames that must get no type: nothing that a slit spectrograph took.
 *
 * @module
 */
import type { Card } from "../../fits/header.ts";
import { FRAME_TYPES } from "../../frame_type.ts";
import { frameCards } from "../frame_cards.ts";
import { makeRandom, type Random } from "../random.ts";
import { sampleInstrument } from "../sample_instrument.ts";
import { acquisition } from "./acquisition.ts";
import { blank } from "./blank.ts";
import {
  anyCanvas,
  cameraCanvas,
  type Canvas,
  type Painter,
  spectrographCanvas,
} from "./canvas.ts";
import { type Counts, drawn, transposed } from "./counts.ts";
import { expose } from "./expose.ts";
import { imaging } from "./imaging.ts";
import { imagingFlat } from "./imaging_flat.ts";
import { lightLeak } from "./light_leak.ts";
import { doubleExposure, mosaic } from "./mosaic.ts";
import { photograph } from "./photograph.ts";
import { pupil } from "./pupil.ts";
import { rings } from "./rings.ts";
import { saturated } from "./saturated.ts";
import { shuffled } from "./shuffled.ts";
import { slitImage } from "./slit_image.ts";
import { slitless } from "./slitless.ts";
import { spots } from "./spots.ts";
import { structuredNoise } from "./structured_noise.ts";
import { testPattern } from "./test_pattern.ts";
import { twinImages } from "./twin_images.ts";
import { unlitLamp } from "./unlit_lamp.ts";

/** Kinds that networks are trained on. */
export const TRAINING_KINDS = [
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
] as const;

/**
 * Kinds that no network is trained on: whether it knows what it does not know
 * is only shown by what it was never told of. They were chosen by hand, before
 * any network had been asked about one of them; a kind must never move from
 * training to here, and no kind of training draws on the code of one of these.
 */
export const JUDGING_KINDS = [
  "photograph",
  "shuffled",
  "test-pattern",
  "light-leak",
  "rings",
  "spots",
  "twin-images",
] as const;

/** All kinds. */
export const IMPOSTOR_KINDS = [...TRAINING_KINDS, ...JUDGING_KINDS] as const;

/** A kind of frame that must get no type. */
export type ImpostorKind = typeof IMPOSTOR_KINDS[number];

/** A frame that must get no type. */
export interface Impostor {
  /** What it is. */
  readonly kind: ImpostorKind;
  /** Name of the instrument that its header claims. */
  readonly instrument: string;
  /** Counts, 0 to 65535. */
  readonly plane: Counts;
  /** Header cards, without those that say how pixels are stored; they claim a type by chance. */
  readonly cards: readonly Card[];
}

/** How each kind comes about. */
const MAKERS: Readonly<Record<ImpostorKind, (random: Random) => Counts>> = {
  imaging: painted(anyCanvas, imaging),
  acquisition: (random) => expose(acquisition(random), random),
  "imaging-flat": painted(cameraCanvas, imagingFlat),
  "structured-noise": painted(anyCanvas, structuredNoise),
  saturated,
  blank,
  mosaic,
  "double-exposure": doubleExposure,
  slitless: painted(anyCanvas, slitless),
  "slit-image": painted(spectrographCanvas, slitImage),
  pupil: painted(cameraCanvas, pupil),
  "unlit-lamp": (random) => expose(unlitLamp(random), random),
  photograph: painted(cameraCanvas, photograph, 0.5),
  shuffled,
  "test-pattern": painted(anyCanvas, testPattern, 0.6),
  "light-leak": painted(spectrographCanvas, lightLeak),
  rings: painted(cameraCanvas, rings),
  spots: painted(cameraCanvas, spots),
  "twin-images": painted(cameraCanvas, twinImages),
};

/**
 * Simulates a frame that must get no type. Half of all lie on their side.
 *
 * @param options The same seed and kind, the same frame; the seed is any integer from 0 to 2^53.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { simulateImpostor } from "./simulate_impostor.ts";
 *
 * const { plane } = simulateImpostor({ seed: 1, kind: "photograph" });
 * assertEquals(plane, simulateImpostor({ seed: 1, kind: "photograph" }).plane);
 * ```
 */
export function simulateImpostor(
  { seed, kind }: { readonly seed: number; readonly kind: ImpostorKind },
): Impostor {
  const random = makeRandom(seed);
  const plane = MAKERS[kind](random);
  const instrument = sampleInstrument(random.fork());
  const cards = frameCards({
    type: random.pick(FRAME_TYPES),
    instrument,
    exposure: random.logUniform(0.05, 300),
    date: "2026-01-01T00:00:00",
    lyingHeader: false,
  }, random);
  return {
    kind,
    instrument: instrument.name,
    plane: random.chance(0.5) ? transposed(plane) : plane,
    cards,
  };
}

/**
 * Frames that are painted.
 *
 * @param asDrawn Share of those that no detector has seen.
 */
function painted(
  canvasOf: (random: Random) => Canvas,
  paintOn: Painter,
  asDrawn = 0,
): (random: Random) => Counts {
  return (random) => {
    const canvas = canvasOf(random);
    paintOn(canvas, random);
    return random.chance(asDrawn)
      ? drawn(canvas, random)
      : expose(canvas, random);
  };
}
