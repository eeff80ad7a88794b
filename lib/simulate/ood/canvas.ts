/**
 * A canvas of light, in electrons, and functions that draw on it.
 *
 * @module
 */
import type { Detector } from "../instrument.ts";
import type { Random } from "../random.ts";
import { sampleDetector } from "../sample_detector.ts";
import { sampleInstrument } from "../sample_instrument.ts";

/** Light on a detector. */
export interface Canvas {
  readonly columns: number;
  readonly rows: number;
  /** Electrons per pixel, rows × columns, row-major. */
  readonly light: Float32Array;
  /** Detector that reads the light out. */
  readonly detector: Detector;
}

/** Draws a frame on a canvas. */
export type Painter = (canvas: Canvas, random: Random) => void;

/** Upper limit of pixels of a camera; larger detectors are binned. */
const MAX_CAMERA_PIXELS = 0.8e6;

/** Creates an empty canvas with the aspect ratio of a camera, 1:1 to 2:1. */
export function sampleCameraCanvas(random: Random): Canvas {
  let columns = random.logUniform(280, 1500);
  let rows = columns / random.pick([1, 1, 1.33, random.uniform(1, 2)]);
  const shrink = Math.min(1, Math.sqrt(MAX_CAMERA_PIXELS / (rows * columns)));
  rows = Math.round(rows * shrink);
  columns = Math.round(columns * shrink);
  return createCanvas(random, rows, columns);
}

/** Creates an empty canvas of the size of a spectrograph's detector. */
export function sampleSpectrographCanvas(random: Random): Canvas {
  const { rows, dispersion: { columns } } = sampleInstrument(random.fork());
  return createCanvas(random, rows, columns);
}

/** Creates an empty canvas of a camera or of a spectrograph. */
export function sampleCanvas(random: Random): Canvas {
  return random.chance(0.6)
    ? sampleCameraCanvas(random)
    : sampleSpectrographCanvas(random);
}

/**
 * Creates an empty canvas of a given size. The dark current and glow of its
 * detector are limited: a frame in which they dominate would be a dark.
 */
export function createCanvas(
  random: Random,
  rows: number,
  columns: number,
): Canvas {
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

/** Computes the electrons at which a pixel saturates. */
export function computeFullWell(
  { gain, saturation, biasLevel }: Detector,
): number {
  return gain * Math.max(5000, saturation - biasLevel);
}

/** Computes the shot and read noise of a pixel, in electrons. */
export function computeNoise(
  { readNoise }: Detector,
  electrons: number,
): number {
  return Math.sqrt(electrons + readNoise ** 2);
}

/**
 * Samples the brightness of the sky, from barely detectable to a fifth of full well.
 *
 * @returns Electrons per pixel.
 */
export function sampleSkyLevel(random: Random, { detector }: Canvas): number {
  return random.logUniform(
    detector.readNoise ** 2 / 4,
    0.2 * computeFullWell(detector),
  );
}

/**
 * Adds light to every pixel.
 *
 * @param lightAt Returns the electrons to add at a column and row.
 */
export function addLight(
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
 * Replaces the light of every pixel.
 *
 * @param transform Returns the new electrons, given the present ones, the column and the row.
 */
export function transformLight(
  { columns, rows, light }: Canvas,
  transform: (electrons: number, column: number, row: number) => number,
): void {
  for (let row = 0, k = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, k++) {
      light[k] = transform(light[k]!, column, row);
    }
  }
}

/**
 * Adds a patch of light.
 *
 * @param column Column of the centre; may lie outside the canvas.
 * @param row Row of the centre; may lie outside the canvas.
 * @param radius Half the side of the square that the patch covers, in pixels.
 * @param lightAt Returns the electrons to add at a distance from the centre, in columns
 *   and rows.
 */
export function addPatch(
  { columns, rows, light }: Canvas,
  column: number,
  row: number,
  radius: number,
  lightAt: (dx: number, dy: number) => number,
): void {
  const left = Math.max(0, Math.ceil(column - radius));
  const right = Math.min(columns - 1, Math.floor(column + radius));
  const top = Math.max(0, Math.ceil(row - radius));
  const bottom = Math.min(rows - 1, Math.floor(row + radius));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      light[y * columns + x]! += lightAt(x - column, y - row);
    }
  }
}

/**
 * Dims the light towards the edges, as lenses do.
 *
 * @param depth Relative loss at half a diagonal from the centre, 0 to 1.
 */
export function applyVignetting(
  canvas: Canvas,
  random: Random,
  depth: number,
): void {
  const { columns, rows } = canvas;
  const centreColumn = columns * random.uniform(0.35, 0.65);
  const centreRow = rows * random.uniform(0.35, 0.65);
  const radius2 = (columns ** 2 + rows ** 2) / 4;
  const isSteep = random.chance(0.4);
  transformLight(canvas, (electrons, column, row) => {
    const distance2 = ((column - centreColumn) ** 2 + (row - centreRow) ** 2) /
      radius2;
    return electrons *
      Math.max(0, 1 - depth * (isSteep ? distance2 * distance2 : distance2));
  });
}

/**
 * Dims the light outside a round or rounded rectangular field stop.
 *
 * @param radius Size of the stop relative to the canvas.
 */
export function applyFieldStop(
  canvas: Canvas,
  random: Random,
  radius: number = random.uniform(0.4, 0.62),
): void {
  const { columns, rows } = canvas;
  const centreColumn = columns * random.uniform(0.45, 0.55);
  const centreRow = rows * random.uniform(0.45, 0.55);
  const power = random.pick([2, 2, 6]);
  const outside = random.pick([0, 0, random.uniform(0, 0.08)]);
  const softness = random.logUniform(0.004, 0.06);
  const isRound = power === 2;
  const roundRadius = radius * Math.hypot(columns, rows) / 1.25;
  const halfWidth = isRound ? roundRadius : radius * columns;
  const halfHeight = isRound ? roundRadius : radius * rows;
  transformLight(canvas, (electrons, column, row) => {
    const x = Math.abs(column - centreColumn) / halfWidth;
    const y = Math.abs(row - centreRow) / halfHeight;
    const distance = isRound
      ? Math.sqrt(x * x + y * y)
      : (x ** 6 + y ** 6) ** (1 / 6);
    const open = Math.min(1, Math.max(0, 0.5 + (1 - distance) / softness));
    return electrons * (outside + (1 - outside) * open);
  });
}
