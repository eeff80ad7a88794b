/**
 * Failed exposures: saturated frames, blank frames, and lamps that did not light.
 *
 * @module
 */
import type { RawPlane } from "../detector.ts";
import type { Random } from "../random.ts";
import { sampleInstrument } from "../sample_instrument.ts";
import { projectLight } from "../slit_light.ts";
import { addContinuum, findPeak } from "../spectrum.ts";
import {
  addLight,
  addPatch,
  type Canvas,
  computeFullWell,
  createCanvas,
  sampleCanvas,
} from "./canvas.ts";
import {
  estimatePercentile,
  exposeCanvas,
  LIT_TYPES,
  simulateSpectralFrame,
} from "./expose.ts";
import { paintImaging } from "./imaging.ts";
import { createNoiseField } from "./noise.ts";

/** Minimum fraction of pixels that are saturated. */
const MIN_SATURATED_FRACTION = 0.6;

/**
 * Simulates a frame that is completely or mostly saturated: light far beyond full
 * well everywhere except in the overscan, a shadow or an edge, with blooming
 * columns. The maximum is that of the converter or of the full well.
 */
export function simulateSaturated(random: Random): RawPlane {
  const canvas = sampleCanvas(random);
  const { light, detector } = canvas;
  const kind = random.pick([0, 1, 1, 2, 3, 3]);
  if (kind === 0) addLight(canvas, () => 50 * computeFullWell(detector));
  if (kind === 1) addBrightClouds(canvas, random);
  if (kind >= 2) {
    paintImaging(canvas, random);
    // Scale the light so that only the faintest part stays below full well.
    const floor = estimatePercentile(light, random.uniform(0.02, 0.35));
    const scale = 1.2 * computeFullWell(detector) / Math.max(1e-3, floor);
    for (let k = 0; k < light.length; k++) light[k]! *= scale;
    if (kind === 3) addShadow(canvas, random);
  }
  addBlooming(canvas, random);
  const plane = exposeCanvas(canvas, random);
  const { pixels } = plane;
  const maximum = pixels.reduce((max, value) => Math.max(max, value), 0);
  let saturated = 0;
  for (const value of pixels) if (value === maximum) saturated++;
  if (saturated >= MIN_SATURATED_FRACTION * pixels.length) return plane;
  // Too few pixels are saturated: lower the saturation level.
  const level = estimatePercentile(
    pixels,
    1 - random.uniform(MIN_SATURATED_FRACTION + 0.1, 0.98),
  );
  return { ...plane, pixels: pixels.map((value) => Math.min(value, level)) };
}

function addBrightClouds(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const field = createNoiseField(random, rows, columns, {
    cell: [columns / 3, rows / 2],
    octaves: 3,
    persistence: 0.5,
  });
  const full = computeFullWell(detector);
  addLight(
    canvas,
    (column, row) =>
      full * Math.max(0.05, 1.6 + 0.7 * field[row * columns + column]!),
  );
}

/** Darkens a rectangle at the bottom of the canvas. */
function addShadow({ columns, rows, light }: Canvas, random: Random): void {
  const from = random.uniform(0, 0.8) * columns;
  const to = from + random.uniform(0.02, 0.2) * columns;
  const firstRow = random.uniform(0, 0.9) * rows;
  for (let row = Math.floor(firstRow); row < rows; row++) {
    for (
      let column = Math.floor(from);
      column < Math.min(columns, to);
      column++
    ) {
      light[row * columns + column]! *= 0.003;
    }
  }
}

/** Adds columns along which charge has spilled. */
function addBlooming(canvas: Canvas, random: Random): void {
  const { columns, rows, light } = canvas;
  const peak = estimatePercentile(light, 0.999);
  for (let count = random.integer(0, 20); count > 0; count--) {
    const column = random.integer(0, columns - 1);
    const middle = random.uniform(0, rows);
    const halfLength = random.uniform(0.05, 1) * rows;
    for (let row = 0; row < rows; row++) {
      if (Math.abs(row - middle) < halfLength) {
        light[row * columns + column] = peak;
      }
    }
  }
}

/**
 * Simulates a blank frame: a single value, single pixels on a single value, a few
 * values in stripes or blocks, or a read-out that stopped before half of the
 * rows.
 *
 * Frames of two or three adjacent values in random order are excluded, because
 * a bias of a quiet detector looks like that.
 */
export function simulateBlank(random: Random): RawPlane {
  switch (random.integer(0, 6)) {
    case 0:
      return createConstantPlane(random, random.pick([0, 0, 65535, 32768]));
    case 1:
      return createConstantPlane(random, random.integer(0, 65535));
    case 2:
    case 3:
      return simulateFewLevels(random);
    case 4:
      return simulateOutlyingPixels(random);
    default:
      return simulateInterruptedReadOut(random);
  }
}

function createConstantPlane(random: Random, level: number): RawPlane {
  const { columns: width, rows: height } = sampleCanvas(random);
  return { width, height, pixels: new Uint16Array(width * height).fill(level) };
}

/** Simulates stripes or blocks of two to six levels. */
function simulateFewLevels(random: Random): RawPlane {
  const plane = createConstantPlane(random, 0);
  const { width, height, pixels } = plane;
  const levels = Array.from(
    { length: random.integer(2, 6) },
    () =>
      random.pick([
        0,
        65535,
        2 ** random.integer(0, 15),
        random.integer(0, 4000),
      ]),
  );
  const blockWidth = random.chance(0.4)
    ? width
    : Math.ceil(width * random.uniform(0.02, 0.6));
  const blockHeight = Math.ceil(height * random.uniform(0.02, 0.6));
  const offset = random.integer(1, 97);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor(row / blockHeight) * offset +
        Math.floor(x / blockWidth);
      pixels[row * width + x] = levels[block % levels.length]!;
    }
  }
  return plane;
}

/** Simulates a single level with a few outlying pixels. */
function simulateOutlyingPixels(random: Random): RawPlane {
  const plane = createConstantPlane(
    random,
    random.pick([0, 0, random.integer(1, 3000)]),
  );
  const { pixels } = plane;
  const count = random.logUniform(1, 1e-3 * pixels.length + 2);
  for (let n = 0; n < count; n++) {
    pixels[random.integer(0, pixels.length - 1)] = random.integer(0, 65535);
  }
  return plane;
}

/** Simulates a spectral frame of which at most 40 % of the rows were read out. */
function simulateInterruptedReadOut(random: Random): RawPlane {
  const type = random.chance(0.4) ? "bias" : random.pick(LIT_TYPES);
  const plane = simulateSpectralFrame(random, type);
  const { width, height, pixels } = plane;
  const end = Math.floor(random.uniform(0.03, 0.4) * height) * width +
    random.integer(0, width - 1);
  if (random.chance(0.5)) {
    pixels.fill(
      random.pick([0, 0, 65535, 32768, random.integer(0, 3000)]),
      end,
    );
    return plane;
  }
  // The last row is repeated.
  const last = Math.max(0, end - width);
  for (let k = end; k < pixels.length; k++) {
    pixels[k] = pixels[last + (k - end) % width]!;
  }
  return plane;
}

/**
 * Simulates an exposure of a lamp that did not light: a filament that barely glows
 * in the red, seen through the slit, or patches of stray light. The light is at
 * most a few times the read noise.
 *
 * A lamp without any light yields a dark or bias, which only the header can tell
 * apart. Frames of this kind always contain a glow that a network can learn.
 */
export function simulateUnlitLamp(random: Random): RawPlane {
  return exposeCanvas(drawUnlitLamp(random), random);
}

function drawUnlitLamp(random: Random): Canvas {
  const instrument = sampleInstrument(random.fork());
  const { rows, dispersion } = instrument;
  const empty = createCanvas(random, rows, dispersion.columns);
  // Steps and slopes of the bias level would hide such faint light.
  const canvas: Canvas = {
    ...empty,
    detector: {
      ...empty.detector,
      amplifierOffsets: [0],
      mosaic: undefined,
      reset: undefined,
      slope: [0, 0],
      rowPattern: 0,
    },
  };
  const { light, detector: { readNoise } } = canvas;
  const isThroughSlit = random.chance(0.5);
  if (isThroughSlit) {
    const peak = readNoise * random.logUniform(1.2, 4);
    const temperature = random.uniform(900, 1700);
    const glow = projectLight(instrument, (dispersion) => {
      const spectrum = new Float32Array(dispersion.columns);
      addContinuum(spectrum, dispersion, temperature, 1);
      const scale = peak / findPeak(spectrum);
      return { extended: spectrum.map((value) => value * scale), traces: [] };
    }, { rise: 0, bend: 0 });
    for (let k = 0; k < light.length; k++) light[k]! += glow[k]!;
  }
  if (!isThroughSlit || random.chance(0.5)) addStrayLight(canvas, random);
  return canvas;
}

/** Adds stray light that bypasses the slit: clouds or elliptical patches. */
function addStrayLight(canvas: Canvas, random: Random): void {
  const { columns, rows, light, detector: { readNoise } } = canvas;
  const peak = readNoise * random.logUniform(1.2, 6);
  if (random.chance(0.5)) {
    const field = createNoiseField(random, rows, columns, {
      cell: [
        random.uniform(0.2, 0.6) * columns,
        random.uniform(0.2, 0.6) * rows,
      ],
      octaves: 2,
      persistence: 0.4,
    });
    const offset = random.uniform(-0.5, 0.5);
    for (let k = 0; k < light.length; k++) {
      light[k]! += peak * Math.max(0, field[k]! + offset);
    }
    return;
  }
  for (let patch = random.integer(1, 4); patch > 0; patch--) {
    const size = random.uniform(0.06, 0.3) * Math.min(columns, 4 * rows);
    const squeeze = random.uniform(1, 2.5);
    const patchPeak = peak * random.uniform(0.5, 1);
    addPatch(
      canvas,
      random.uniform(0.1, 0.9) * columns,
      random.uniform(0.1, 0.9) * rows,
      3 * size,
      (dx, dy) =>
        patchPeak * Math.exp(-0.5 * (dx * dx + squeeze * dy * dy) / size ** 2),
    );
  }
}
