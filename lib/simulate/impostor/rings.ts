/**
 * Rings of interference.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, fullWell, paint, stopDown } from "./canvas.ts";
import { noiseField } from "./noise_field.ts";

/**
 * What an etalon or an interferometer shows: rings about a point of the field,
 * of one line or of several, sharp or soft, sometimes bent by the wavefront.
 */
export function rings(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = 40 * detector.readNoise +
    random.logUniform(0.003, 0.8) * fullWell(detector);
  const middle = [
    columns * random.uniform(0.2, 0.8),
    rows * random.uniform(0.2, 0.8),
  ] as const;
  const radius2 = (columns ** 2 + rows ** 2) / 4;
  const lines = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => ({
    orders: random.logUniform(3, 40),
    phase: random.uniform(0, Math.PI),
    strength: random.uniform(0.3, 1),
  }));
  const finesse = random.logUniform(0.4, 60);
  const warp = random.chance(0.4) ? random.uniform(0.3, 3) : 0;
  const cell = Math.max(columns, rows) / 2;
  const field = noiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves: 2,
    persistence: 0.4,
  });
  const stray = random.uniform(0, 0.3);
  paint(canvas, (column, row) => {
    const off = ((column - middle[0]) ** 2 + (row - middle[1]) ** 2) / radius2;
    const bent = warp * field[row * columns + column]!;
    let sum = stray;
    for (const { orders, phase, strength } of lines) {
      const wave = Math.sin(Math.PI * orders * off + phase + bent);
      sum += strength / (1 + finesse * wave * wave);
    }
    return level * sum;
  });
  if (random.chance(0.5)) stopDown(canvas, random);
}
