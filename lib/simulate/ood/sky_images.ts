/**
 * Images of the sky other than fields of sharp stars: long trails, a very bright star,
 * the disc of the Sun, the Moon or a planet, and speckles.
 *
 * @module
 */
import type { Random } from "../random.ts";
import {
  addLight,
  addPatch,
  applyFieldStop,
  type Canvas,
  computeFullWell,
  computeNoise,
  sampleSkyLevel,
  transformLight,
} from "./canvas.ts";
import { createNoiseField } from "./noise.ts";
import { addStars, createMoffatStar } from "./stars.ts";

/** A path across the frame: the position at a time from 0 to 1. */
type Path = (time: number) => readonly [column: number, row: number];

/**
 * Paints stars that trail across the frame: on parallel lines with the telescope at
 * rest, on circles about the pole, or on wavy lines when the guiding fails; or
 * satellites and meteors that cross a field of stars in any direction.
 */
export function paintStarTrails(canvas: Canvas, random: Random): void {
  const { detector } = canvas;
  const sky = sampleSkyLevel(random, canvas);
  const noise = computeNoise(detector, sky);
  addLight(canvas, () => sky);
  const width = random.logUniform(0.8, 3.5);
  const areSatellites = random.chance(0.3);
  if (areSatellites) {
    addStars(canvas, random, createMoffatStar(random, width), sky);
  }
  const samplePath = areSatellites
    ? () => sampleLine(random, canvas, random.uniform(0, Math.PI))
    : sampleStarPaths(canvas, random);
  const count = areSatellites
    ? random.integer(2, 8)
    : random.logUniform(8, 150);
  for (let trail = 0; trail < count; trail++) {
    const peak = noise *
      (trail < 4 ? random.logUniform(8, 400) : random.logUniform(1.5, 60));
    addTrail(canvas, samplePath(), width, peak);
  }
}

/** Samples a straight path that crosses the whole frame through a point within it. */
function sampleLine(
  random: Random,
  { columns, rows }: Canvas,
  angle: number,
): Path {
  const length = Math.hypot(columns, rows);
  const column = random.uniform(0, columns);
  const row = random.uniform(0, rows);
  return (time) => [
    column + (time - 0.5) * 2 * length * Math.cos(angle),
    row + (time - 0.5) * 2 * length * Math.sin(angle),
  ];
}

/** Samples how the sky moves, and returns a function that samples the path of a star. */
function sampleStarPaths(canvas: Canvas, random: Random): () => Path {
  const { columns, rows } = canvas;
  const side = Math.hypot(columns, rows);
  const length = side * random.logUniform(0.12, 0.9);
  if (random.chance(0.4)) {
    const pole = [
      random.uniform(-0.2, 1.2) * columns,
      random.uniform(-0.2, 1.2) * rows,
    ] as const;
    const turn = length / (0.5 * side);
    return () => {
      const x = random.uniform(0, columns) - pole[0];
      const y = random.uniform(0, rows) - pole[1];
      return (time) => {
        const angle = turn * (time - 0.5);
        const cos = Math.cos(angle);
        const sin = Math.sin(angle);
        return [pole[0] + x * cos - y * sin, pole[1] + x * sin + y * cos];
      };
    };
  }
  // Never parallel to an axis: such trails resemble traces or lines.
  const angle = random.uniform(0.2, 1.37) * (random.chance(0.5) ? 1 : -1);
  const wave = random.chance(0.4) ? random.uniform(0.01, 0.05) * side : 0;
  const turns = random.uniform(2, 25);
  const phase = random.uniform(0, 6);
  return () => {
    const column = random.uniform(-0.2, 1.2) * columns;
    const row = random.uniform(-0.2, 1.2) * rows;
    return (time) => {
      const along = (time - 0.5) * length;
      const across = wave * Math.sin(turns * time + phase);
      return [
        column + along * Math.cos(angle) - across * Math.sin(angle),
        row + along * Math.sin(angle) + across * Math.cos(angle),
      ];
    };
  };
}

/**
 * Adds a trail with a Gaussian profile.
 *
 * @param width Standard deviation of the profile, in pixels.
 * @param peak Electrons at its middle.
 */
function addTrail(
  canvas: Canvas,
  path: Path,
  width: number,
  peak: number,
): void {
  const { columns, rows } = canvas;
  const pieces = 64;
  let length = 0;
  for (let k = 0; k < pieces; k++) {
    const [x, y] = path(k / pieces);
    const [nextX, nextY] = path((k + 1) / pieces);
    length += Math.hypot(nextX - x, nextY - y);
  }
  const steps = Math.ceil(length / width);
  const spacing = length / steps;
  // The sum of Gaussians at this spacing has the peak of one trail.
  const light = peak * spacing / (width * Math.sqrt(2 * Math.PI));
  const radius = 4 * width;
  for (let step = 0; step <= steps; step++) {
    const [column, row] = path(step / steps);
    if (column < -radius || column > columns + radius) continue;
    if (row < -radius || row > rows + radius) continue;
    addPatch(
      canvas,
      column,
      row,
      radius,
      (dx, dy) => light * Math.exp(-0.5 * (dx * dx + dy * dy) / width ** 2),
    );
  }
}

/**
 * Paints a star so bright that its light fills the frame: a halo, the spikes of the
 * vanes, columns along which charge has spilled, and ghosts out of focus.
 */
export function paintBrightStar(canvas: Canvas, random: Random): void {
  const { columns, rows, light, detector } = canvas;
  const sky = random.logUniform(
    detector.readNoise ** 2 / 4,
    0.02 * computeFullWell(detector),
  );
  const noise = computeNoise(detector, sky);
  addLight(canvas, () => sky);
  if (random.chance(0.6)) {
    addStars(canvas, random, createMoffatStar(random, 2), sky);
  }
  const centreColumn = random.uniform(0.1, 0.9) * columns;
  const centreRow = random.uniform(0.1, 0.9) * rows;
  const side = Math.hypot(columns, rows);
  const core = random.logUniform(0.004, 0.03) * side;
  const peak = computeFullWell(detector) * random.logUniform(0.5, 30);
  const slope = random.uniform(1, 1.6);
  const rotation = random.uniform(0, Math.PI);
  const vanes = random.pick([0, 2, 2, 3]);
  const spikeWidth = random.logUniform(0.8, 0.15 * core + 1);
  const spikeStrength = random.logUniform(0.01, 0.3);
  const directions = Array.from({ length: vanes }, (_, k) => {
    const angle = rotation + k * Math.PI / vanes;
    return [Math.cos(angle), Math.sin(angle)] as const;
  });
  addLight(canvas, (column, row) => {
    const dx = column - centreColumn;
    const dy = row - centreRow;
    const distance2 = (dx * dx + dy * dy) / (core * core);
    let sum = (1 + distance2) ** -slope;
    for (const [x, y] of directions) {
      const across = (dx * y - dy * x) / spikeWidth;
      if (across * across < 16) {
        sum += spikeStrength * Math.exp(-0.5 * across * across) /
          (1 + Math.sqrt(distance2));
      }
    }
    return peak * sum;
  });
  for (let ghost = random.integer(0, 4); ghost > 0; ghost--) {
    const radius = random.uniform(0.02, 0.15) * side;
    const strength = noise * random.logUniform(2, 60);
    const inner = radius * random.uniform(0, 0.5);
    addPatch(
      canvas,
      random.uniform(0, columns),
      random.uniform(0, rows),
      radius,
      (dx, dy) => {
        const distance = Math.sqrt(dx * dx + dy * dy);
        return distance < radius && distance > inner ? strength : 0;
      },
    );
  }
  if (random.chance(0.5)) {
    const column = Math.round(centreColumn);
    const from = centreRow - random.uniform(0.02, 1) * rows;
    const to = centreRow + random.uniform(0.02, 1) * rows;
    for (let row = Math.max(0, Math.floor(from)); row < rows; row++) {
      if (row > to) break;
      light[row * columns + column] = computeFullWell(detector);
    }
  }
}

/**
 * Paints the disc of the Sun, the Moon or a planet with its limb, often with a
 * terminator and partly outside of the frame, with granulation, spots, craters or belts.
 */
export function paintDisc(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = 30 * detector.readNoise +
    random.logUniform(0.005, 0.9) * computeFullWell(detector);
  const side = Math.min(columns, rows);
  const radius = side * random.logUniform(0.15, 1.5);
  const reach = Math.max(0, radius - 0.3 * side);
  const direction = random.uniform(0, 2 * Math.PI);
  const centreColumn = columns * random.uniform(0.3, 0.7) +
    reach * Math.cos(direction);
  const centreRow = rows * random.uniform(0.3, 0.7) +
    reach * Math.sin(direction);
  const darkening = random.uniform(0, 0.8);
  const cell = random.logUniform(0.01, 0.5) * side;
  const surface = createNoiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves: random.integer(1, 5),
    persistence: random.uniform(0.4, 0.9),
  });
  const contrast = random.uniform(0.03, 0.35);
  const belts = random.chance(0.3) ? random.uniform(4, 16) : 0;
  const tilt = random.uniform(0, Math.PI);
  const phase = random.chance(0.5) ? random.uniform(0.2, 2.4) : 0;
  // Direction towards the Sun; that towards the observer is z.
  const sun = {
    x: Math.sin(phase) * Math.cos(tilt + 1),
    y: Math.sin(phase) * Math.sin(tilt + 1),
    z: Math.cos(phase),
  };
  const halo = random.logUniform(0.002, 0.1);
  const softness = random.logUniform(0.002, 0.03);
  addLight(canvas, (column, row) => {
    const x = (column - centreColumn) / radius;
    const y = (row - centreRow) / radius;
    const distance = Math.sqrt(x * x + y * y);
    const inside = Math.min(1, Math.max(0, 0.5 + (1 - distance) / softness));
    const outside = halo / Math.max(0.2, distance);
    if (inside === 0) return level * outside;
    // The normal of the surface is x, y, z.
    const z = Math.sqrt(Math.max(0, 1 - distance * distance));
    let brightness = (1 - darkening * (1 - z)) *
      Math.max(0.05, 1 + contrast * surface[row * columns + column]!);
    if (belts > 0) {
      const latitude = x * Math.sin(tilt) - y * Math.cos(tilt);
      brightness *= 1 + 0.25 * Math.sin(belts * latitude);
    }
    if (phase > 0) {
      brightness *= Math.max(0, x * sun.x + y * sun.y + z * sun.z);
    }
    return level * (outside + inside * brightness);
  });
  for (let mark = random.integer(0, 25); mark > 0; mark--) {
    addMark(canvas, random, radius, [centreColumn, centreRow]);
  }
}

/** Darkens a spot on a disc; a crater has a bright rim. */
function addMark(
  canvas: Canvas,
  random: Random,
  radius: number,
  [centreColumn, centreRow]: readonly [number, number],
): void {
  const { columns, rows, light } = canvas;
  const distance = radius * Math.sqrt(random.uniform(0, 0.9));
  const angle = random.uniform(0, 2 * Math.PI);
  const column = Math.round(centreColumn + distance * Math.cos(angle));
  const row = Math.round(centreRow + distance * Math.sin(angle));
  const size = radius * random.logUniform(0.01, 0.12);
  const depth = random.uniform(0.1, 0.8);
  const rim = random.chance(0.5) ? random.uniform(0.1, 0.6) : 0;
  const reach = 1.3 * size;
  const lastRow = Math.min(rows - 1, row + reach);
  const lastColumn = Math.min(columns - 1, column + reach);
  for (let y = Math.max(0, Math.ceil(row - reach)); y <= lastRow; y++) {
    for (let x = Math.max(0, Math.ceil(column - reach)); x <= lastColumn; x++) {
      const place = Math.hypot(x - column, y - row) / size;
      if (place < 1) light[y * columns + x]! *= 1 - depth;
      else if (place < 1.25) light[y * columns + x]! *= 1 + rim;
    }
  }
}

/**
 * Paints speckles, as in short exposures with large magnification or in the light of a
 * laser. Their brightness is distributed exponentially (Goodman 1976, JOSA 66, 1145).
 */
export function paintSpeckles(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = 10 * detector.readNoise +
    random.logUniform(0.001, 0.2) * computeFullWell(detector);
  const cell = Math.max(
    3,
    Math.min(columns, rows) * random.logUniform(0.01, 0.12),
  );
  const options = { cell: [cell, cell], octaves: 1, persistence: 1 } as const;
  const real = createNoiseField(random, rows, columns, options);
  const imaginary = createNoiseField(random, rows, columns, options);
  const background = random.logUniform(0.002, 0.3);
  addLight(canvas, (column, row) => {
    const k = row * columns + column;
    return level * (real[k]! ** 2 + imaginary[k]! ** 2);
  });
  if (random.chance(0.7)) {
    const centreColumn = random.uniform(0.3, 0.7) * columns;
    const centreRow = random.uniform(0.3, 0.7) * rows;
    const spread = Math.min(columns, rows) * random.uniform(0.12, 0.5);
    transformLight(canvas, (electrons, column, row) => {
      const distance2 = ((column - centreColumn) ** 2 +
        (row - centreRow) ** 2) / spread ** 2;
      return electrons * Math.exp(-0.5 * distance2);
    });
  } else if (random.chance(0.4)) {
    applyFieldStop(canvas, random);
  }
  addLight(canvas, () => level * background);
}
