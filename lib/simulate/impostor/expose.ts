/**
 * From light to counts.
 *
 * @module
 */
import { addCosmicRays } from "../cosmic_rays.ts";
import { addDarkCurrent, readOut } from "../detector.ts";
import { makeRandom, type Random } from "../random.ts";
import type { Canvas } from "./canvas.ts";
import type { Counts } from "./counts.ts";

/** Collects and reads the light of a canvas out, as the detector of a spectrograph would; changes it. */
export function expose(canvas: Canvas, random: Random): Counts {
  const { columns, rows, light, detector } = canvas;
  for (let k = 0; k < light.length; k++) if (light[k]! < 0) light[k] = 0;
  const exposure = random.logUniform(0.05, 300);
  const ofDetector = makeRandom(rows * columns);
  addDarkCurrent(light, columns, detector, exposure, ofDetector);
  const rate = random.logUniform(0.3, 3);
  addCosmicRays(light, columns, exposure, rate, random.fork());
  return readOut(light, columns, detector, random.fork());
}
