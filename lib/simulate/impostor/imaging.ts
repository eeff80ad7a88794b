/**
 * Direct images of the sky.
 *
 * @module
 */
import type { Random } from "../random.ts";
import {
  type Canvas,
  change,
  noiseOf,
  paint,
  sampleSky,
  stopDown,
  vignette,
} from "./canvas.ts";
import { noiseField } from "./noise_field.ts";
import { addGalaxies, addStars, sampleStar } from "./stars.ts";

/**
 * Few stars or many, a cluster, galaxies, nebulae; a sky with gradients,
 * sometimes vignetted or seen through a stop. Always some stars that stand out.
 */
export function imaging(canvas: Canvas, random: Random): void {
  const sky = sampleSky(random, canvas);
  const { columns, rows } = canvas;
  const slope = random.chance(0.5) ? random.uniform(-0.4, 0.4) : 0;
  const fall = random.chance(0.5) ? random.uniform(-0.4, 0.4) : 0;
  paint(
    canvas,
    (column, row) =>
      sky *
      (1 + slope * (column / columns - 0.5) + fall * (row / rows - 0.5)),
  );
  if (random.chance(0.3)) addNebula(canvas, random, sky);
  addStars(canvas, random, sampleStar(random, canvas), sky);
  if (random.chance(0.35)) addGalaxies(canvas, random, sky);
  if (random.chance(0.3)) vignette(canvas, random, random.uniform(0.1, 0.7));
  if (random.chance(0.15)) stopDown(canvas, random);
}

/** Adds clouds of gas, brighter or darker than the sky. */
function addNebula(canvas: Canvas, random: Random, sky: number): void {
  const { columns, rows, detector } = canvas;
  const cell = random.uniform(0.1, 0.5) * Math.max(columns, rows);
  const field = noiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves: 5,
    persistence: random.uniform(0.4, 0.65),
  });
  const strength = noiseOf(detector, sky) * random.logUniform(0.7, 30);
  const isDark = random.chance(0.2);
  change(canvas, (electrons, column, row) => {
    const gas = Math.max(0, field[row * columns + column]! + 0.3);
    return isDark ? electrons / (1 + gas) : electrons + strength * gas * gas;
  });
}
