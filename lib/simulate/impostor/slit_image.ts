/**
 * The slit itself, seen without a grating.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { sampleJaws } from "../sample_instrument.ts";
import { type Canvas, fullWell, paint, stamp } from "./canvas.ts";

/**
 * A slit or a mask of slitlets in white light, as taken to focus or to align it:
 * bright bars across, which nothing disperses.
 */
export function slitImage(canvas: Canvas, random: Random): void {
  const { columns, detector } = canvas;
  const level = random.logUniform(0.003, 1) * fullWell(detector) +
    30 * detector.readNoise;
  const stray = level * random.logUniform(0.0005, 0.02);
  paint(canvas, () => stray);
  if (random.chance(0.4)) mask(canvas, random, level);
  else longSlit(canvas, random, level, random.uniform(0.25, 0.75) * columns);
}

function longSlit(
  { columns, rows, light }: Canvas,
  random: Random,
  level: number,
  middle: number,
): void {
  // Broader than a line of an arc.
  const half = columns * random.logUniform(0.008, 0.05);
  const soft = random.uniform(0.5, 0.3 * half + 1);
  const lean = random.normal() * 0.03;
  const jaws = sampleJaws(random, rows);
  const [from, to] = random.chance(0.5)
    ? [0, rows]
    : [random.uniform(0, 0.3) * rows, random.uniform(0.7, 1) * rows];
  for (let row = Math.floor(from); row < to; row++) {
    const centre = middle + lean * (row - rows / 2);
    for (let column = 0; column < columns; column++) {
      const inside = (half - Math.abs(column - centre)) / soft;
      if (inside > -20) {
        light[row * columns + column]! += level * jaws[row]! /
          (1 + Math.exp(-inside));
      }
    }
  }
}

/** Slitlets of a mask for many objects, with the square holes that align it. */
function mask(canvas: Canvas, random: Random, level: number): void {
  const { columns, rows } = canvas;
  const half = random.uniform(1, 0.006 * columns + 1.5);
  const holes = random.integer(2, 6);
  const slitlets = random.integer(10, 50);
  const height = random.uniform(0.3, 0.48) * rows / slitlets;
  for (let k = 0; k < slitlets + holes; k++) {
    const isHole = k >= slitlets;
    const wide = isHole ? 3 * half : half;
    const high = isHole ? 3 * half : Math.max(2, height);
    const light = level * random.uniform(0.6, 1) * (isHole ? 1.5 : 1);
    const row = isHole ? random.uniform(0, rows) : (k + 0.5) * rows / slitlets;
    stamp(
      canvas,
      random.uniform(0.08, 0.92) * columns,
      row,
      Math.max(wide, high) + 2,
      (dx, dy) =>
        light * Math.min(1, Math.max(0, wide + 0.5 - Math.abs(dx))) *
        Math.min(1, Math.max(0, high + 0.5 - Math.abs(dy))),
    );
  }
}
