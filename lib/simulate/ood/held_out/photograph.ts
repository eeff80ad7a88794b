/**
 * Photographs of everyday scenes, with occlusion, edges and shading.
 *
 * @module
 */
import type { Random } from "../../random.ts";
import { addLight, addPatch, type Canvas, transformLight } from "../canvas.ts";
import { createNoiseField } from "../noise.ts";

/** Paints overlapping objects, a landscape, a printed page or a portrait. */
export function paintPhotograph(canvas: Canvas, random: Random): void {
  const paintScene = random.pick([
    paintDeadLeaves,
    paintDeadLeaves,
    paintLandscape,
    paintPage,
    paintPortrait,
  ]);
  paintScene(canvas, random);
  applyShading(canvas, random);
}

/** Makes the illumination of the whole scene uneven. */
function applyShading(canvas: Canvas, random: Random): void {
  const { columns, rows } = canvas;
  const field = createClouds(canvas, random, random.uniform(0.4, 1), 3);
  const depth = random.uniform(0, 0.2);
  transformLight(
    canvas,
    (light, column, row) =>
      light * Math.max(0.1, 1 + depth * field[row * columns + column]!),
  );
  const vignetting = random.uniform(0, 0.4);
  const radius2 = (columns ** 2 + rows ** 2) / 4;
  transformLight(canvas, (light, column, row) => {
    const distance2 = (column - columns / 2) ** 2 + (row - rows / 2) ** 2;
    return light * (1 - vignetting * distance2 / radius2);
  });
}

/** @param size Size of the largest cloud, as a fraction of the longer side. */
function createClouds(
  { columns, rows }: Canvas,
  random: Random,
  size: number,
  octaves: number,
): Float32Array {
  const cell = size * Math.max(columns, rows);
  return createNoiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves,
    persistence: 0.5,
  });
}

/**
 * Paints discs, rectangles and parallelograms of all sizes that occlude each other.
 * This dead-leaves model has the edge statistics of natural images (Lee, Mumford
 * & Huang 2001, IJCV 41, 35).
 */
function paintDeadLeaves(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const level = random.logUniform(2000, 30000);
  addLight(canvas, () => level / 2);
  const side = Math.max(columns, rows);
  for (let leaf = random.integer(40, 160); leaf > 0; leaf--) {
    // The density of sizes falls with the third power of the size, as in the model.
    const size = 0.02 * side / Math.sqrt(random.uniform(0.0008, 1));
    const column = random.uniform(0, columns);
    const row = random.uniform(0, rows);
    const tone = level * random.uniform(0.03, 1);
    const gradient = tone * random.uniform(-0.4, 0.4) / size;
    const isDisc = random.chance(0.5);
    const stretch = random.uniform(0.4, 2.5);
    const shear = random.uniform(-0.8, 0.8);
    const top = Math.max(0, Math.ceil(row - size * stretch));
    const bottom = Math.min(rows - 1, Math.floor(row + size * stretch));
    for (let y = top; y <= bottom; y++) {
      const offset = (y - row) / (size * stretch);
      const halfWidth = size * (isDisc ? Math.sqrt(1 - offset * offset) : 1);
      const middle = column + shear * (y - row);
      const from = Math.max(0, Math.ceil(middle - halfWidth));
      const to = Math.min(columns, Math.floor(middle + halfWidth));
      for (let x = from; x < to; x++) {
        light[y * columns + x] = tone + gradient * (x - middle) * 0.5;
      }
    }
  }
}

/** Paints a sky with clouds and sometimes a sun, and ridges that are darker and rougher nearby. */
function paintLandscape(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const level = random.logUniform(2000, 30000);
  const sky = createClouds(canvas, random, 0.4, 5);
  const cloudDepth = random.uniform(0, 0.3);
  const texture = createClouds(canvas, random, 0.05, 4);
  addLight(
    canvas,
    (column, row) =>
      level *
      (0.6 + 0.4 * row / rows + cloudDepth * sky[row * columns + column]!),
  );
  if (random.chance(0.5)) {
    const radius = random.uniform(0.03, 0.1) * columns;
    addPatch(
      canvas,
      random.uniform(0.1, 0.9) * columns,
      random.uniform(0.05, 0.4) * rows,
      4 * radius,
      (dx, dy) => 2 * level / (1 + (Math.hypot(dx, dy) / radius) ** 4),
    );
  }
  const ridges = random.integer(2, 5);
  for (let ridge = 1; ridge <= ridges; ridge++) {
    const profile = createNoiseField(random, 2, columns, {
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

/** Paints a slightly rotated page of text: paragraphs of letter-like strokes. */
function paintPage(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const paper = random.logUniform(4000, 30000);
  const ink = paper * random.uniform(0.05, 0.3);
  addLight(canvas, () => paper);
  const size = Math.max(4, rows / random.uniform(14, 50));
  const slope = random.normal() * 0.03;
  const margin = random.uniform(0.04, 0.12) * columns;
  const fillRectangle = (
    left: number,
    top: number,
    width: number,
    height: number,
  ) => {
    for (let y = Math.floor(top); y < top + height; y++) {
      for (let x = Math.floor(left); x < left + width; x++) {
        const row = y + Math.round(slope * x);
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
      // A letter consists of a few strokes on a grid of 3 × 4.
      const stroke = Math.max(1, 0.13 * size);
      for (let strokes = random.integer(2, 4); strokes > 0; strokes--) {
        const across = random.integer(0, 2) * 0.22 * size;
        const down = random.integer(0, 3) * 0.26 * size;
        if (random.chance(0.5)) {
          fillRectangle(left + across, top, stroke, size);
        } else {
          fillRectangle(left, top + down, 0.57 * size, stroke);
        }
      }
    }
  }
}

/** Paints a head and shoulders of shaded ellipses in front of a blurred background. */
function paintPortrait(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const level = random.logUniform(3000, 30000);
  const background = createClouds(canvas, random, 0.5, 3);
  const skin = createClouds(canvas, random, 0.1, 4);
  addLight(
    canvas,
    (column, row) =>
      level * Math.max(0.05, 0.4 + 0.2 * background[row * columns + column]!),
  );
  const size = random.uniform(0.22, 0.36) * Math.min(rows, columns);
  const x = columns * random.uniform(0.35, 0.65);
  const y = rows * random.uniform(0.4, 0.55);
  const side = random.uniform(-0.5, 0.5);
  const paintEllipse = (
    dx: number,
    dy: number,
    width: number,
    height: number,
    tone: number,
  ) => {
    const top = Math.max(0, Math.ceil(y + (dy - height) * size));
    const bottom = Math.min(rows - 1, Math.floor(y + (dy + height) * size));
    for (let row = top; row <= bottom; row++) {
      const v = (row - y - dy * size) / (height * size);
      const halfWidth = width * size * Math.sqrt(Math.max(0, 1 - v * v));
      const middle = x + dx * size;
      const last = Math.min(columns - 1, Math.floor(middle + halfWidth));
      const first = Math.max(0, Math.ceil(middle - halfWidth));
      for (let column = first; column <= last; column++) {
        const u = (column - middle) / (width * size);
        const bulge = Math.sqrt(Math.max(0, 1 - u * u - v * v));
        const k = row * columns + column;
        light[k] = level * tone *
          Math.max(0.05, 0.55 + 0.45 * bulge + side * u + 0.03 * skin[k]!);
      }
    }
  };
  paintEllipse(0, 2.2, 1.7, 1.3, random.uniform(0.1, 0.7)); // shoulders
  paintEllipse(0, -0.15, 0.98, 1.3, random.uniform(0.05, 0.3)); // hair
  const tone = random.uniform(0.5, 1);
  paintEllipse(0, 0.1, 0.78, 1.05, tone);
  for (const eye of [-0.3, 0.3]) {
    paintEllipse(eye, -0.1, 0.15, 0.08, 1);
    paintEllipse(eye, -0.1, 0.06, 0.07, 0.05);
    paintEllipse(eye, -0.3, 0.2, 0.035, 0.2);
  }
  paintEllipse(0, 0.2, 0.12, 0.25, tone * 1.08);
  paintEllipse(0, 0.62, 0.28, 0.08, tone * 0.5);
}
