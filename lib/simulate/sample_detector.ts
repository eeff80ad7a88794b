import type {
  BadColumn,
  Detector,
  HotRow,
  Mosaic,
  PersistentSpot,
  Strip,
} from "./instrument.ts";
import type { Random } from "./random.ts";

/**
 * Samples the properties of a detector of the given size: mostly a CCD with up to
 * four amplifiers, sometimes a mosaic with more of them, a near-infrared array or a
 * CMOS camera.
 */
export function sampleDetector(
  random: Random,
  rows: number,
  columns: number,
): Detector {
  const ccd = sampleCcd(random, rows, columns);
  const draw = random.uniform();
  if (draw < 0.1) return sampleMosaicDetector(random, rows, columns, ccd);
  if (draw < 0.16) return sampleInfraredArray(random, rows, columns, ccd);
  if (draw < 0.23) return sampleCmosCamera(random, columns, ccd);
  return ccd;
}

/**
 * Samples the properties of a CCD of the given size with up to four amplifiers, from
 * quiet scientific ones to those with bad columns, dust, glow and patterns.
 */
export function sampleCcd(
  random: Random,
  rows: number,
  columns: number,
): Detector {
  const readNoise = random.logUniform(2, 15);
  const gain = random.logUniform(0.4, 4);
  const overscan = random.chance(0.4) ? random.integer(8, 80) : 0;
  const overscanAlong = random.pick(
    ["dispersion", "dispersion", "dispersion", "slit", "slit", "both"] as const,
  );
  const isOverscanOnBothSides = random.chance(0.2);
  const unlitColumns = overscanAlong === "slit"
    ? 0
    : overscan * (isOverscanOnBothSides ? 2 : 1);
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
    mosaic: undefined,
    overscan,
    overscanAlong,
    isOverscanOnBothSides,
    isPrescan: random.chance(0.5),
    overscanOffset: random.chance(0.3)
      ? random.normal() * random.logUniform(1, 25) * readNoise / gain
      : 0,
    rowPattern: sampleAmplitude(),
    columnPattern: sampleColumnPattern(
      random,
      columns + unlitColumns,
      sampleAmplitude(),
    ),
    slope: [
      sampleSlope(random, readNoise / gain),
      sampleSlope(random, readNoise / gain),
    ],
    // The first rows of many CCDs are darker or brighter than the others.
    reset: random.chance(0.15)
      ? {
        counts: random.normal() * readNoise / gain * random.logUniform(2, 40),
        scaleLength: random.logUniform(0.002, 0.03),
        isFromBothEnds: false,
      }
      : undefined,
    referenceBorder: 0,
    persistence: [],
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
    countStep: 1,
    hasColourFilters: false,
    charge: {
      along: random.pick(["dispersion", "slit"] as const),
      bleeds: random.chance(0.15),
      smear: random.chance(0.03) ? random.logUniform(0.003, 0.06) : 0,
    },
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
    blankBorder: random.chance(0.09)
      ? {
        side: random.pick(["first", "last", "left", "right"] as const),
        fraction: random.logUniform(0.008, 0.2),
      }
      : undefined,
    stuckFraction: random.chance(0.35) ? random.logUniform(1e-6, 1e-4) : 0,
    hotRows: sampleHotRows(random, readNoise / gain),
  };
}

/** Replaces the amplifiers of a CCD by those of a mosaic. */
function sampleMosaicDetector(
  random: Random,
  rows: number,
  columns: number,
  ccd: Detector,
): Detector {
  const along = random.chance(0.5) ? "dispersion" : "slit";
  const length = along === "dispersion" ? columns : rows;
  const count = random.pick([2, 4, 4, 8, 12].filter((n) => 12 * n <= length));
  const overscan = random.chance(0.5)
    ? random.integer(
      4,
      Math.max(4, Math.min(64, Math.round(0.4 * length / count))),
    )
    : 0;
  // A chip has one, two or four amplifiers.
  const perChip = random.pick([1, 2, 4, count]);
  const gap = random.chance(0.5)
    ? Math.round(random.logUniform(1, 1 + 0.02 * length))
    : 0;
  // Read noises, so that a step is as conspicuous in a quiet detector as in another.
  const stepSize = ccd.readNoise / ccd.gain *
    (random.chance(0.5) ? random.logUniform(0.1, 3) : random.logUniform(3, 60));
  const gainSpread = random.logUniform(0.002, 0.06);
  const noiseSpread = random.logUniform(0.02, 0.3);
  const mosaic: Mosaic = {
    along,
    overscan,
    isOverscanAtEnd: random.chance(0.4),
    gapLevel: random.chance(0.6)
      ? 0
      : Math.round(Math.min(ccd.biasLevel, ccd.saturation)),
    strips: Array.from({ length: count }, (_, k) => ({
      from: Math.round(k * length / count) +
        (k > 0 && k % perChip === 0 ? gap : 0),
      to: Math.round((k + 1) * length / count),
      offset: random.normal() * stepSize,
      gain: 1 + gainSpread * random.normal(),
      noise: Math.exp(noiseSpread * random.normal()),
    })),
  };
  return {
    ...ccd,
    biasLevel: ccd.biasLevel + computeDepth(mosaic.strips),
    amplifierOffsets: [0],
    mosaic,
    overscan: 0,
    columnPattern: fitPattern(
      ccd.columnPattern,
      columns + (along === "dispersion" ? count * overscan : 0),
    ),
  };
}

/** Computes the counts by which the lowest strip lies below the bias level. */
function computeDepth(strips: readonly Strip[]): number {
  return Math.max(0, ...strips.map(({ offset }) => -offset));
}

/** Cuts a pattern to a length, or repeats it. */
function fitPattern(pattern: Float32Array, length: number): Float32Array {
  return Float32Array.from(
    { length },
    (_, k) => pattern[k % pattern.length]!,
  );
}

/**
 * Turns a CCD into a near-infrared array: no overscan, many hot and dead pixels,
 * stripes of its channels, odd and even columns that differ, a bias level that
 * settles after the reset, and the afterglow of bright stars.
 */
function sampleInfraredArray(
  random: Random,
  rows: number,
  columns: number,
  ccd: Detector,
): Detector {
  const noise = ccd.readNoise / ccd.gain;
  const along = random.chance(0.5) ? "dispersion" : "slit";
  const length = along === "dispersion" ? columns : rows;
  const count = random.pick([1, 4, 4, 8, 32].filter((n) => 6 * n <= length));
  const stepSize = noise * random.logUniform(0.1, 8);
  const strips = Array.from({ length: count }, (_, k) => ({
    from: Math.round(k * length / count),
    to: Math.round((k + 1) * length / count),
    offset: random.normal() * stepSize,
    gain: 1 + 0.01 * random.normal(),
    noise: Math.exp(0.05 * random.normal()),
  }));
  const oddEven = random.chance(0.6) ? noise * random.logUniform(0.1, 6) : 0;
  const reset = random.chance(0.6)
    ? {
      counts: random.normal() * noise * random.logUniform(1, 40),
      scaleLength: random.logUniform(0.03, 0.6),
      isFromBothEnds: random.chance(0.5),
    }
    : undefined;
  const bands = sampleSensitivityHoles(random, rows, columns);
  return {
    ...ccd,
    biasLevel: ccd.biasLevel + computeDepth(strips) +
      Math.max(0, -(reset?.counts ?? 0)),
    amplifierOffsets: [0],
    mosaic: count > 1
      ? { along, strips, overscan: 0, isOverscanAtEnd: false, gapLevel: 0 }
      : undefined,
    overscan: 0,
    blankBorder: undefined,
    interference: { amplitude: 0, cycles: [0, 0] },
    columnPattern: Float32Array.from(
      { length: columns },
      (_, x) => ccd.columnPattern[x]! + (x % 2 === 0 ? oddEven : -oddEven) / 2,
    ),
    reset,
    referenceBorder: random.chance(0.4) && Math.min(rows, columns) > 60 ? 4 : 0,
    persistence: samplePersistence(random, ccd.readNoise),
    charge: { ...ccd.charge, bleeds: false, smear: 0 },
    badColumns: [...ccd.badColumns, ...bands],
    prnu: random.logUniform(0.01, 0.06),
    saturation: random.chance(0.6) ? random.logUniform(1.5e4, 5e4) : 65535,
    darkCurrent: random.logUniform(0.005, 2),
    warmFraction: random.logUniform(5e-4, 2e-2),
    warmRate: random.logUniform(0.1, 30),
    stuckFraction: random.logUniform(1e-5, 1e-3),
  };
}

/**
 * Turns a CCD into a CMOS camera, as amateurs and small observatories use: 12 to 16
 * bits, columns of slightly different levels, hot pixels, and amplifiers that glow at an
 * edge in long exposures. One in four has colour filters.
 */
function sampleCmosCamera(
  random: Random,
  columns: number,
  ccd: Detector,
): Detector {
  const bits = random.pick([12, 12, 14, 16]);
  // Many drivers scale the counts to 16 bits.
  const countStep = random.chance(0.5) ? 2 ** (16 - bits) : 1;
  const levels = 2 ** bits;
  const gain = random.logUniform(1.5e4, 7e4) / levels / countStep;
  // The noise exceeds the steps of the converter.
  const readNoise = Math.max(
    0.7 * gain * countStep,
    random.logUniform(1.2, 6),
  );
  const noise = readNoise / gain;
  const columnAmplitude = noise * random.logUniform(0.05, 1.5);
  return {
    ...ccd,
    gain,
    readNoise,
    biasLevel: Math.round(
      noise * random.uniform(4, 8) +
        random.logUniform(0.002, 0.06) * levels * countStep,
    ),
    amplifierOffsets: [0],
    overscan: 0,
    rowPattern: random.chance(0.5) ? noise * random.logUniform(0.03, 0.5) : 0,
    columnPattern: Float32Array.from(
      { length: columns },
      () => columnAmplitude * random.normal(),
    ),
    slope: [0, 0],
    reset: undefined,
    interference: { amplitude: 0, cycles: [0, 0] },
    saturation: (levels - 1) * countStep,
    countStep,
    hasColourFilters: random.chance(0.25),
    charge: { ...ccd.charge, bleeds: false, smear: 0 },
    darkCurrent: random.logUniform(0.003, 1),
    glow: {
      electrons: random.chance(0.6) ? random.logUniform(0.05, 2) : 0,
      isFromEdges: false,
      row: random.uniform(),
      column: random.pick([0, 1]),
      scaleLength: random.logUniform(0.05, 0.4),
    },
    warmFraction: random.logUniform(3e-4, 1e-2),
    warmRate: random.logUniform(0.5, 20),
    blankBorder: undefined,
  };
}

/** @param noise Read noise in electrons. */
function samplePersistence(random: Random, noise: number): PersistentSpot[] {
  const count = random.chance(0.3) ? random.integer(1, 6) : 0;
  return Array.from({ length: count }, () => ({
    row: random.uniform(),
    column: random.uniform(),
    radius: random.logUniform(1.5, 8),
    electrons: noise * random.logUniform(0.5, 15),
  }));
}

/** Samples patches of dead pixels, as where the indium bumps of an array are missing. */
function sampleSensitivityHoles(
  random: Random,
  rows: number,
  columns: number,
): BadColumn[] {
  const count = random.chance(0.4) ? random.integer(1, 8) : 0;
  return Array.from({ length: count }, () => {
    const first = random.integer(0, columns - 1);
    const row = random.integer(0, rows - 1);
    const size = Math.round(random.logUniform(2, 25));
    return Array.from(
      { length: Math.min(size, columns - first) },
      (_, k): BadColumn => ({
        column: first + k,
        fromRow: Math.max(0, row - random.integer(0, size)),
        toRow: Math.min(rows, row + random.integer(0, size)),
        factor: random.uniform(0, 0.3),
      }),
    );
  }).flat();
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

/** @param noise Read noise in counts. */
function sampleHotRows(random: Random, noise: number): HotRow[] {
  const count = random.chance(0.08) ? random.integer(1, 3) : 0;
  return Array.from({ length: count }, () => ({
    position: random.uniform(),
    counts: noise * random.logUniform(0.5, 100),
  }));
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
