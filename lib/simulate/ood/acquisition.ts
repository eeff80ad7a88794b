/**
 * Frames that serve to point, focus or align: slit viewers, guiders, fibre
 * bundles, images of the slit and of the telescope pupil.
 *
 * @module
 */
import type { RawPlane } from "../detector.ts";
import type { Random } from "../random.ts";
import { sampleSlitIllumination } from "../sample_instrument.ts";
import {
  addLight,
  addPatch,
  applyFieldStop,
  applyVignetting,
  type Canvas,
  computeFullWell,
  computeNoise,
  createCanvas,
  sampleCameraCanvas,
  transformLight,
} from "./canvas.ts";
import { exposeCanvas } from "./expose.ts";
import {
  addStar,
  addStars,
  createMoffatStar,
  sampleStarShape,
} from "./stars.ts";

/** Simulates an acquisition frame: a guider window, a view of the slit or a fibre bundle. */
export function simulateAcquisition(random: Random): RawPlane {
  return exposeCanvas(drawAcquisition(random), random);
}

function drawAcquisition(random: Random): Canvas {
  const draw = random.uniform();
  if (draw < 0.3) return drawGuiderWindow(random);
  const canvas = sampleCameraCanvas(random);
  if (draw < 0.8) paintSlitView(canvas, random);
  else paintFibreBundle(canvas, random);
  return canvas;
}

/** Paints an illuminated field with a dark slit, and stars on or beside it. */
function paintSlitView(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const sky = random.logUniform(
    2 * detector.readNoise ** 2,
    0.3 * computeFullWell(detector),
  );
  const noise = computeNoise(detector, sky);
  addLight(canvas, () => sky);
  if (random.chance(0.6)) {
    applyVignetting(canvas, random, random.uniform(0.1, 0.8));
  }
  const shape = sampleStarShape(random, canvas);
  if (random.chance(0.5)) addStars(canvas, random, shape, sky);

  const angle = random.pick([0, Math.PI / 2, random.uniform(0, Math.PI)]) +
    random.normal() * 0.02;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const centreColumn = random.uniform(0.35, 0.65) * columns;
  const centreRow = random.uniform(0.35, 0.65) * rows;
  const halfWidth = random.logUniform(0.8, 0.015 * columns + 1);
  const halfLength = random.chance(0.6)
    ? 2 * columns
    : random.uniform(0.1, 0.4) * columns;
  // The bright target, on the slit in half of the frames, and fainter stars.
  for (let star = random.integer(1, 4); star > 0; star--) {
    const along = random.uniform(-0.3, 0.3) * Math.min(columns, rows);
    const across = random.chance(0.5)
      ? random.normal() * 3 * halfWidth
      : 12 * halfWidth;
    const signal = star === 1
      ? random.logUniform(40, 3000)
      : random.logUniform(3, 300);
    addStar(
      canvas,
      centreColumn + along * cos - across * sin,
      centreRow + along * sin + across * cos,
      noise * signal,
      shape,
      noise,
    );
  }
  const transmission = random.uniform(0, 0.35);
  transformLight(canvas, (electrons, column, row) => {
    const dx = column - centreColumn;
    const dy = row - centreRow;
    if (Math.abs(dx * cos + dy * sin) > halfLength) return electrons;
    const inside = halfWidth + 0.5 - Math.abs(dy * cos - dx * sin);
    return inside <= 0
      ? electrons
      : electrons * (1 - (1 - transmission) * Math.min(1, inside));
  });
  if (random.chance(0.5)) applyFieldStop(canvas, random);
}

/** Draws a small window around a bright star. */
function drawGuiderWindow(random: Random): Canvas {
  const columns = random.integer(40, 260);
  const rows = Math.round(columns * random.uniform(0.6, 1.2));
  const canvas = createCanvas(random, Math.max(32, rows), columns);
  const { detector } = canvas;
  const sky = random.logUniform(5, 0.05 * computeFullWell(detector));
  const noise = computeNoise(detector, sky);
  addLight(canvas, () => sky);
  const shape = createMoffatStar(
    random,
    random.uniform(0.02, 0.09) * columns + 0.8,
  );
  for (let star = random.integer(1, 3); star > 0; star--) {
    addStar(
      canvas,
      random.uniform(0.25, 0.75) * columns,
      random.uniform(0.25, 0.75) * canvas.rows,
      star === 1
        ? Math.max(
          60 * noise,
          random.uniform(0.02, 1.5) * computeFullWell(detector),
        )
        : noise * random.logUniform(5, 100),
      shape,
      noise,
    );
  }
  return canvas;
}

/**
 * Paints the ends of fibres in a hexagonal bundle, illuminated by a star and the sky;
 * a few fibres are broken.
 */
function paintFibreBundle(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const side = Math.min(columns, rows);
  const pitch = side * random.uniform(0.03, 0.12);
  const radius = pitch * random.uniform(0.3, 0.48);
  const bundleRadius = side * random.uniform(0.25, 0.5);
  const level = random.logUniform(0.005, 0.8) * computeFullWell(detector) +
    20 * detector.readNoise;
  const spread = random.logUniform(0.5, 6) * pitch;
  const starX = random.normal() * pitch;
  const starY = random.normal() * pitch;
  const sky = random.uniform(0.05, 0.7);
  for (let j = -40; j <= 40; j++) {
    for (let i = -40; i <= 40; i++) {
      const x = (i + (j & 1) / 2) * pitch;
      const y = j * pitch * 0.866;
      if (Math.max(Math.abs(x), Math.abs(y), Math.hypot(x, y)) > bundleRadius) {
        continue;
      }
      if (random.chance(0.02)) continue;
      const brightness = sky +
        Math.exp(-((x - starX) ** 2 + (y - starY) ** 2) / spread ** 2);
      const light = level * brightness * random.uniform(0.75, 1);
      addPatch(
        canvas,
        columns / 2 + x,
        rows / 2 + y,
        radius + 1,
        (dx, dy) =>
          light * Math.min(1, Math.max(0, radius - Math.hypot(dx, dy))),
      );
    }
  }
}

/**
 * Paints an undispersed image of a long slit or of a mask of slitlets in white
 * light, as taken to focus or align it.
 */
export function paintSlitImage(canvas: Canvas, random: Random): void {
  const { columns, detector } = canvas;
  const level = random.logUniform(0.003, 1) * computeFullWell(detector) +
    30 * detector.readNoise;
  const stray = level * random.logUniform(0.0005, 0.02);
  addLight(canvas, () => stray);
  if (random.chance(0.4)) {
    addSlitMask(canvas, random, level);
  } else {
    addLongSlit(canvas, random, level, random.uniform(0.25, 0.75) * columns);
  }
}

function addLongSlit(
  { columns, rows, light }: Canvas,
  random: Random,
  level: number,
  centreColumn: number,
): void {
  // Wider than an arc line.
  const halfWidth = columns * random.logUniform(0.008, 0.05);
  const softness = random.uniform(0.5, 0.3 * halfWidth + 1);
  const slant = random.normal() * 0.03;
  const illumination = sampleSlitIllumination(random, rows);
  const [from, to] = random.chance(0.5)
    ? [0, rows]
    : [random.uniform(0, 0.3) * rows, random.uniform(0.7, 1) * rows];
  for (let row = Math.floor(from); row < to; row++) {
    const centre = centreColumn + slant * (row - rows / 2);
    for (let column = 0; column < columns; column++) {
      const inside = (halfWidth - Math.abs(column - centre)) / softness;
      if (inside > -20) {
        light[row * columns + column]! += level * illumination[row]! /
          (1 + Math.exp(-inside));
      }
    }
  }
}

/** Adds the slitlets of a multi-object mask, and its square alignment holes. */
function addSlitMask(canvas: Canvas, random: Random, level: number): void {
  const { columns, rows } = canvas;
  const slitletHalfWidth = random.uniform(1, 0.006 * columns + 1.5);
  const holeHalfWidth = 3 * slitletHalfWidth;
  const holes = random.integer(2, 6);
  const slitlets = random.integer(10, 50);
  const slitletHalfHeight = random.uniform(0.3, 0.48) * rows / slitlets;
  for (let k = 0; k < slitlets + holes; k++) {
    const isHole = k >= slitlets;
    const halfWidth = isHole ? holeHalfWidth : slitletHalfWidth;
    const halfHeight = isHole ? holeHalfWidth : Math.max(2, slitletHalfHeight);
    const light = level * random.uniform(0.6, 1) * (isHole ? 1.5 : 1);
    const row = isHole ? random.uniform(0, rows) : (k + 0.5) * rows / slitlets;
    addPatch(
      canvas,
      random.uniform(0.08, 0.92) * columns,
      row,
      Math.max(halfWidth, halfHeight) + 2,
      (dx, dy) =>
        light * Math.min(1, Math.max(0, halfWidth + 0.5 - Math.abs(dx))) *
        Math.min(1, Math.max(0, halfHeight + 0.5 - Math.abs(dy))),
    );
  }
}

/**
 * Paints the telescope pupil with the shadows of the secondary mirror and its
 * vanes and with scintillation; either once, or as a grid of images as in a
 * wavefront sensor.
 */
export function paintPupil(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = random.logUniform(0.005, 0.9) * computeFullWell(detector) +
    20 * detector.readNoise;
  const stray = level * random.logUniform(0.0005, 0.05);
  addLight(canvas, () => stray);
  const gridSize = random.pick([1, 1, 1, 2, 3]);
  const pitch = Math.min(columns, rows) / gridSize;
  const outer = pitch * random.uniform(0.25, 0.46);
  const inner = outer * random.uniform(0.1, 0.45);
  const vaneHalfWidth = outer * random.logUniform(0.01, 0.06);
  const rotation = random.uniform(0, Math.PI);
  const vaneCount = random.pick([3, 4, 4]);
  const softness = random.logUniform(0.7, 0.06 * outer + 1);
  const waves = Array.from({ length: 8 }, () => [
    random.normal() * 9 / outer,
    random.normal() * 9 / outer,
    random.uniform(0, 6),
  ]);
  const depth = random.uniform(0, 0.12);
  const vaneDirections = Array.from({ length: vaneCount }, (_, k) => {
    const angle = rotation + 2 * Math.PI * k / vaneCount;
    return [Math.cos(angle), Math.sin(angle)] as const;
  });
  const lightAt = (dx: number, dy: number) => {
    const distance = Math.hypot(dx, dy);
    const edge = Math.min(outer - distance, distance - inner) / softness + 0.5;
    if (edge <= 0) return 0;
    let open = Math.min(1, edge);
    for (const [x, y] of vaneDirections) {
      if (dx * x + dy * y > 0 && Math.abs(dx * y - dy * x) < vaneHalfWidth) {
        open = 0.1;
      }
    }
    if (open === 0) return 0;
    let ripple = 0;
    for (const [x, y, phase] of waves) {
      ripple += Math.sin(x! * dx + y! * dy + phase!);
    }
    return level * open * (1 + depth * ripple / 2);
  };
  for (let j = 0; j < gridSize; j++) {
    for (let i = 0; i < gridSize; i++) {
      addPatch(
        canvas,
        columns / 2 + (i - (gridSize - 1) / 2) * pitch +
          random.normal() * 0.02 * pitch,
        rows / 2 + (j - (gridSize - 1) / 2) * pitch +
          random.normal() * 0.02 * pitch,
        outer + 2,
        lightAt,
      );
    }
  }
}
