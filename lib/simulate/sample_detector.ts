import type { BadColumn, Detector } from "./instrument.ts";
import type { Random } from "./random.ts";

/**
 * Samples the properties of a detector of the given size, from quiet scientific
 * CCDs to detectors with bad columns, dust, glow and patterns.
 */
export function sampleDetector(
  random: Random,
  rows: number,
  columns: number,
): Detector {
  const readNoise = random.logUniform(2, 15);
  const gain = random.logUniform(0.4, 4);
  const overscan = random.chance(0.4) ? random.integer(8, 80) : 0;
  const amplifierCount = random.pick([1, 1, 1, 1, 2, 2, 4]);
  const stepSize = random.logUniform(0.3, 25);
  const sampleAmplitude = () =>
    random.chance(0.25) ? random.logUniform(0.05, 1) * readNoise / gain : 0;
  return {
    gain,
    readNoise,
    biasLevel: random.chance(0.1)
      ? random.uniform(0, 80)
      : random.logUniform(90, 5000),
    amplifierOffsets: Array.from(
      { length: amplifierCount },
      () => amplifierCount === 1 ? 0 : random.normal() * stepSize,
    ),
    splitAlong: random.chance(0.5) ? "dispersion" : "slit",
    overscan,
    isPrescan: random.chance(0.5),
    overscanOffset: random.chance(0.3)
      ? random.normal() * random.logUniform(1, 25) * readNoise / gain
      : 0,
    rowPattern: sampleAmplitude(),
    columnPattern: sampleColumnPattern(
      random,
      columns + overscan,
      sampleAmplitude(),
    ),
    slope: [
      sampleSlope(random, readNoise / gain),
      sampleSlope(random, readNoise / gain),
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
    prnu: random.logUniform(0.002, 0.02),
    saturation: random.chance(0.3) ? random.logUniform(2e4, 6e4) : 65535,
    darkCurrent: random.chance(0.3)
      ? random.logUniform(0.05, 3)
      : random.logUniform(0.0005, 0.05),
    glow: {
      electrons: random.chance(0.3) ? random.logUniform(0.1, 8) : 0,
      isFromEdges: random.chance(0.35),
      row: random.pick([0, 1, random.uniform()]),
      column: random.pick([0, 1, random.uniform()]),
      scaleLength: random.uniform(0.1, 0.6),
    },
    warmFraction: random.chance(0.65) ? random.logUniform(1e-5, 1.5e-2) : 0,
    warmRate: random.logUniform(0.02, 15),
    blankBorder: random.chance(0.06)
      ? {
        side: random.pick(["first", "last", "left", "right"] as const),
        fraction: random.logUniform(0.01, 0.25),
      }
      : undefined,
    stuckFraction: random.chance(0.35) ? random.logUniform(1e-6, 1e-4) : 0,
  };
}

/** @param noise Read noise in counts. */
function sampleSlope(random: Random, noise: number): number {
  if (random.chance(0.16)) {
    return random.normal() * noise * random.logUniform(3, 25);
  }
  return random.chance(0.25) ? 2 * random.normal() * noise : 0;
}

function sampleColumnPattern(
  random: Random,
  count: number,
  amplitude: number,
): Float32Array {
  // The amplifier settles: each row starts too low or too high.
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

/** Samples specks of dust: ellipses built from parts of adjacent columns. */
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
    const speck: BadColumn[] = [];
    for (
      let column = Math.max(0, Math.ceil(middle - radius));
      column <= Math.min(columns - 1, middle + radius);
      column++
    ) {
      const half = stretch *
        Math.sqrt(Math.max(0, radius ** 2 - (column - middle) ** 2));
      speck.push({
        column,
        fromRow: Math.max(0, Math.round(row - half)),
        toRow: Math.min(rows, Math.round(row + half)),
        factor,
      });
    }
    return speck;
  }).flat();
}
