/**
 * Read-outs at the ceiling.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { anyCanvas, type Canvas, fullWell, paint, peakOf } from "./canvas.ts";
import type { Counts } from "./counts.ts";
import { expose } from "./expose.ts";
import { imaging } from "./imaging.ts";
import { noiseField } from "./noise_field.ts";
import { percentile } from "./percentile.ts";

/** At least this part of the pixels is full. */
const LEAST = 0.6;

/**
 * All of the read-out at the ceiling, or most of it: light far beyond the full
 * well, that leaves at most the overscan, a shadow or an edge; columns that
 * bloom; a ceiling that is that of the converter or of the well.
 */
export function saturated(random: Random): Counts {
  const canvas = anyCanvas(random);
  const { light, detector } = canvas;
  const kind = random.pick([0, 1, 1, 2, 3, 3]);
  if (kind === 0) paint(canvas, () => 50 * fullWell(detector));
  if (kind === 1) clouds(canvas, random);
  if (kind >= 2) {
    imaging(canvas, random);
    // So much that the fainter part alone stays below the ceiling.
    const floor = percentile(light, random.uniform(0.02, 0.35));
    const scale = 1.2 * fullWell(detector) / Math.max(1e-3, floor);
    for (let k = 0; k < light.length; k++) light[k]! *= scale;
    if (kind === 3) darken(canvas, random);
  }
  bloom(canvas, random);
  const plane = expose(canvas, random);
  const { pixels } = plane;
  const ceiling = pixels.reduce((most, value) => Math.max(most, value), 0);
  let full = 0;
  for (const value of pixels) if (value === ceiling) full++;
  if (full >= LEAST * pixels.length) return plane;
  // A dim corner too large: the threshold of full comes down to it.
  const lower = percentile(pixels, 1 - random.uniform(LEAST + 0.1, 0.98));
  return { ...plane, pixels: pixels.map((value) => Math.min(value, lower)) };
}

function clouds(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const field = noiseField(random, rows, columns, {
    cell: [columns / 3, rows / 2],
    octaves: 3,
    persistence: 0.5,
  });
  const full = fullWell(detector);
  paint(
    canvas,
    (column, row) =>
      full * Math.max(0.05, 1.6 + 0.7 * field[row * columns + column]!),
  );
}

/** Shadows: stretches of rows or columns that little light has reached. */
function darken({ columns, rows, light }: Canvas, random: Random): void {
  const from = random.uniform(0, 0.8) * columns;
  const to = from + random.uniform(0.02, 0.2) * columns;
  const below = random.uniform(0, 0.9) * rows;
  for (let row = Math.floor(below); row < rows; row++) {
    for (
      let column = Math.floor(from);
      column < Math.min(columns, to);
      column++
    ) {
      light[row * columns + column]! *= 0.003;
    }
  }
}

/** Charge that runs along columns from what is brightest. */
function bloom(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const peak = peakOf(canvas);
  for (let count = random.integer(0, 20); count > 0; count--) {
    const column = random.integer(0, columns - 1);
    const middle = random.uniform(0, rows);
    const half = random.uniform(0.05, 1) * rows;
    for (let row = 0; row < rows; row++) {
      if (Math.abs(row - middle) < half) light[row * columns + column] = peak;
    }
  }
}
