/**
 * A sheet of light, in electrons, to draw on.
 *
 * @module
 */
import type { Random } from "../random.ts";

/** Light that falls on a detector. */
export interface Canvas {
  /** Columns. */
  readonly columns: number;
  /** Rows. */
  readonly rows: number;
  /** Electrons, rows × columns, row-major. */
  readonly light: Float32Array;
}

/** Most pixels of a canvas; detectors that are larger count as binned. */
const MOST = 1.1e6;

/** A blank canvas: half of them square, the others as long as a spectrograph's. */
export function sampleCanvas(random: Random): Canvas {
  let columns = random.logUniform(300, 2600);
  let rows = random.chance(0.5)
    ? columns * random.uniform(0.75, 1.33)
    : random.logUniform(80, 1200);
  const shrink = Math.min(1, Math.sqrt(MOST / (rows * columns)));
  rows = Math.round(rows * shrink);
  columns = Math.round(columns * shrink);
  return { columns, rows, light: new Float32Array(rows * columns) };
}

/**
 * Adds light that is given for each place.
 *
 * @param lightAt Electrons at a column and row, each as a part of the *longer* side.
 */
export function paint(
  { columns, rows, light }: Canvas,
  lightAt: (x: number, y: number) => number,
): void {
  const side = Math.max(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      light[row * columns + column]! += lightAt(column / side, row / side);
    }
  }
}

/**
 * Adds a patch of light around a place.
 *
 * @param column Of its middle; `row` likewise; may lie outside.
 * @param reach Pixels to which the patch extends.
 * @param lightAt Electrons at a distance in columns and rows from the middle.
 */
export function stamp(
  { columns, rows, light }: Canvas,
  column: number,
  row: number,
  reach: number,
  lightAt: (dx: number, dy: number) => number,
): void {
  const left = Math.max(0, Math.ceil(column - reach));
  const right = Math.min(columns - 1, Math.floor(column + reach));
  const top = Math.max(0, Math.ceil(row - reach));
  const bottom = Math.min(rows - 1, Math.floor(row + reach));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      light[y * columns + x]! += lightAt(x - column, y - row);
    }
  }
}

/**
 * A smooth random field from a few waves: 0 on average, about 1 in spread.
 *
 * @param cycles Most waves over the longer side.
 * @param slope How much weaker shorter waves are: 0 for white, 2 for clouds.
 */
export function sampleField(
  random: Random,
  cycles: number,
  slope: number,
  waves = 24,
): (x: number, y: number) => number {
  const parts = Array.from({ length: waves }, () => {
    const frequency = random.logUniform(0.5, cycles);
    const angle = random.uniform(0, 2 * Math.PI);
    return {
      x: 2 * Math.PI * frequency * Math.cos(angle),
      y: 2 * Math.PI * frequency * Math.sin(angle),
      phase: random.uniform(0, 2 * Math.PI),
      height: frequency ** (-slope / 2),
    };
  });
  const norm = Math.sqrt(
    parts.reduce((sum, { height }) => sum + height * height, 0) / 2,
  );
  return (x, y) => {
    let sum = 0;
    for (const wave of parts) {
      sum += wave.height * Math.sin(wave.x * x + wave.y * y + wave.phase);
    }
    return sum / norm;
  };
}
