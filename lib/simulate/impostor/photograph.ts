/**
 * Photographs: scenes of things before each other, with edges and shading.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, change, paint, stamp } from "./canvas.ts";
import { noiseField } from "./noise_field.ts";

/** A heap of things, a landscape, a printed page, or a face. */
export function photograph(canvas: Canvas, random: Random): void {
  random.pick([deadLeaves, deadLeaves, landscape, page, portrait])(
    canvas,
    random,
  );
  shade(canvas, random);
}

/** Uneven light over the whole scene. */
function shade(canvas: Canvas, random: Random): void {
  const { columns, rows } = canvas;
  const field = clouds(canvas, random, random.uniform(0.4, 1), 3);
  const depth = random.uniform(0, 0.2);
  change(
    canvas,
    (light, column, row) =>
      light * Math.max(0.1, 1 + depth * field[row * columns + column]!),
  );
  vignetteOf(canvas, random.uniform(0, 0.4), columns, rows);
}

function vignetteOf(
  canvas: Canvas,
  depth: number,
  columns: number,
  rows: number,
): void {
  const radius2 = (columns ** 2 + rows ** 2) / 4;
  change(canvas, (light, column, row) => {
    const off = (column - columns / 2) ** 2 + (row - rows / 2) ** 2;
    return light * (1 - depth * off / radius2);
  });
}

function clouds(
  { columns, rows }: Canvas,
  random: Random,
  size: number,
  octaves: number,
): Float32Array {
  const cell = size * Math.max(columns, rows);
  return noiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves,
    persistence: 0.5,
  });
}

/**
 * Discs, boxes and leaning boxes of all sizes hide each other, which gives the
 * statistics of edges that photographs have (Lee, Mumford & Huang 2001).
 */
function deadLeaves(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const level = random.logUniform(2000, 30000);
  paint(canvas, () => level / 2);
  const side = Math.max(columns, rows);
  for (let leaf = random.integer(40, 160); leaf > 0; leaf--) {
    // Areas fall with the third power of the size, as in the model.
    const size = 0.02 * side / Math.sqrt(random.uniform(0.0008, 1));
    const column = random.uniform(0, columns);
    const row = random.uniform(0, rows);
    const tone = level * random.uniform(0.03, 1);
    const ramp = tone * random.uniform(-0.4, 0.4) / size;
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
      for (let x = from; x < to; x++) {
        light[y * columns + x] = tone + ramp * (x - middle) * 0.5;
      }
    }
  }
}

/** A sky with clouds or a sun, and ridges before each other, nearer ones darker and rougher. */
function landscape(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const level = random.logUniform(2000, 30000);
  const sky = clouds(canvas, random, 0.4, 5);
  const cloudy = random.uniform(0, 0.3);
  const texture = clouds(canvas, random, 0.05, 4);
  paint(
    canvas,
    (column, row) =>
      level *
      (0.6 + 0.4 * row / rows + cloudy * sky[row * columns + column]!),
  );
  if (random.chance(0.5)) {
    const radius = random.uniform(0.03, 0.1) * columns;
    stamp(
      canvas,
      random.uniform(0.1, 0.9) * columns,
      random.uniform(0.05, 0.4) * rows,
      4 * radius,
      (dx, dy) => 2 * level / (1 + (Math.hypot(dx, dy) / radius) ** 4),
    );
  }
  const ridges = random.integer(2, 5);
  for (let ridge = 1; ridge <= ridges; ridge++) {
    const profile = noiseField(random, 2, columns, {
      cell: [columns / 2, 2],
      octaves: 7,
      persistence: random.uniform(0.4, 0.6),
    });
    const base = rows * (0.3 + 0.65 * ridge / (ridges + 1));
    const tone = level * (0.75 - 0.6 * ridge / ridges);
    for (let column = 0; column < columns; column++) {
      const from = Math.max(
        0,
        Math.ceil(base + 0.08 * rows * profile[column]!),
      );
      for (let row = from; row < rows; row++) {
        const k = row * columns + column;
        light[k] = tone * Math.max(0.1, 1 + 0.12 * ridge * texture[k]!);
      }
    }
  }
}

/** Lines of words of letters, in paragraphs, with a picture now and then; sometimes askew. */
function page(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const paper = random.logUniform(4000, 30000);
  const ink = paper * random.uniform(0.05, 0.3);
  paint(canvas, () => paper);
  const size = Math.max(4, rows / random.uniform(14, 50));
  const lean = random.normal() * 0.03;
  const margin = random.uniform(0.04, 0.12) * columns;
  const fill = (left: number, top: number, wide: number, high: number) => {
    for (let y = Math.floor(top); y < top + high; y++) {
      for (let x = Math.floor(left); x < left + wide; x++) {
        const row = y + Math.round(lean * x);
        if (row < 0 || row >= rows || x < 0 || x >= columns) continue;
        light[row * columns + x] = ink;
      }
    }
  };
  for (let top = margin / 2; top < rows - size; top += 1.6 * size) {
    if (random.chance(0.12)) continue;
    const end = columns - margin - (random.chance(0.2) ? 0.4 * columns : 0);
    for (let left = margin; left < end; left += 0.75 * size) {
      if (random.chance(0.18)) continue;
      // A letter: a few strokes on a grid of three by four.
      const stroke = Math.max(1, 0.13 * size);
      for (let strokes = random.integer(2, 4); strokes > 0; strokes--) {
        const across = random.integer(0, 2) * 0.22 * size;
        const down = random.integer(0, 3) * 0.26 * size;
        if (random.chance(0.5)) fill(left + across, top, stroke, size);
        else fill(left, top + down, 0.57 * size, stroke);
      }
    }
  }
}

/** Ovals in ovals, shaded as from a lamp at one side, before a blurred room. */
function portrait(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const level = random.logUniform(3000, 30000);
  const room = clouds(canvas, random, 0.5, 3);
  const skin = clouds(canvas, random, 0.1, 4);
  paint(
    canvas,
    (column, row) =>
      level * Math.max(0.05, 0.4 + 0.2 * room[row * columns + column]!),
  );
  const size = random.uniform(0.22, 0.36) * Math.min(rows, columns);
  const x = columns * random.uniform(0.35, 0.65);
  const y = rows * random.uniform(0.4, 0.55);
  const side = random.uniform(-0.5, 0.5);
  const oval = (
    dx: number,
    dy: number,
    wide: number,
    high: number,
    tone: number,
  ) => {
    const top = Math.max(0, Math.ceil(y + (dy - high) * size));
    const bottom = Math.min(rows - 1, Math.floor(y + (dy + high) * size));
    for (let row = top; row <= bottom; row++) {
      const v = (row - y - dy * size) / (high * size);
      const half = wide * size * Math.sqrt(Math.max(0, 1 - v * v));
      const middle = x + dx * size;
      const last = Math.min(columns - 1, Math.floor(middle + half));
      for (let at = Math.max(0, Math.ceil(middle - half)); at <= last; at++) {
        const u = (at - middle) / (wide * size);
        const round = Math.sqrt(Math.max(0, 1 - u * u - v * v));
        const k = row * columns + at;
        light[k] = level * tone *
          Math.max(0.05, 0.55 + 0.45 * round + side * u + 0.03 * skin[k]!);
      }
    }
  };
  oval(0, 2.2, 1.7, 1.3, random.uniform(0.1, 0.7)); // shoulders
  oval(0, -0.15, 0.98, 1.3, random.uniform(0.05, 0.3)); // hair
  const tone = random.uniform(0.5, 1);
  oval(0, 0.1, 0.78, 1.05, tone);
  for (const eye of [-0.3, 0.3]) {
    oval(eye, -0.1, 0.15, 0.08, 1);
    oval(eye, -0.1, 0.06, 0.07, 0.05);
    oval(eye, -0.3, 0.2, 0.035, 0.2);
  }
  oval(0, 0.2, 0.12, 0.25, tone * 1.08);
  oval(0, 0.62, 0.28, 0.08, tone * 0.5);
}
