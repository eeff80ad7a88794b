/**
 * Photographs: scenes of things before each other, with edges and shading.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, paint, sampleField } from "./canvas.ts";

/**
 * A scene by the dead-leaves model (Lee, Mumford & Huang 2001): discs and boxes
 * of all sizes hide each other, which gives the statistics of edges that
 * photographs have; below a horizon, now and then, and shaded by smooth light.
 */
export function photograph(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const level = random.logUniform(500, 30000);
  const horizon = random.chance(0.3) ? random.uniform(0.2, 0.6) * rows : 0;
  const shade = sampleField(random, 4, 2);
  paint(canvas, (_x, y) => level * (0.6 + 0.3 * Math.tanh(4 * y)));
  for (let leaf = random.integer(30, 160); leaf > 0; leaf--) {
    const size = random.logUniform(0.01, 0.3) * Math.max(columns, rows);
    const column = random.uniform(0, columns);
    const row = random.uniform(horizon, rows);
    const tone = level * random.uniform(0.05, 1);
    const isDisc = random.chance(0.5);
    const stretch = random.uniform(0.4, 2.5);
    const lean = random.uniform(-0.8, 0.8);
    const top = Math.max(0, Math.ceil(row - size * stretch));
    const bottom = Math.min(rows - 1, Math.floor(row + size * stretch));
    for (let y = top; y <= bottom; y++) {
      const down = (y - row) / (size * stretch);
      const half = size * (isDisc ? Math.sqrt(1 - down * down) : 1);
      const middle = column + lean * (y - row);
      const from = Math.max(0, Math.ceil(middle - half));
      const to = Math.min(columns, Math.floor(middle + half));
      if (to > from) light.fill(tone, y * columns + from, y * columns + to);
    }
  }
  const side = Math.max(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      light[row * columns + column]! *= 1 +
        0.25 * shade(column / side, row / side);
    }
  }
}
