/**
 * Images of stars and galaxies.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { addPatch, type Canvas, computeNoise } from "./canvas.ts";

/** The image of a star: a point-spread function with a peak of 1. */
export interface StarShape {
  /** Returns the radius to draw, in pixels, for a peak of `signal` times the noise. */
  readonly computeRadius: (signal: number) => number;
  /** Returns the light at a distance from the centre, in columns and rows. */
  readonly lightAt: (dx: number, dy: number) => number;
  /** Whether a star covers many pixels; such a frame has fewer stars. */
  readonly isLarge: boolean;
}

/** Samples the shape that all stars of a frame share: round, elongated, trailed or defocused. */
export function sampleStarShape(
  random: Random,
  { columns, rows }: Canvas,
): StarShape {
  const draw = random.uniform();
  const side = Math.min(columns, rows);
  if (draw < 0.1) {
    return createDefocusedStar(random, random.logUniform(4, 0.1 * side + 5));
  }
  const width = random.logUniform(1.1, 4.5);
  if (draw < 0.2) {
    return createTrailedStar(random, width, random.uniform(4, 0.08 * side + 8));
  }
  return createMoffatStar(random, width);
}

/**
 * Creates a slightly elongated star with the profile that seeing causes (Moffat
 * 1969, A&A 3, 455).
 *
 * @param width Core width α of the profile, in pixels.
 */
export function createMoffatStar(random: Random, width: number): StarShape {
  const beta = random.uniform(2, 4.5);
  const stretch = random.uniform(0.8, 1.25);
  const table = Float32Array.from(
    { length: 2048 },
    (_, k) => (1 + k / 16) ** -beta,
  );
  const scale = 16 / (width * width);
  return {
    isLarge: false,
    // The wings fall below the noise at this radius.
    computeRadius: (signal) =>
      width *
      Math.min(11, Math.sqrt(Math.max(2, (5 * signal) ** (1 / beta) - 1))),
    lightAt: (dx, dy) => {
      const index = (dx * dx * stretch + dy * dy / stretch) * scale;
      return index < 2047 ? table[index | 0]! : 0;
    },
  };
}

/** Creates a defocused star: a disc with the shadows of the secondary mirror and its vanes. */
function createDefocusedStar(random: Random, outer: number): StarShape {
  const inner = outer * random.uniform(0.15, 0.55);
  const vane = random.chance(0.6) ? random.uniform(0.02, 0.06) * outer : 0;
  const tilt = random.normal() * 0.3;
  return {
    isLarge: true,
    computeRadius: () => outer + 1,
    lightAt: (dx, dy) => {
      const distance = Math.hypot(dx, dy);
      const open = Math.min(1, Math.max(0, outer - distance)) *
        Math.min(1, Math.max(0, distance - inner));
      if (Math.min(Math.abs(dx), Math.abs(dy)) < vane) return 0;
      return open * (1 + tilt * dx / outer);
    },
  };
}

/** Creates a star that moved during the exposure: a short trail, never parallel to an axis. */
function createTrailedStar(
  random: Random,
  width: number,
  length: number,
): StarShape {
  const angle = random.uniform(0.2, 1.37) * (random.chance(0.5) ? 1 : -1);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return {
    isLarge: true,
    computeRadius: () => length / 2 + 4 * width,
    lightAt: (dx, dy) => {
      const along = Math.max(0, Math.abs(dx * cos + dy * sin) - length / 2);
      const across = dx * sin - dy * cos;
      return Math.exp(
        -0.5 * (along * along + across * across) / (width * width),
      );
    },
  };
}

/**
 * Adds a star.
 *
 * @param peak Electrons of the brightest pixel.
 * @param noise Noise in electrons; the star is drawn to where it falls below the noise.
 */
export function addStar(
  canvas: Canvas,
  column: number,
  row: number,
  peak: number,
  { computeRadius, lightAt }: StarShape,
  noise: number,
): void {
  addPatch(
    canvas,
    column,
    row,
    computeRadius(peak / noise),
    (dx, dy) => peak * lightAt(dx, dy),
  );
}

/**
 * Adds many stars, at least six of them bright, distributed uniformly or in a
 * cluster.
 *
 * @param sky Electrons per pixel of the background.
 */
export function addStars(
  canvas: Canvas,
  random: Random,
  shape: StarShape,
  sky: number,
): void {
  const { columns, rows, detector } = canvas;
  const noise = computeNoise(detector, sky);
  const cluster = random.chance(0.25)
    ? {
      column: random.uniform(0.2, 0.8) * columns,
      row: random.uniform(0.2, 0.8) * rows,
      core: random.uniform(0.03, 0.12) * Math.max(columns, rows),
    }
    : undefined;
  const count = cluster && !shape.isLarge && random.chance(0.5)
    // A globular cluster, whose stars overlap at its centre.
    ? random.logUniform(800, 4000)
    : random.logUniform(8, shape.isLarge ? 60 : 1500);
  // The number of stars increases by a factor of about 10^0.4 per magnitude.
  const slope = random.uniform(0.7, 1.3);
  const faintest = noise * random.logUniform(1.5, 10);
  for (let star = 0; star < count; star++) {
    const peak = star < 6
      ? noise * random.logUniform(30, 1000)
      : Math.min(3000 * noise, faintest * random.uniform(1e-4, 1) ** -slope);
    let column = random.uniform(0, columns);
    let row = random.uniform(0, rows);
    if (cluster && random.chance(0.8)) {
      const distance = cluster.core *
        Math.sqrt(1 / Math.max(0.02, random.uniform()) - 1);
      const angle = random.uniform(0, 2 * Math.PI);
      column = cluster.column + distance * Math.cos(angle);
      row = cluster.row + distance * Math.sin(angle);
    }
    addStar(canvas, column, row, peak, shape, noise);
  }
}

/**
 * Adds galaxies: exponential discs, or the steeper profiles of ellipticals.
 *
 * @param sky Electrons per pixel of the background.
 */
export function addGalaxies(
  canvas: Canvas,
  random: Random,
  sky: number,
): void {
  const { columns, rows, detector } = canvas;
  const noise = computeNoise(detector, sky);
  for (let galaxy = random.integer(1, 8); galaxy > 0; galaxy--) {
    const scale = random.logUniform(2, 0.05 * Math.max(columns, rows) + 3);
    const axisRatio = random.uniform(0.2, 1);
    const angle = random.uniform(0, Math.PI);
    const peak = noise * random.logUniform(3, 200);
    const cos = Math.cos(angle) / scale;
    const sin = Math.sin(angle) / scale;
    const power = random.pick([1, 1, 0.6]);
    addPatch(
      canvas,
      random.uniform(0, columns),
      random.uniform(0, rows),
      6 * scale,
      (dx, dy) => {
        const along = dx * cos + dy * sin;
        const across = (dy * cos - dx * sin) / axisRatio;
        const distance = Math.sqrt(along * along + across * across);
        return peak *
          Math.exp(-(power === 1 ? distance : 2 * distance ** power));
      },
    );
  }
}
