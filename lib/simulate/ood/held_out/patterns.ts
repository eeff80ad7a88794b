/**
 * Test patterns of electronics and optics.
 *
 * @module
 */
import type { Random } from "../../random.ts";
import { addLight, type Canvas } from "../canvas.ts";

/** Paints bars, resolution charts, step wedges, wrapping ramps, pixel addresses or spokes. */
export function paintTestPattern(canvas: Canvas, random: Random): void {
  const { columns, rows } = canvas;
  const level = random.logUniform(2000, 30000);
  const pattern = random.pick([
    sampleColourBars,
    sampleChart,
    sampleWedge,
    sampleWrappingRamp,
    sampleAddresses,
    sampleSpokes,
    sampleSlantedBars,
  ])(random, rows, columns);
  addLight(canvas, (column, row) => level * pattern(column, row));
}

/** Returns the relative brightness at a column and row, 0 to 1. */
type Pattern = (column: number, row: number) => number;

/** Samples television colour bars in grey, above reversed bars and a ramp. */
function sampleColourBars(
  random: Random,
  rows: number,
  columns: number,
): Pattern {
  const tones = Array.from(
    { length: random.integer(5, 10) },
    (_, k) => random.chance(0.5) ? 1 - k / 10 : random.uniform(),
  );
  const upperEnd = random.uniform(0.5, 0.75) * rows;
  const lowerEnd = random.uniform(0.78, 0.9) * rows;
  const count = tones.length;
  return (column, row) => {
    const bar = Math.floor(column / columns * count);
    if (row < upperEnd) return tones[bar]!;
    if (row < lowerEnd) return bar % 2 ? 0.05 : tones[count - 1 - bar]!;
    return column / columns;
  };
}

/** Samples a resolution chart: framed groups of vertical and horizontal lines of several widths. */
function sampleChart(random: Random, rows: number, columns: number): Pattern {
  const across = random.integer(3, 6);
  const down = random.integer(2, 4);
  const groupWidth = columns / across;
  const groupHeight = rows / down;
  const minLines = random.integer(2, 5);
  const dark = random.uniform(0, 0.2);
  return (column, row) => {
    const i = Math.floor(column / groupWidth);
    const j = Math.floor(row / groupHeight);
    const x = column / groupWidth - i;
    const y = row / groupHeight - j;
    if (x < 0.1 || x > 0.9 || y < 0.1 || y > 0.9) return 1;
    const lines = minLines + 2 * ((i + j * across) % 7);
    const position = (i + j) % 2 ? x : y;
    if (position > 0.47 && position < 0.53) return 0.5;
    return Math.floor(position * 2 * lines) % 2 ? 1 : dark;
  };
}

/** Samples a step wedge: a grid of steps from dark to bright. */
function sampleWedge(random: Random, rows: number, columns: number): Pattern {
  const across = random.integer(4, 16);
  const down = random.integer(3, 10);
  const alternatesDirection = random.chance(0.5);
  return (column, row) => {
    const i = Math.floor(column / columns * across);
    const j = Math.floor(row / rows * down);
    const k = alternatesDirection && j % 2 ? across - 1 - i : i;
    return (k + j * across) / (across * down);
  };
}

/** Samples a ramp along both axes that wraps like an overflowing counter. */
function sampleWrappingRamp(
  random: Random,
  rows: number,
  columns: number,
): Pattern {
  const columnStep = random.uniform(1, 9) / columns;
  const rowStep = random.uniform(1, 6) / rows * random.pick([-1, 1]);
  return (column, row) => (column * columnStep + row * rowStep + 9) % 1;
}

/** Samples the bitwise AND or XOR of the column and row addresses. */
function sampleAddresses(
  random: Random,
  rows: number,
  columns: number,
): Pattern {
  const columnScale = random.pick([128, 256]) / columns;
  const rowScale = random.pick([64, 128, 256]) / rows;
  const isXor = random.chance(0.5);
  return (column, row) => {
    const a = Math.floor(column * columnScale);
    const b = Math.floor(row * rowScale);
    return (isXor ? a ^ b : a & b) / 256;
  };
}

/** Samples a Siemens star, sometimes crossed by rings. */
function sampleSpokes(random: Random, rows: number, columns: number): Pattern {
  const count = random.integer(8, 48);
  const rings = random.chance(0.5) ? random.uniform(6, 20) : 0;
  const side = Math.min(rows, columns);
  return (column, row) => {
    const dx = column - columns / 2;
    const dy = row - rows / 2;
    const isSpoke = Math.sin(count * Math.atan2(dy, dx)) > 0;
    const isRing = rings * Math.sqrt(dx * dx + dy * dy) / side % 2 > 1;
    return isSpoke !== isRing ? 1 : 0.05;
  };
}

/** Samples slanted bars of constant width. */
function sampleSlantedBars(
  random: Random,
  rows: number,
  columns: number,
): Pattern {
  const columnStep = random.logUniform(3, 40) / columns;
  const rowStep = random.logUniform(2, 25) / rows * random.pick([-1, 1]);
  const dutyCycle = random.uniform(0.3, 0.7);
  return (column, row) =>
    (column * columnStep + row * rowStep + 99) % 1 < dutyCycle ? 1 : 0.1;
}
