/**
 * Flats of cameras without a slit.
 *
 * @module
 */
import type { Random } from "../random.ts";
import {
  type Canvas,
  change,
  fullWell,
  noiseOf,
  paint,
  stamp,
  stopDown,
  vignette,
} from "./canvas.ts";
import { noiseField } from "./noise_field.ts";
import { addStars, sampleStar } from "./stars.ts";

/**
 * The twilight sky or a dome: light that falls off all round, shadows of dust as
 * rings, now and then the edges of the field, stars or clouds of fringes.
 *
 * Light that falls off along both axes is also what a slit and a blaze make of a
 * lamp; so every frame has dust, and those that fall off little have a stop as well.
 */
export function imagingFlat(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = random.logUniform(0.02, 0.95) * fullWell(detector);
  const slope = random.normal() * 0.08;
  const fall = random.normal() * 0.08;
  paint(
    canvas,
    (column, row) => level * (1 + slope * column / columns + fall * row / rows),
  );
  const depth = random.uniform(0, 0.9);
  vignette(canvas, random, depth);
  if (random.chance(0.5)) addClouds(canvas, random);
  addDust(canvas, random, level);
  if (random.chance(0.15)) {
    addStars(canvas, random, sampleStar(random, canvas), level);
  }
  if (depth < 0.2 || random.chance(0.2)) {
    stopDown(canvas, random, random.uniform(0.4, 0.6));
  }
}

/** Uneven light: broad clouds, or the contours that night-sky lines draw in thin chips. */
function addClouds(canvas: Canvas, random: Random): void {
  const { columns, rows } = canvas;
  const isFringed = random.chance(0.35);
  const cell = random.uniform(0.15, 0.5) * Math.max(columns, rows);
  const field = noiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves: isFringed ? 2 : 4,
    persistence: 0.5,
  });
  const depth = random.logUniform(0.005, 0.06);
  const contours = random.uniform(8, 30);
  change(canvas, (electrons, column, row) => {
    const cloud = field[row * columns + column]!;
    return electrons *
      (1 + depth * (isFringed ? Math.sin(contours * cloud) : cloud));
  });
}

/** Takes the shadows of dust away: rings of a few sizes, one for each distance from the chip. */
function addDust(canvas: Canvas, random: Random, level: number): void {
  const { columns, rows, detector } = canvas;
  const side = Math.max(columns, rows);
  const sizes = [1, 2, 3].map(() => random.logUniform(0.008, 0.06) * side);
  const least = 3 * noiseOf(detector, level) / level;
  for (let ring = random.integer(6, 35); ring > 0; ring--) {
    const outer = random.pick(sizes) * random.uniform(0.9, 1.1);
    const inner = outer * random.uniform(0.2, 0.55);
    const depth = level *
      Math.min(0.4, least * 0.5 + random.logUniform(0.02, 0.15));
    stamp(
      canvas,
      random.uniform(0, columns),
      random.uniform(0, rows),
      outer,
      (dx, dy) => {
        const off = Math.sqrt(dx * dx + dy * dy);
        if (off > outer) return 0;
        const edge = Math.min(1, (outer - off) / 2, Math.abs(off - inner) / 2);
        return off > inner ? -depth * edge : -0.15 * depth * edge;
      },
    );
  }
}
