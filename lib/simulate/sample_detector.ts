/**
 * Detectors by chance.
 *
 * @module
 */
import type { BadColumn, Detector } from "./detector.ts";
import type { Random } from "./random.ts";

/** Draws a detector of some size. */
export function sampleDetector(
  random: Random,
  rows: number,
  columns: number,
): Detector {
  const readNoise = random.logUniform(2, 15);
  const gain = random.logUniform(0.4, 4);
  const overscan = random.chance(0.4) ? random.integer(8, 80) : 0;
  const amplifiers = random.pick([1, 1, 1, 1, 2, 2, 4]);
  const stepSize = random.logUniform(0.3, 25);
  const pattern = () =>
    random.chance(0.25) ? random.logUniform(0.05, 1) * readNoise / gain : 0;
  return {
    gain,
    readNoise,
    biasLevel: random.chance(0.1)
      ? random.uniform(0, 80)
      : random.logUniform(90, 5000),
    amplifiers: Array.from(
      { length: amplifiers },
      () => amplifiers === 1 ? 0 : random.normal() * stepSize,
    ),
    splitAlong: random.chance(0.5) ? "dispersion" : "slit",
    overscan,
    prescan: random.chance(0.5),
    pedestal: random.chance(0.3)
      ? random.normal() * random.logUniform(1, 25) * readNoise / gain
      : 0,
    rowPattern: pattern(),
    columnPattern: sampleColumns(random, columns + overscan, pattern()),
    slope: [
      slopeOf(random, readNoise / gain),
      slopeOf(random, readNoise / gain),
    ],
    interference: {
      amplitude: random.chance(0.2)
        ? random.logUniform(0.1, 2.5) * readNoise / gain
        : 0,
      cycles: [random.uniform(0, 0.3) * rows, random.uniform(0, 0.5) * columns],
    },
    badColumns: [
      ...sampleBadColumns(random, rows, columns),
      ...sampleDust(random, rows, columns),
    ],
    response: random.logUniform(0.002, 0.02),
    saturation: random.chance(0.3) ? random.logUniform(2e4, 6e4) : 65535,
    darkCurrent: random.chance(0.3)
      ? random.logUniform(0.05, 3)
      : random.logUniform(0.0005, 0.05),
    glow: {
      electrons: random.chance(0.3) ? random.logUniform(0.1, 8) : 0,
      isAllRound: random.chance(0.35),
      row: random.pick([0, 1, random.uniform()]),
      column: random.pick([0, 1, random.uniform()]),
      reach: random.uniform(0.1, 0.6),
    },
    warmShare: random.chance(0.65) ? random.logUniform(1e-5, 1.5e-2) : 0,
    warmRate: random.logUniform(0.02, 15),
    blankBorder: random.chance(0.06)
      ? {
        side: random.pick(["first", "last", "left", "right"] as const),
        share: random.logUniform(0.01, 0.25),
      }
      : undefined,
    stuckShare: random.chance(0.35) ? random.logUniform(1e-6, 1e-4) : 0,
  };
}

function slopeOf(random: Random, noise: number): number {
  if (random.chance(0.16)) {
    return random.normal() * noise * random.logUniform(3, 25);
  }
  return random.chance(0.25) ? 2 * random.normal() * noise : 0;
}

function sampleColumns(
  random: Random,
  count: number,
  amplitude: number,
): Float32Array {
  // Each row starts low or high until the amplifier has settled.
  const start = random.chance(0.2)
    ? random.normal() * random.logUniform(3, 60)
    : 0;
  const settling = random.logUniform(1, 0.05 * count);
  return Float32Array.from({ length: count }, (_, column) => {
    const hot = random.chance(0.0012) ? random.logUniform(2, 60) : 0;
    return amplitude * random.normal() + hot +
      start * Math.exp(-column / settling);
  });
}

function sampleBadColumns(
  random: Random,
  rows: number,
  columns: number,
): BadColumn[] {
  const count = random.chance(0.3) ? random.integer(1, 5) : 0;
  return Array.from({ length: count }, () => {
    const end = random.integer(0, rows);
    const [fromRow, toRow] = random.chance(0.5) ? [0, end] : [end, rows];
    const factor = random.chance(0.7)
      ? random.uniform(0, 0.8)
      : random.uniform(1.1, 1.7);
    return { column: random.integer(0, columns - 1), fromRow, toRow, factor };
  });
}

/** Specks of dust, as stretches of columns side by side. */
function sampleDust(
  random: Random,
  rows: number,
  columns: number,
): BadColumn[] {
  const count = random.chance(0.15) ? random.integer(1, 12) : 0;
  return Array.from({ length: count }, () => {
    const middle = random.uniform(0, columns);
    const row = random.uniform(0, rows);
    const radius = random.logUniform(0.7, 2 + 0.015 * columns);
    const stretch = random.logUniform(0.5, 2);
    const factor = random.chance(0.85)
      ? random.uniform(0, 0.9)
      : random.uniform(1.05, 1.5);
    const specks: BadColumn[] = [];
    for (
      let column = Math.max(0, Math.ceil(middle - radius));
      column <= Math.min(columns - 1, middle + radius);
      column++
    ) {
      const half = stretch *
        Math.sqrt(Math.max(0, radius ** 2 - (column - middle) ** 2));
      specks.push({
        column,
        fromRow: Math.max(0, Math.round(row - half)),
        toRow: Math.min(rows, Math.round(row + half)),
        factor,
      });
    }
    return specks;
  }).flat();
}
