/**
 * What electronics and opticians draw to prove themselves.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Canvas, paint } from "./canvas.ts";

/** Bars, charts, wedges, ramps that wrap, the addresses of pixels. */
export function testPattern(canvas: Canvas, random: Random): void {
  const { columns, rows } = canvas;
  const level = random.logUniform(2000, 30000);
  const pattern = random.pick([
    bars,
    chart,
    wedge,
    slantedRamp,
    addresses,
    spokes,
    slantedBars,
  ])(random, rows, columns);
  paint(canvas, (column, row) => level * pattern(column, row));
}

/** Brightness at a column and row, 0 to 1. */
type Pattern = (column: number, row: number) => number;

/** Bars of a television: above in steps, below in other steps and a ramp. */
function bars(random: Random, rows: number, columns: number): Pattern {
  const tones = Array.from(
    { length: random.integer(5, 10) },
    (_, k) => random.chance(0.5) ? 1 - k / 10 : random.uniform(),
  );
  const split = random.uniform(0.5, 0.75) * rows;
  const lower = random.uniform(0.78, 0.9) * rows;
  const count = tones.length;
  return (column, row) => {
    const bar = Math.floor(column / columns * count);
    if (row < split) return tones[bar]!;
    if (row < lower) return bar % 2 ? 0.05 : tones[count - 1 - bar]!;
    return column / columns;
  };
}

/** Groups of lines, upright and lying, finer and finer, and frames about them. */
function chart(random: Random, rows: number, columns: number): Pattern {
  const across = random.integer(3, 6);
  const down = random.integer(2, 4);
  const wide = columns / across;
  const high = rows / down;
  const coarse = random.integer(2, 5);
  const dark = random.uniform(0, 0.2);
  return (column, row) => {
    const i = Math.floor(column / wide);
    const j = Math.floor(row / high);
    const x = column / wide - i;
    const y = row / high - j;
    if (x < 0.1 || x > 0.9 || y < 0.1 || y > 0.9) return 1;
    const lines = coarse + 2 * ((i + j * across) % 7);
    const at = (i + j) % 2 ? x : y;
    if (at > 0.47 && at < 0.53) return 0.5;
    return Math.floor(at * 2 * lines) % 2 ? 1 : dark;
  };
}

function wedge(random: Random, rows: number, columns: number): Pattern {
  const across = random.integer(4, 16);
  const down = random.integer(3, 10);
  const isSnake = random.chance(0.5);
  return (column, row) => {
    const i = Math.floor(column / columns * across);
    const j = Math.floor(row / rows * down);
    const k = isSnake && j % 2 ? across - 1 - i : i;
    return (k + j * across) / (across * down);
  };
}

/** A ramp along both axes that wraps, as a counter that overflows. */
function slantedRamp(random: Random, rows: number, columns: number): Pattern {
  const x = random.uniform(1, 9) / columns;
  const y = random.uniform(1, 6) / rows * random.pick([-1, 1]);
  return (column, row) => (column * x + row * y + 9) % 1;
}

function addresses(random: Random, rows: number, columns: number): Pattern {
  const x = random.pick([128, 256]) / columns;
  const y = random.pick([64, 128, 256]) / rows;
  const isXor = random.chance(0.5);
  return (column, row) => {
    const a = Math.floor(column * x);
    const b = Math.floor(row * y);
    return (isXor ? a ^ b : a & b) / 256;
  };
}

function spokes(random: Random, rows: number, columns: number): Pattern {
  const count = random.integer(8, 48);
  const rings = random.chance(0.5) ? random.uniform(6, 20) : 0;
  const side = Math.min(rows, columns);
  return (column, row) => {
    const dx = column - columns / 2;
    const dy = row - rows / 2;
    const turned = Math.sin(count * Math.atan2(dy, dx)) > 0;
    const circled = rings * Math.sqrt(dx * dx + dy * dy) / side % 2 > 1;
    return turned !== circled ? 1 : 0.05;
  };
}

function slantedBars(random: Random, rows: number, columns: number): Pattern {
  const x = random.logUniform(3, 40) / columns;
  const y = random.logUniform(2, 25) / rows * random.pick([-1, 1]);
  const duty = random.uniform(0.3, 0.7);
  return (column, row) => (column * x + row * y + 99) % 1 < duty ? 1 : 0.1;
}
