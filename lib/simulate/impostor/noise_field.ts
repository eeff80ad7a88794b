/**
 * Random fields: clouds, plasma, noise that is alike at all scales.
 *
 * @module
 */
import type { Random } from "../random.ts";

/** How a field varies. */
export interface NoiseFieldOptions {
  /** Size of the largest structure, in pixels across and down. */
  readonly cell: readonly [across: number, down: number];
  /** Sums of ever finer fields, each of half the cell. */
  readonly octaves: number;
  /** Strength of each octave in that of the one before: 0.5 is a cloud, 1 has 1/f noise. */
  readonly persistence: number;
}

/**
 * Value noise (Perlin's sum of octaves, over lattices of normal deviates), 0 on
 * average and about 1 in spread.
 *
 * @returns rows × columns values, row-major.
 */
export function noiseField(
  random: Random,
  rows: number,
  columns: number,
  { cell, octaves, persistence }: NoiseFieldOptions,
): Float32Array {
  const field = new Float32Array(rows * columns);
  let strength = 1;
  let power = 0;
  for (let octave = 0; octave < octaves; octave++) {
    const across = Math.max(1, cell[0] / 2 ** octave);
    const down = Math.max(1, cell[1] / 2 ** octave);
    addOctave(random, field, columns, across, down, strength);
    // Between the points of a lattice, deviates partly cancel.
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
  across: number,
  down: number,
  strength: number,
): void {
  const rows = field.length / columns;
  const wide = Math.ceil(columns / across) + 2;
  const high = Math.ceil(rows / down) + 2;
  const lattice = Float32Array.from(
    { length: wide * high },
    () => strength * random.normal(),
  );
  const left = Int32Array.from(
    { length: columns },
    (_, x) => Math.floor(x / across),
  );
  const part = Float32Array.from(
    { length: columns },
    (_, x) => ease(x / across - Math.floor(x / across)),
  );
  const knots = new Float32Array(wide);
  for (let row = 0; row < rows; row++) {
    const above = Math.floor(row / down);
    const below = ease(row / down - above);
    for (let k = 0; k < wide; k++) {
      const near = lattice[above * wide + k]!;
      knots[k] = near + below * (lattice[(above + 1) * wide + k]! - near);
    }
    const start = row * columns;
    for (let x = 0; x < columns; x++) {
      const near = knots[left[x]!]!;
      field[start + x]! += near + part[x]! * (knots[left[x]! + 1]! - near);
    }
  }
}

/** From 0 to 1 without a kink at either end. */
function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
