/**
 * Images of stars and galaxies.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, noiseOf, stamp } from "./canvas.ts";

/** What every star of a frame looks like, for a peak of 1. */
export interface StarShape {
  /** Pixels to which it extends when its peak is `signal` times the noise. */
  readonly reach: (signal: number) => number;
  /** Its light at a distance in columns and rows. */
  readonly lightAt: (dx: number, dy: number) => number;
  /** Whether it covers many pixels, so that few must do. */
  readonly isLarge: boolean;
}

/** Round, elongated, trailed or out of focus: a shape that all stars of a frame share. */
export function sampleStar(
  random: Random,
  { columns, rows }: Canvas,
): StarShape {
  const draw = random.uniform();
  const side = Math.min(columns, rows);
  if (draw < 0.1) return donut(random, random.logUniform(4, 0.1 * side + 5));
  const width = random.logUniform(1.1, 4.5);
  if (draw < 0.2) {
    return trail(random, width, random.uniform(4, 0.08 * side + 8));
  }
  return moffat(random, width);
}

/**
 * The profile of a star through the air (Moffat 1969), a little elongated.
 *
 * @param width Core of the profile, in pixels.
 */
export function moffat(random: Random, width: number): StarShape {
  const beta = random.uniform(2, 4.5);
  const stretch = random.uniform(0.8, 1.25);
  const table = Float32Array.from(
    { length: 2048 },
    (_, k) => (1 + k / 16) ** -beta,
  );
  const scale = 16 / (width * width);
  return {
    isLarge: false,
    // Where the wings sink into the noise.
    reach: (signal) =>
      width *
      Math.min(11, Math.sqrt(Math.max(2, (5 * signal) ** (1 / beta) - 1))),
    lightAt: (dx, dy) => {
      const at = (dx * dx * stretch + dy * dy / stretch) * scale;
      return at < 2047 ? table[at | 0]! : 0;
    },
  };
}

/** Out of focus: the mirror, with the shadows of the secondary and what holds it. */
function donut(random: Random, outer: number): StarShape {
  const inner = outer * random.uniform(0.15, 0.55);
  const vane = random.chance(0.6) ? random.uniform(0.02, 0.06) * outer : 0;
  const tilt = random.normal() * 0.3;
  return {
    isLarge: true,
    reach: () => outer + 1,
    lightAt: (dx, dy) => {
      const off = Math.hypot(dx, dy);
      const open = Math.min(1, Math.max(0, outer - off)) *
        Math.min(1, Math.max(0, off - inner));
      if (Math.min(Math.abs(dx), Math.abs(dy)) < vane) return 0;
      return open * (1 + tilt * dx / outer);
    },
  };
}

/** The telescope moved: a short trail, at any angle but along the axes. */
function trail(random: Random, width: number, length: number): StarShape {
  const angle = random.uniform(0.2, 1.37) * (random.chance(0.5) ? 1 : -1);
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return {
    isLarge: true,
    reach: () => length / 2 + 4 * width,
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
 * @param peak Electrons at its brightest.
 * @param noise Electrons below which nothing shows.
 */
export function addStar(
  canvas: Canvas,
  column: number,
  row: number,
  peak: number,
  { reach, lightAt }: StarShape,
  noise: number,
): void {
  stamp(
    canvas,
    column,
    row,
    reach(peak / noise),
    (dx, dy) => peak * lightAt(dx, dy),
  );
}

/**
 * Adds many stars, of which some are bright: spread evenly, or crowding about
 * the middle of a cluster.
 *
 * @param sky Electrons a pixel behind them.
 */
export function addStars(
  canvas: Canvas,
  random: Random,
  shape: StarShape,
  sky: number,
): void {
  const { columns, rows, detector } = canvas;
  const noise = noiseOf(detector, sky);
  const count = random.logUniform(8, shape.isLarge ? 60 : 1500);
  const cluster = random.chance(0.25)
    ? {
      column: random.uniform(0.2, 0.8) * columns,
      row: random.uniform(0.2, 0.8) * rows,
      core: random.uniform(0.03, 0.12) * Math.max(columns, rows),
    }
    : undefined;
  // Counts of stars grow by about 10^0.4 for each magnitude that they go fainter.
  const slope = random.uniform(0.7, 1.3);
  const faintest = noise * random.logUniform(1.5, 10);
  for (let star = 0; star < count; star++) {
    const peak = star < 6
      ? noise * random.logUniform(30, 1000)
      : Math.min(3000 * noise, faintest * random.uniform(1e-4, 1) ** -slope);
    let column = random.uniform(0, columns);
    let row = random.uniform(0, rows);
    if (cluster && random.chance(0.8)) {
      const off = cluster.core *
        Math.sqrt(1 / Math.max(0.02, random.uniform()) - 1);
      const angle = random.uniform(0, 2 * Math.PI);
      column = cluster.column + off * Math.cos(angle);
      row = cluster.row + off * Math.sin(angle);
    }
    addStar(canvas, column, row, peak, shape, noise);
  }
}

/**
 * Adds galaxies: exponential discs, or the steeper profiles of ellipticals.
 *
 * @param sky Electrons a pixel behind them.
 */
export function addGalaxies(
  canvas: Canvas,
  random: Random,
  sky: number,
): void {
  const { columns, rows, detector } = canvas;
  const noise = noiseOf(detector, sky);
  for (let galaxy = random.integer(1, 8); galaxy > 0; galaxy--) {
    const scale = random.logUniform(2, 0.05 * Math.max(columns, rows) + 3);
    const axis = random.uniform(0.2, 1);
    const angle = random.uniform(0, Math.PI);
    const peak = noise * random.logUniform(3, 200);
    const cos = Math.cos(angle) / scale;
    const sin = Math.sin(angle) / scale;
    const power = random.pick([1, 1, 0.6]);
    stamp(
      canvas,
      random.uniform(0, columns),
      random.uniform(0, rows),
      6 * scale,
      (dx, dy) => {
        const along = dx * cos + dy * sin;
        const across = (dy * cos - dx * sin) / axis;
        const off = Math.sqrt(along * along + across * across);
        return peak * Math.exp(-(power === 1 ? off : 2 * off ** power));
      },
    );
  }
}
