/**
 * Images of the sky: stars, galaxies, nebulae, what a guider sees.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, paint, sampleField, stamp } from "./canvas.ts";

/** What one star looks like: electrons at a distance from its middle, for a total of 1. */
interface StarShape {
  readonly reach: number;
  readonly lightAt: (dx: number, dy: number) => number;
}

/** Direct images: few or many stars, round, trailed or out of focus, often with nebulae or galaxies. */
export function imaging(canvas: Canvas, random: Random): void {
  const sky = random.logUniform(3, 20000);
  const shape = sampleStar(random, canvas);
  if (random.chance(0.3)) {
    const field = sampleField(random, 6, 2);
    const depth = sky * random.logUniform(0.02, 0.5);
    paint(canvas, (x, y) => sky + depth * Math.max(0, field(x, y)));
  } else {
    const tilt = random.normal() * 0.05;
    paint(canvas, (x, y) => sky * (1 + tilt * (x + y)));
  }
  addStars(canvas, random, shape, Math.sqrt(sky + 25));
  if (random.chance(0.35)) addGalaxies(canvas, random, Math.sqrt(sky + 25));
  if (random.chance(0.35)) vignette(canvas, random);
}

/** A slit viewer or guider: a lit field cut by a dark slit, a few stars, a small window. */
export function acquisition(canvas: Canvas, random: Random): void {
  const sky = random.logUniform(20, 3000);
  const isRound = random.chance(0.4);
  const side = Math.max(canvas.columns, canvas.rows);
  const middle = [
    canvas.columns / side * random.uniform(0.4, 0.6),
    canvas.rows / side * random.uniform(0.4, 0.6),
  ] as const;
  const radius = random.uniform(0.2, 0.6);
  const slit = {
    at: random.uniform(0.35, 0.65) * canvas.columns / side,
    width: random.logUniform(0.003, 0.02),
    lean: random.normal() * 0.1,
    left: random.uniform(0, 0.3),
  };
  paint(canvas, (x, y) => {
    const off = Math.hypot(x - middle[0], y - middle[1]);
    const lit = isRound && off > radius ? 0.02 : 1;
    const inSlit = Math.abs(x - slit.at - slit.lean * y) < slit.width;
    return sky * lit * (inSlit ? slit.left : 1);
  });
  const shape = sampleStar(random, canvas);
  for (let star = random.integer(1, 6); star > 0; star--) {
    addStar(
      canvas,
      random.uniform(0.2, 0.8) * canvas.columns,
      random.uniform(0.2, 0.8) * canvas.rows,
      sky * random.logUniform(20, 20000),
      shape,
    );
  }
}

/** A flat of a direct image: vignetting about a middle, rings of dust, no slit. */
export function imagingFlat(canvas: Canvas, random: Random): void {
  const level = random.logUniform(2000, 60000);
  paint(canvas, () => level);
  vignette(canvas, random, random.uniform(0.35, 1));
  for (let ring = random.integer(4, 30); ring > 0; ring--) {
    const outer = random.logUniform(0.01, 0.06) *
      Math.max(canvas.columns, canvas.rows);
    const inner = outer * random.uniform(0.2, 0.6);
    const depth = level * random.uniform(0.02, 0.15);
    stamp(
      canvas,
      random.uniform(0, canvas.columns),
      random.uniform(0, canvas.rows),
      outer,
      (dx, dy) => {
        const off = Math.hypot(dx, dy);
        return off < outer && off > inner ? -depth : 0;
      },
    );
  }
}

/** A field without slit: many short spectra, each with the bright dot of its zeroth order. */
export function slitless(canvas: Canvas, random: Random): void {
  const sky = random.logUniform(30, 1000);
  paint(canvas, () => sky);
  const length = random.uniform(0.06, 0.35) * canvas.columns;
  const offset = random.uniform(0.05, 0.2) * canvas.columns;
  const width = random.logUniform(0.8, 3);
  for (let star = random.integer(20, 200); star > 0; star--) {
    const column = random.uniform(-0.2, 1) * canvas.columns;
    const row = random.uniform(0, canvas.rows);
    const level = Math.sqrt(sky) * random.logUniform(1, 120);
    stamp(canvas, column, row, 5 * width, (dx, dy) => {
      return 3 * level * Math.exp(-0.5 * (dx * dx + dy * dy) / width ** 2);
    });
    stamp(canvas, column + offset + length / 2, row, length / 2, (dx, dy) => {
      const along = dx / length;
      return level * Math.exp(-0.5 * (dy / width) ** 2 - 8 * along * along);
    });
  }
}

function addStars(
  canvas: Canvas,
  random: Random,
  shape: StarShape,
  noise: number,
): void {
  const crowding = random.logUniform(6, 900);
  const stars = shape.reach > 15 ? Math.min(80, crowding) : crowding;
  for (let star = 0; star < stars; star++) {
    // Counts grow by 10^0.4 for each magnitude that they go deeper.
    const peak = star < 5
      ? noise * random.logUniform(30, 3000)
      : noise * 3 * random.uniform(1e-4, 1) ** -0.8;
    addStar(
      canvas,
      random.uniform(0, canvas.columns),
      random.uniform(0, canvas.rows),
      peak / shape.lightAt(0, 0),
      shape,
    );
  }
}

function addStar(
  canvas: Canvas,
  column: number,
  row: number,
  electrons: number,
  { reach, lightAt }: StarShape,
): void {
  stamp(canvas, column, row, reach, (dx, dy) => electrons * lightAt(dx, dy));
}

function sampleStar(random: Random, { columns, rows }: Canvas): StarShape {
  const width = random.logUniform(0.8, 5);
  const draw = random.uniform();
  if (draw < 0.12) {
    // Out of focus: the mirror, with the shadow of the secondary.
    const outer = random.logUniform(4, 0.06 * Math.max(columns, rows) + 5);
    const inner = outer * random.uniform(0.2, 0.5);
    const area = Math.PI * (outer ** 2 - inner ** 2);
    return {
      reach: outer,
      lightAt: (dx, dy) => {
        const off = Math.hypot(dx, dy);
        return off === 0 || (off <= outer && off >= inner) ? 1 / area : 0;
      },
    };
  }
  if (draw < 0.22) {
    // The telescope moved: every star has the same short trail, at any angle.
    const length = random.uniform(3, 30);
    const angle = random.uniform(0.15, 1.4);
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    return {
      reach: length + 4 * width,
      lightAt: (dx, dy) => {
        const along = Math.max(0, Math.abs(dx * cos + dy * sin) - length / 2);
        const across = dx * sin - dy * cos;
        return Math.exp(-0.5 * (along * along + across * across) / width ** 2) /
          (2.5 * width * length);
      },
    };
  }
  const beta = random.uniform(2.2, 4);
  const norm = (beta - 1) / (Math.PI * width * width);
  return {
    reach: 12 * width,
    lightAt: (dx, dy) =>
      norm * (1 + (dx * dx + dy * dy) / (width * width)) ** -beta,
  };
}

function addGalaxies(canvas: Canvas, random: Random, noise: number): void {
  for (let galaxy = random.integer(1, 6); galaxy > 0; galaxy--) {
    const scale = random.logUniform(3, 0.05 * canvas.columns + 4);
    const axis = random.uniform(0.2, 1);
    const angle = random.uniform(0, Math.PI);
    const peak = noise * random.logUniform(3, 300);
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    stamp(
      canvas,
      random.uniform(0, canvas.columns),
      random.uniform(0, canvas.rows),
      6 * scale,
      (dx, dy) =>
        peak *
        Math.exp(
          -Math.hypot(dx * cos + dy * sin, (dy * cos - dx * sin) / axis) /
            scale,
        ),
    );
  }
}

function vignette(
  { columns, rows, light }: Canvas,
  random: Random,
  depth = random.uniform(0.1, 0.6),
): void {
  const across = columns * random.uniform(0.4, 0.6);
  const down = rows * random.uniform(0.4, 0.6);
  const radius = random.uniform(0.5, 0.9) * Math.hypot(columns, rows) / 1.4;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const off = Math.hypot(column - across, row - down) / radius;
      light[row * columns + column]! *= Math.max(0.02, 1 - depth * off * off);
    }
  }
}
