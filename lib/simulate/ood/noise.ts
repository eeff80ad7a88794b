/**
 * Random noise fields, and frames of structured noise.
 *
 * @module
 */
import type { Random } from "../random.ts";
import {
  addLight,
  type Canvas,
  computeFullWell,
  computeNoise,
} from "./canvas.ts";

/** Options of {@linkcode createNoiseField}. */
export interface NoiseFieldOptions {
  /** Size of the largest structure, in columns and rows. */
  readonly cell: readonly [columns: number, rows: number];
  /** Number of fields that are added, each with half the cell size of the previous one. */
  readonly octaves: number;
  /** Ratio of the strengths of successive octaves: 0.5 resembles clouds, 1 is 1/f noise. */
  readonly persistence: number;
}

/**
 * Computes a field of value noise: a sum of octaves as in Perlin noise, each
 * interpolated between normal deviates on a lattice. The mean is 0 and the standard
 * deviation about 1.
 *
 * @returns rows × columns values, row-major.
 */
export function createNoiseField(
  random: Random,
  rows: number,
  columns: number,
  { cell, octaves, persistence }: NoiseFieldOptions,
): Float32Array {
  const field = new Float32Array(rows * columns);
  let strength = 1;
  let power = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const cellWidth = Math.max(1, cell[0] / 2 ** octave);
    const cellHeight = Math.max(1, cell[1] / 2 ** octave);
    addOctave(random, field, columns, cellWidth, cellHeight, strength);
    // Interpolation between the points of a lattice halves the variance.
    power += 0.5 * strength * strength;
    strength *= persistence;
  }
  const norm = 1 / Math.sqrt(power);
  for (let k = 0; k < field.length; k++) field[k]! *= norm;
  return field;
}

function addOctave(
  random: Random,
  field: Float32Array,
  columns: number,
  cellWidth: number,
  cellHeight: number,
  strength: number,
): void {
  const rows = field.length / columns;
  const latticeColumns = Math.ceil(columns / cellWidth) + 2;
  const latticeRows = Math.ceil(rows / cellHeight) + 2;
  const lattice = Float32Array.from(
    { length: latticeColumns * latticeRows },
    () => strength * random.normal(),
  );
  const cellColumns = Int32Array.from(
    { length: columns },
    (_, x) => Math.floor(x / cellWidth),
  );
  const columnWeights = Float32Array.from(
    { length: columns },
    (_, x) => smoothstep(x / cellWidth - cellColumns[x]!),
  );
  const interpolated = new Float32Array(latticeColumns);
  for (let row = 0; row < rows; row++) {
    const cellRow = Math.floor(row / cellHeight);
    const rowWeight = smoothstep(row / cellHeight - cellRow);
    for (let k = 0; k < latticeColumns; k++) {
      const upper = lattice[cellRow * latticeColumns + k]!;
      interpolated[k] = upper +
        rowWeight * (lattice[(cellRow + 1) * latticeColumns + k]! - upper);
    }
    const start = row * columns;
    for (let x = 0; x < columns; x++) {
      const left = interpolated[cellColumns[x]!]!;
      const right = interpolated[cellColumns[x]! + 1]!;
      field[start + x]! += left + columnWeights[x]! * (right - left);
    }
  }
}

/** Interpolates smoothly from 0 to 1 (smoothstep). */
function smoothstep(t: number): number {
  return t * t * (3 - 2 * t);
}

/**
 * Paints noise with structure that is strong compared with the read noise: clouds
 * and 1/f noise along both axes, gratings at arbitrary angles, moiré, checks or
 * electronic interference. No lamp, slit or quiet detector produces such a frame.
 */
export function paintStructuredNoise(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = random.logUniform(50, 0.3 * computeFullWell(detector));
  const depth = Math.max(
    4 * computeNoise(detector, level),
    level * random.logUniform(0.02, 0.5),
  );
  const wave = random.pick([
    sampleClouds,
    sampleGratings,
    sampleMoire,
    sampleChecks,
    sampleInterference,
  ])(
    random,
    rows,
    columns,
  );
  addLight(
    canvas,
    (column, row) => Math.max(0, level + 3 * depth + depth * wave(column, row)),
  );
}

/** Returns the relative brightness at a column and row, about -1 to 1. */
type Wave = (column: number, row: number) => number;

function sampleClouds(random: Random, rows: number, columns: number): Wave {
  const size = random.logUniform(0.03, 0.6);
  const isIsotropic = random.chance(0.5);
  const field = createNoiseField(random, rows, columns, {
    cell: isIsotropic
      ? [size * columns, size * columns]
      : [size * columns, size * rows],
    octaves: random.integer(3, 7),
    persistence: random.uniform(0.4, 1),
  });
  // Folding turns clouds into ridges as of marble or plasma.
  const isFolded = random.chance(0.3);
  return (column, row) => {
    const value = field[row * columns + column]!;
    return isFolded ? 1 - 2 * Math.abs(value) : value;
  };
}

/** Samples a plane wave that crosses the frame at an angle, whatever its aspect ratio. */
function samplePlaneWave(random: Random, rows: number, columns: number) {
  return {
    x: 2 * Math.PI * random.logUniform(3, 60) / columns *
      (random.chance(0.5) ? 1 : -1),
    y: 2 * Math.PI * random.logUniform(2, 30) / rows,
    phase: random.uniform(0, 6),
  };
}

function sampleGratings(random: Random, rows: number, columns: number): Wave {
  const waves = Array.from(
    { length: random.integer(1, 4) },
    () => samplePlaneWave(random, rows, columns),
  );
  return (column, row) => {
    let sum = 0;
    for (const { x, y, phase } of waves) {
      sum += Math.sin(x * column + y * row + phase);
    }
    return sum / waves.length;
  };
}

function sampleMoire(random: Random, rows: number, columns: number): Wave {
  const first = samplePlaneWave(random, rows, columns);
  const bend = random.normal() * 60 / columns ** 2;
  const sag = random.normal() * 60 / rows ** 2;
  const twist = random.normal() * 60 / (columns * rows);
  return (column, row) =>
    Math.sin(
      first.x * column + first.y * row + first.phase + bend * column * column +
        sag * row * row + twist * column * row,
    );
}

function sampleChecks(random: Random, rows: number, columns: number): Wave {
  const width = columns * random.logUniform(0.01, 0.2);
  const height = rows * random.logUniform(0.02, 0.3);
  const slant = random.chance(0.5) ? random.uniform(-1, 1) * width / height : 0;
  return (column, row) =>
    (Math.floor((column + slant * row) / width + 999) +
        Math.floor(row / height)) & 1
      ? 1
      : -1;
}

/** Samples electronic interference whose phase drifts from row to row: herringbone patterns. */
function sampleInterference(
  random: Random,
  rows: number,
  columns: number,
): Wave {
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
