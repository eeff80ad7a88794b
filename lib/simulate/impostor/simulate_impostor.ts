/**
 * Frames that must get no type: nothing that a slit spectrograph took.
 *
 * @module
 */
import type { Plane } from "../../fits/frame.ts";
import { addCosmicRays } from "../cosmic_rays.ts";
import { addDarkCurrent, readOut } from "../detector.ts";
import { makeRandom, type Random } from "../random.ts";
import { sampleDetector } from "../sample_detector.ts";
import { type Canvas, sampleCanvas } from "./canvas.ts";
import { photograph } from "./scene.ts";
import { blank, type Counts, mosaic, saturated, shuffled } from "./spoilt.ts";
import { acquisition, imaging, imagingFlat, slitless } from "./star_field.ts";
import { lightLeak, rings, structuredNoise, testPattern } from "./texture.ts";
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
  "slitless",
  "unlit-lamp",
] as const;

/**
 * Kinds that no network is trained on: whether it knows what it does not know
 * is only shown by what it was never told of. Chosen before any was trained.
 */
export const JUDGING_KINDS = [
  "photograph",
  "shuffled",
  "test-pattern",
  "light-leak",
  "rings",
] as const;

/** All kinds. */
export const IMPOSTOR_KINDS = [...TRAINING_KINDS, ...JUDGING_KINDS] as const;

/** A kind of frame that must get no type. */
export type ImpostorKind = typeof IMPOSTOR_KINDS[number];

/** A frame that must get no type. */
export interface Impostor {
  /** What it is. */
  readonly kind: ImpostorKind;
  /** Counts, 0 to 65535. */
  readonly plane: Plane & { readonly pixels: Uint16Array };
}

/**
 * Simulates a frame that must get no type.
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
  switch (kind) {
    case "saturated":
      return { kind, plane: turned(saturated(random), random) };
    case "blank":
      return { kind, plane: turned(blank(random), random) };
    case "mosaic":
      return { kind, plane: turned(mosaic(random), random) };
    case "shuffled":
      return { kind, plane: turned(shuffled(random), random) };
    default:
      return { kind, plane: turned(exposed(kind, random), random) };
  }
}

/** Kinds that are light on a detector. */
const SCENES: Readonly<
  Partial<
    Record<
      ImpostorKind,
      (canvas: Canvas, random: Random, readNoise: number) => void
    >
  >
> = {
  imaging,
  acquisition,
  "imaging-flat": imagingFlat,
  "structured-noise": structuredNoise,
  slitless,
  "unlit-lamp": unlitLamp,
  photograph,
  "test-pattern": testPattern,
  "light-leak": lightLeak,
  rings,
};

function exposed(kind: ImpostorKind, random: Random): Counts {
  const canvas = sampleCanvas(random);
  const { columns, rows, light } = canvas;
  const detector = sampleDetector(random.fork(), rows, columns);
  SCENES[kind]!(canvas, random.fork(), detector.readNoise);
  for (let k = 0; k < light.length; k++) if (light[k]! < 0) light[k] = 0;
  const exposure = random.logUniform(0.1, 600);
  const ofDetector = makeRandom(rows * columns);
  addDarkCurrent(light, columns, detector, exposure, ofDetector);
  addCosmicRays(
    light,
    columns,
    exposure,
    random.logUniform(0.3, 3),
    random.fork(),
  );
  return readOut(light, columns, detector, random.fork());
}

/** Half of the frames lie on their side. */
function turned(
  { width, height, pixels }: Counts,
  random: Random,
): Impostor["plane"] {
  if (random.chance(0.5)) return { width, height, pixels };
  const out = new Uint16Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      out[x * height + row] = pixels[row * width + x]!;
    }
  }
  return { width: height, height: width, pixels: out };
}
