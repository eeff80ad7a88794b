/**
 * Converts canvases and simulated spectral frames to raw counts.
 *
 * @module
 */
import type { FrameType } from "../../frame_type.ts";
import { percentile } from "../../preprocess/percentile.ts";
import {
  addCosmicRays,
  addDarkCurrent,
  type RawPlane,
  readOut,
} from "../detector.ts";
import { makeRandom, type Random } from "../random.ts";
import { simulateFrame } from "../simulate_frame.ts";
import type { Canvas } from "./canvas.ts";

/** Types of frames that contain light. */
export const LIT_TYPES: readonly FrameType[] = [
  "arc",
  "flat",
  "standard",
  "science",
];

/** Simulates an in-distribution frame of a type, with a randomly sampled spectrograph. */
export function simulateSpectralFrame(
  random: Random,
  type: FrameType,
): RawPlane {
  return simulateFrame({ seed: random.integer(0, 2 ** 40), type }).plane;
}

/**
 * Converts a canvas to counts without a detector and without noise, scaled to 8,
 * 12 or 16 bits or to a random maximum.
 */
export function renderCanvas(
  { columns, rows, light }: Canvas,
  random: Random,
): RawPlane {
  const maximum = random.pick([
    255,
    255,
    4095,
    65535,
    random.integer(100, 65535),
  ]);
  const low = estimatePercentile(light, 0);
  const high = Math.max(low + 1e-6, estimatePercentile(light, 1));
  const scale = maximum / (high - low);
  const pixels = Uint16Array.from(
    light,
    (value) => Math.max(0, Math.min(maximum, (value - low) * scale)),
  );
  return { width: columns, height: rows, pixels };
}

/**
 * Converts a canvas to counts with its detector, as in a simulated spectral frame.
 * Modifies the light of the canvas.
 */
export function exposeCanvas(canvas: Canvas, random: Random): RawPlane {
  const { columns, rows, light, detector } = canvas;
  for (let k = 0; k < light.length; k++) if (light[k]! < 0) light[k] = 0;
  const exposure = random.logUniform(0.05, 300);
  addDarkCurrent(
    light,
    columns,
    detector,
    exposure,
    makeRandom(rows * columns),
  );
  const rate = random.logUniform(0.3, 3);
  addCosmicRays(light, columns, exposure, rate, random.fork());
  return readOut(light, columns, detector, random.fork());
}

/** Sample size of {@linkcode estimatePercentile}. */
const SAMPLE_SIZE = 4001;

/**
 * Estimates a percentile of unsorted values from a regular sample of them.
 *
 * @param fraction 0 for the minimum of the sample, 1 for its maximum.
 */
export function estimatePercentile(
  values: ArrayLike<number>,
  fraction: number,
): number {
  const count = Math.min(SAMPLE_SIZE, values.length);
  const sample = Float64Array.from(
    { length: count },
    (_, k) => values[Math.floor(k * values.length / count)]!,
  ).sort();
  return percentile(sample, fraction);
}
