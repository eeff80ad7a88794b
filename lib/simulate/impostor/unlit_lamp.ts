/**
 * Lamps that failed to light.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, paint, sampleField } from "./canvas.ts";

/**
 * An exposure of a lamp that did not light: what there is comes around the slit,
 * as patches of stray light a few read noises high. A lamp that gives no light
 * at all leaves a dark, or a bias: no pixel tells it from one, and only the
 * header can. This kind always has some.
 */
export function unlitLamp(
  canvas: Canvas,
  random: Random,
  readNoise: number,
): void {
  const patches = sampleField(random, random.uniform(1.5, 5), 1);
  const height = readNoise ** 2 * random.logUniform(2, 30);
  const floor = random.uniform(-0.5, 0.5);
  paint(canvas, (x, y) => height * Math.max(0, patches(x, y) + floor));
}
