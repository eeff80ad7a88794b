/**
 * What a polarimeter sees.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, change, noiseOf, paint, sampleSky } from "./canvas.ts";
import { addStar, moffat } from "./stars.ts";

/**
 * A field of stars, twice: each star with its twin at one and the same distance,
 * of another brightness; often through a mask that leaves strips free for the
 * twins of their neighbours.
 */
export function twinImages(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const sky = sampleSky(random, canvas);
  const noise = noiseOf(detector, sky);
  paint(canvas, () => sky);
  const shape = moffat(random, random.logUniform(1.5, 5));
  const hasMask = random.chance(0.6);
  const strip = rows / random.integer(4, 14);
  const apart = hasMask ? [0, strip] as const : [
    random.normal() * 0.08 * columns,
    random.normal() * 0.08 * rows,
  ] as const;
  const stars = random.logUniform(12, 250);
  for (let star = 0; star < stars; star++) {
    const column = random.uniform(0, columns);
    const row = hasMask
      ? (2 * random.integer(0, Math.ceil(rows / strip / 2)) +
        random.uniform(0.08, 0.92)) * strip
      : random.uniform(0, rows);
    const peak = noise *
      (star < 12 ? random.logUniform(40, 1500) : random.logUniform(2, 200));
    const other = peak * random.uniform(0.5, 1.5);
    addStar(canvas, column, row, peak, shape, noise);
    addStar(canvas, column + apart[0], row + apart[1], other, shape, noise);
  }
  if (!hasMask) return;
  const gap = random.uniform(0.02, 0.08);
  const beams = random.uniform(0.6, 1);
  change(canvas, (electrons, _column, row) => {
    const at = row / strip % 2;
    const inside = at % 1;
    if (inside < gap || inside > 1 - gap) return 0.02 * electrons;
    return electrons * (at < 1 ? 1 : beams);
  });
}
