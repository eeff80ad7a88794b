/**
 * A sheet of light, in electrons, to draw on.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { sampleDetector } from "../sample_detector.ts";
import { sampleInstrument } from "../sample_instrument.ts";
import type { Detector } from "../detector.ts";
import { percentile } from "./percentile.ts";

/** Light that falls on a detector. */
export interface Canvas {
  /** Columns. */
  readonly columns: number;
  /** Rows. */
  readonly rows: number;
  /** Electrons, rows × columns, row-major. */
  readonly light: Float32Array;
  /** What will read it out. */
  readonly detector: Detector;
}

/** Draws light on a canvas. */
export type Painter = (canvas: Canvas, random: Random) => void;

/** Most pixels of a camera; those that have more count as binned. */
const MOST = 0.8e6;

/** An unlit canvas of the proportions of cameras: 1:1 to 2:1. */
export function cameraCanvas(random: Random): Canvas {
  let columns = random.logUniform(280, 1500);
  let rows = columns / random.pick([1, 1, 1.33, random.uniform(1, 2)]);
  const shrink = Math.min(1, Math.sqrt(MOST / (rows * columns)));
  rows = Math.round(rows * shrink);
  columns = Math.round(columns * shrink);
  return unlit(random, rows, columns);
}

/** An unlit canvas of the size of a spectrograph's detector. */
export function spectrographCanvas(random: Random): Canvas {
  const { rows, dispersion: { columns } } = sampleInstrument(random.fork());
  return unlit(random, rows, columns);
}

/** An unlit canvas of any proportions. */
export function anyCanvas(random: Random): Canvas {
  return random.chance(0.6) ? cameraCanvas(random) : spectrographCanvas(random);
}

/**
 * An unlit canvas of a size. Its detector has little dark current and glow:
 * where these drown what is drawn, the frame is in truth a dark.
 */
export function unlit(random: Random, rows: number, columns: number): Canvas {
  const detector = sampleDetector(random.fork(), rows, columns);
  const { darkCurrent, glow } = detector;
  return {
    columns,
    rows,
    light: new Float32Array(rows * columns),
    detector: {
      ...detector,
      darkCurrent: Math.min(0.02, darkCurrent),
      glow: { ...glow, electrons: Math.min(0.3, glow.electrons) },
    },
  };
}

/** Electrons that fill a pixel, about: those of the ceiling of the counts. */
export function fullWell({ gain, saturation, biasLevel }: Detector): number {
  return gain * Math.max(5000, saturation - biasLevel);
}

/** Noise of a pixel with some light: of the shot and the read-out, in electrons. */
export function noiseOf({ readNoise }: Detector, electrons: number): number {
  return Math.sqrt(electrons + readNoise ** 2);
}

/**
 * Sky by chance: from the faintest that shows to a fifth of the well.
 *
 * @returns Electrons a pixel.
 */
export function sampleSky(random: Random, { detector }: Canvas): number {
  return random.logUniform(
    detector.readNoise ** 2 / 4,
    0.2 * fullWell(detector),
  );
}

/**
 * Adds light that is given for each place.
 *
 * @param lightAt Electrons at a column and a row, in pixels.
 */
export function paint(
  { columns, rows, light }: Canvas,
  lightAt: (column: number, row: number) => number,
): void {
  for (let row = 0, k = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, k++) {
      light[k]! += lightAt(column, row);
    }
  }
}

/**
 * Changes all light, place by place.
 *
 * @param after Electrons, of those before and of a place in pixels.
 */
export function change(
  { columns, rows, light }: Canvas,
  after: (electrons: number, column: number, row: number) => number,
): void {
  for (let row = 0, k = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, k++) {
      light[k] = after(light[k]!, column, row);
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

/** Takes light away towards the edges, round about a middle, as lenses do. */
export function vignette(
  canvas: Canvas,
  random: Random,
  depth: number,
): void {
  const { columns, rows } = canvas;
  const across = columns * random.uniform(0.35, 0.65);
  const down = rows * random.uniform(0.35, 0.65);
  const radius2 = (columns ** 2 + rows ** 2) / 4;
  const isSteep = random.chance(0.4);
  change(canvas, (electrons, column, row) => {
    const off = ((column - across) ** 2 + (row - down) ** 2) / radius2;
    return electrons * Math.max(0, 1 - depth * (isSteep ? off * off : off));
  });
}

/** Cuts the field off at a round, or a rounded square, stop. */
export function stopDown(
  canvas: Canvas,
  random: Random,
  radius: number = random.uniform(0.4, 0.62),
): void {
  const { columns, rows } = canvas;
  const across = columns * random.uniform(0.45, 0.55);
  const down = rows * random.uniform(0.45, 0.55);
  const power = random.pick([2, 2, 6]);
  const outside = random.pick([0, 0, random.uniform(0, 0.08)]);
  const soft = random.logUniform(0.004, 0.06);
  const side = power === 2
    ? [radius * Math.hypot(columns, rows) / 1.25, 0] as const
    : [radius * columns, radius * rows] as const;
  const wide = side[0];
  const high = side[1] || side[0];
  change(canvas, (electrons, column, row) => {
    const x = Math.abs(column - across) / wide;
    const y = Math.abs(row - down) / high;
    const off = power === 2 ? Math.sqrt(x * x + y * y) : (x ** 6 + y ** 6) **
      (1 / 6);
    const open = Math.min(1, Math.max(0, 0.5 + (1 - off) / soft));
    return electrons * (outside + (1 - outside) * open);
  });
}

/** Light that all but the brightest thousandth lies below. */
export function peakOf({ light }: Canvas): number {
  return percentile(light, 0.999);
}
