/**
 * Frames of optical test kinds: interference rings, grids of spots, the twin images
 * of a polarimeter, and light leaks.
 *
 * @module
 */
import type { Random } from "../../random.ts";
import {
  addLight,
  addPatch,
  applyFieldStop,
  type Canvas,
  computeFullWell,
  computeNoise,
  sampleSkyLevel,
  transformLight,
} from "../canvas.ts";
import { createNoiseField } from "../noise.ts";
import { addStar, createMoffatStar } from "../stars.ts";

/**
 * Paints the rings of an etalon or interferometer: around a point of the field, from
 * one or more spectral lines, sharp or soft, sometimes distorted by the wavefront.
 */
export function paintRings(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = 40 * detector.readNoise +
    random.logUniform(0.003, 0.8) * computeFullWell(detector);
  const centreColumn = columns * random.uniform(0.2, 0.8);
  const centreRow = rows * random.uniform(0.2, 0.8);
  const radius2 = (columns ** 2 + rows ** 2) / 4;
  const lines = Array.from({ length: random.pick([1, 1, 2, 3]) }, () => ({
    orders: random.logUniform(3, 40),
    phase: random.uniform(0, Math.PI),
    strength: random.uniform(0.3, 1),
  }));
  const finesse = random.logUniform(0.4, 60);
  const distortion = random.chance(0.4) ? random.uniform(0.3, 3) : 0;
  const cell = Math.max(columns, rows) / 2;
  const field = createNoiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves: 2,
    persistence: 0.4,
  });
  const stray = random.uniform(0, 0.3);
  addLight(canvas, (column, row) => {
    const distance2 = ((column - centreColumn) ** 2 + (row - centreRow) ** 2) /
      radius2;
    const phaseError = distortion * field[row * columns + column]!;
    let sum = stray;
    for (const { orders, phase, strength } of lines) {
      const wave = Math.sin(
        Math.PI * orders * distance2 + phase + phaseError,
      );
      sum += strength / (1 + finesse * wave * wave);
    }
    return level * sum;
  });
  if (random.chance(0.5)) applyFieldStop(canvas, random);
}

/**
 * Paints the spots of a Shack-Hartmann sensor, a lenslet array or a pinhole mask:
 * a square or hexagonal grid at some angle, within an annular pupil or over the
 * whole frame.
 */
export function paintSpots(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = 40 * detector.readNoise +
    random.logUniform(0.003, 0.9) * computeFullWell(detector);
  const stray = level * random.logUniform(0.001, 0.1);
  addLight(canvas, () => stray);
  const side = Math.min(columns, rows);
  const pitch = Math.max(6, side / random.uniform(6, 40));
  const width = pitch * random.uniform(0.07, 0.22);
  const angle = random.uniform(-0.5, 0.5);
  const cos = Math.cos(angle) * pitch;
  const sin = Math.sin(angle) * pitch;
  const isHexagonal = random.chance(0.4);
  const jitter = random.uniform(0, 0.12) * pitch;
  const outer = random.chance(0.6) ? random.uniform(0.3, 0.5) * side : Infinity;
  const inner = outer < Infinity ? outer * random.uniform(0, 0.4) : 0;
  const unevenness = random.uniform(0, 0.6);
  const gridRadius = Math.ceil(Math.hypot(columns, rows) / pitch);
  for (let j = -gridRadius; j <= gridRadius; j++) {
    for (let i = -gridRadius; i <= gridRadius; i++) {
      const along = isHexagonal ? i + (j & 1) / 2 : i;
      const down = isHexagonal ? 0.866 * j : j;
      const x = along * cos - down * sin;
      const y = along * sin + down * cos;
      const distance = Math.hypot(x, y);
      if (distance > outer || distance < inner) continue;
      const peak = level * (1 - unevenness * random.uniform());
      addPatch(
        canvas,
        columns / 2 + x + jitter * random.normal(),
        rows / 2 + y + jitter * random.normal(),
        4 * width,
        (dx, dy) => peak * Math.exp(-0.5 * (dx * dx + dy * dy) / width ** 2),
      );
    }
  }
}

/**
 * Paints a star field seen through a dual-beam polarimeter: each star has a twin of
 * different brightness at a fixed offset. Often a mask blocks alternate strips,
 * in which the twins of the neighbouring strip appear.
 */
export function paintTwinImages(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const sky = sampleSkyLevel(random, canvas);
  const noise = computeNoise(detector, sky);
  addLight(canvas, () => sky);
  const shape = createMoffatStar(random, random.logUniform(1.5, 5));
  const hasMask = random.chance(0.6);
  const strip = rows / random.integer(4, 14);
  const [columnOffset, rowOffset] = hasMask ? [0, strip] as const : [
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
    const twinPeak = peak * random.uniform(0.5, 1.5);
    addStar(canvas, column, row, peak, shape, noise);
    addStar(
      canvas,
      column + columnOffset,
      row + rowOffset,
      twinPeak,
      shape,
      noise,
    );
  }
  if (!hasMask) return;
  const gap = random.uniform(0.02, 0.08);
  const beamRatio = random.uniform(0.6, 1);
  transformLight(canvas, (electrons, _column, row) => {
    const position = row / strip % 2;
    const withinStrip = position % 1;
    if (withinStrip < gap || withinStrip > 1 - gap) return 0.02 * electrons;
    return electrons * (position < 1 ? 1 : beamRatio);
  });
}

/**
 * Paints light that leaks past a cap, door or shutter: beams with shadows between
 * them that fan out from outside a corner, sometimes with a reflected arc or hard
 * shadows. Angles are computed in units of the frame's sides, so that beams cross
 * elongated frames too.
 */
export function paintLightLeak(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = 30 * detector.readNoise +
    random.logUniform(0.002, 0.8) * computeFullWell(detector);
  const sampleSource = () =>
    random.chance(0.5) ? random.uniform(-0.4, 0.02) : random.uniform(0.98, 1.4);
  const sourceX = sampleSource();
  const sourceY = sampleSource();
  const direction = Math.atan2(0.5 - sourceY, 0.5 - sourceX);
  const beams = sampleBeams(random, direction / (2 * Math.PI) + 0.5);
  const scale = random.uniform(0.1, 0.8);
  const power = random.uniform(0.7, 2.5);
  const arc = random.chance(0.4)
    ? {
      distance: random.uniform(0.4, 1.1),
      width: random.logUniform(0.01, 0.08),
    }
    : undefined;
  const falloff = new Float32Array(2048).map((_, k) =>
    (1 + k / 800 / scale) ** -power
  );
  addLight(canvas, (column, row) => {
    const dx = column / columns - sourceX;
    const dy = row / rows - sourceY;
    const distance = Math.sqrt(dx * dx + dy * dy);
    const turns = Math.atan2(dy, dx) / (2 * Math.PI) + 0.5;
    let sum = falloff[Math.min(2047, (distance * 800) | 0)]! *
      beams[(turns * (beams.length - 1)) | 0]!;
    if (arc) {
      sum += 0.4 * Math.exp(-(((distance - arc.distance) / arc.width) ** 2));
    }
    return level * sum;
  });
  if (random.chance(0.4)) addShadows(canvas, random);
}

/**
 * Samples the brightness in each direction from the source: a constant, and beams
 * with sharp edges towards the frame.
 *
 * @param direction Direction of the frame's centre, in turns, 0 to 1.
 * @returns Brightness over one full turn.
 */
function sampleBeams(random: Random, direction: number): Float32Array {
  const beams = new Float32Array(4096).fill(random.uniform(0.02, 0.3));
  for (let beam = random.integer(3, 12); beam > 0; beam--) {
    const middle = 1 + direction + random.uniform(-0.1, 0.1);
    const width = random.logUniform(0.004, 0.05) * beams.length;
    const from = Math.floor(middle * beams.length - width / 2);
    const height = random.uniform(0.2, 1);
    for (let k = 0; k < width; k++) {
      const edge = Math.min(1, k / 6, (width - k) / 6);
      beams[(from + k) % beams.length]! += height * edge;
    }
  }
  return beams;
}

/** Darkens one to three half-planes at random angles. */
function addShadows(canvas: Canvas, random: Random): void {
  const { columns, rows } = canvas;
  for (let shadow = random.integer(1, 3); shadow > 0; shadow--) {
    const angle = random.uniform(0, 2 * Math.PI);
    const cos = Math.cos(angle) / columns;
    const sin = Math.sin(angle) / rows;
    const edge = (cos * columns + sin * rows) / 2 + random.uniform(-0.3, 0.3);
    const softness = random.logUniform(0.002, 0.05);
    const transmission = random.uniform(0.05, 0.6);
    transformLight(canvas, (electrons, column, row) => {
      const open = 0.5 + (column * cos + row * sin - edge) / softness;
      return electrons *
        (transmission + (1 - transmission) * Math.max(0, Math.min(1, open)));
    });
  }
}
