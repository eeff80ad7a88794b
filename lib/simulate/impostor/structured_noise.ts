/**
 * Noise with structure, strong against that of the read-out.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, fullWell, noiseOf, paint } from "./canvas.ts";
import { noiseField } from "./noise_field.ts";

/**
 * Clouds and 1/f noise along both axes, gratings at odd angles, moiré, checks,
 * interference of the read-out: nothing that a lamp, a slit or a quiet
 * detector makes.
 */
export function structuredNoise(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = random.logUniform(50, 0.3 * fullWell(detector));
  const depth = Math.max(
    4 * noiseOf(detector, level),
    level * random.logUniform(0.02, 0.5),
  );
  const wave = random.pick([clouds, gratings, moire, checks, interference])(
    random,
    rows,
    columns,
  );
  paint(
    canvas,
    (column, row) => Math.max(0, level + 3 * depth + depth * wave(column, row)),
  );
}

/** Strength at a column and row, about -1 to 1. */
type Wave = (column: number, row: number) => number;

function clouds(random: Random, rows: number, columns: number): Wave {
  const size = random.logUniform(0.03, 0.6);
  const isRound = random.chance(0.5);
  const field = noiseField(random, rows, columns, {
    cell: isRound
      ? [size * columns, size * columns]
      : [size * columns, size * rows],
    octaves: random.integer(3, 7),
    persistence: random.uniform(0.4, 1),
  });
  // Folding makes the ridges of marble and of plasma.
  const isFolded = random.chance(0.3);
  return (column, row) => {
    const value = field[row * columns + column]!;
    return isFolded ? 1 - 2 * Math.abs(value) : value;
  };
}

/** A wave that crosses the frame at an angle, whatever its proportions. */
function slanted(random: Random, rows: number, columns: number) {
  return {
    x: 2 * Math.PI * random.logUniform(3, 60) / columns *
      (random.chance(0.5) ? 1 : -1),
    y: 2 * Math.PI * random.logUniform(2, 30) / rows,
    phase: random.uniform(0, 6),
  };
}

function gratings(random: Random, rows: number, columns: number): Wave {
  const waves = Array.from(
    { length: random.integer(1, 4) },
    () => slanted(random, rows, columns),
  );
  return (column, row) => {
    let sum = 0;
    for (const { x, y, phase } of waves) {
      sum += Math.sin(x * column + y * row + phase);
    }
    return sum / waves.length;
  };
}

function moire(random: Random, rows: number, columns: number): Wave {
  const first = slanted(random, rows, columns);
  const bend = random.normal() * 60 / columns ** 2;
  const sag = random.normal() * 60 / rows ** 2;
  const twist = random.normal() * 60 / (columns * rows);
  return (column, row) =>
    Math.sin(
      first.x * column + first.y * row + first.phase + bend * column * column +
        sag * row * row + twist * column * row,
    );
}

function checks(random: Random, rows: number, columns: number): Wave {
  const wide = columns * random.logUniform(0.01, 0.2);
  const high = rows * random.logUniform(0.02, 0.3);
  const lean = random.chance(0.5) ? random.uniform(-1, 1) * wide / high : 0;
  return (column, row) =>
    (Math.floor((column + lean * row) / wide + 999) +
        Math.floor(row / high)) & 1
      ? 1
      : -1;
}

/** A frequency that beats with the clock of the rows: herringbones that drift. */
function interference(random: Random, rows: number, columns: number): Wave {
  const pitch = columns / random.logUniform(6, 80);
  let phase = 0;
  let advance = random.uniform(0.2, 1) * 30 / rows;
  const phases = Float64Array.from({ length: rows }, () => {
    advance += random.normal() * 2 / rows;
    phase += advance;
    return phase;
  });
  const second = random.chance(0.5) ? random.uniform(1.5, 4) : 0;
  return (column, row) => {
    const turn = 2 * Math.PI * column / pitch + phases[row]!;
    return 0.7 * Math.sin(turn) + 0.3 * Math.sin(second * turn + 2);
  };
}
