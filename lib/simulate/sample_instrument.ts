import type { Instrument, Layout, Reflection } from "./instrument.ts";
import type { Random } from "./random.ts";
import { sampleDetector } from "./sample_detector.ts";
import {
  sampleFibres,
  sampleLayout,
  sampleOrders,
  sampleSlices,
} from "./sample_layout.ts";
import type { Dispersion } from "./spectrum.ts";

/** Upper limit of pixels for most detectors. */
const USUAL_PIXELS = 1.1e6;

/** Upper limit of pixels for a few large detectors. */
const LARGE_PIXELS = 4e6;

/** Fraction of instruments whose dispersion lies along the shorter side of the detector. */
const ALONG_SHORTER_SIDE = 0.2;

/**
 * Samples an instrument with its detector. The ranges cover those of the real
 * frames that were inspected, from amateur cameras to echelle spectrographs on
 * 10 m telescopes. No property depends on the type of a frame, so a network
 * cannot learn to infer the type from the instrument.
 */
export function sampleInstrument(
  random: Random,
  name = "simulated",
): Instrument {
  const layout = sampleLayout(random);
  const { rows, columns } = sampleShape(random);
  const dispersion = sampleDispersion(random, columns);
  const edges = random.chance(0.6)
    ? [random.uniform(0, 0.12), 1 - random.uniform(0, 0.12)] as const
    : [-0.1, 1.1] as const;
  const hasSmile = random.chance(0.5);
  return {
    name,
    layout,
    rows,
    dispersion,
    tilt: random.normal() *
      (random.chance(0.3) ? 0.06 * Math.min(1, columns / rows) : 0.004),
    smile: hasSmile ? random.normal() * 0.012 * columns : 0,
    slices: sampleSlices(
      random,
      layout,
      rows * edges[0],
      rows * edges[1],
      columns,
    ),
    scramblesLight: layout === "slices" && random.chance(0.6) ||
      layout === "echelle" && random.chance(0.35),
    softness: sampleSoftness(random, layout, rows),
    slitIllumination: sampleSlitIllumination(random, rows),
    throughput: sampleThroughput(random, columns),
    orders: sampleOrders(random, layout, rows, dispersion),
    fibres: sampleFibres(random, layout, rows),
    spectrumLength: Math.round(random.logUniform(0.35, 1) * columns),
    scatter: random.chance(0.5) ? random.logUniform(0.001, 0.06) : 0,
    fringes: {
      amplitude: sampleFringeAmplitude(random),
      period: random.logUniform(6, 60),
      slant: random.uniform(-0.3, 0.3),
    },
    reflection: sampleReflection(random),
    seeing: sampleSeeing(random, layout, rows),
    isTransposed: random.chance(0.4),
    detector: sampleDetector(random, rows, columns),
  };
}

/** Samples the amplitude of fringes, which are strong in a thin CCD without a coating. */
function sampleFringeAmplitude(random: Random): number {
  if (!random.chance(0.35)) return 0;
  return random.chance(0.2)
    ? random.uniform(0.12, 0.4)
    : random.uniform(0.01, 0.12);
}

function sampleShape(random: Random): { rows: number; columns: number } {
  let columns = random.logUniform(380, 4300);
  let rows = random.chance(0.25)
    ? columns * random.uniform(0.9, 1)
    : random.logUniform(40, 1600);
  const limit = random.chance(0.08) ? LARGE_PIXELS : USUAL_PIXELS;
  // Bin detectors above the limit, along either axis.
  while (rows * columns > limit) {
    if (random.chance(0.5) && columns > 700) columns *= 0.7;
    else rows = Math.max(40, rows * 0.7);
  }
  const isAlongShorterSide = random.chance(ALONG_SHORTER_SIDE);
  if (rows > columns !== isAlongShorterSide) [rows, columns] = [columns, rows];
  columns = Math.max(200, columns);
  return { rows: Math.round(rows), columns: Math.round(columns) };
}

function sampleDispersion(random: Random, columns: number): Dispersion {
  const range = random.logUniform(250, 6000);
  const start = random.uniform(3300, Math.max(3400, 9800 - 0.8 * range));
  const lineWidth = random.logUniform(1.6, 7) * (random.chance(0.1) ? 2.5 : 1);
  return random.chance(0.5)
    ? { columns, start, step: range / columns, lineWidth }
    : { columns, start: start + range, step: -range / columns, lineWidth };
}

/** Samples the rows over which the ends of a slit fade; short slits have sharp ends. */
function sampleSoftness(
  random: Random,
  layout: Layout,
  rows: number,
): number {
  const softness = random.logUniform(0.5, 0.6 + 0.04 * rows);
  return layout === "slitlets"
    ? Math.min(softness, random.uniform(0.4, 1.5))
    : softness;
}

/**
 * Samples the size of a star's image, in pixels as the camera samples it or as a
 * fraction of the rows: a large detector has traces far narrower than one that is
 * binned or windowed. A telescope without a slit has small ones.
 */
function sampleSeeing(random: Random, layout: Layout, rows: number): number {
  const seeing = random.chance(0.5)
    ? Math.min(random.logUniform(0.8, 6), 0.04 * rows)
    : Math.max(0.7, random.logUniform(0.004, 0.04) * rows);
  return layout === "slitless" ? Math.min(seeing, 0.7 + 0.008 * rows) : seeing;
}

/**
 * Samples the relative illumination of each row: roughness and dust of the slit
 * jaws, a gradient, vignetting.
 */
export function sampleSlitIllumination(
  random: Random,
  rows: number,
): Float32Array {
  const roughness = random.chance(0.5) ? random.logUniform(0.003, 0.08) : 0.001;
  const gradient = random.normal() * (random.chance(0.3) ? 0.5 : 0.1);
  const vignette = random.chance(0.15)
    ? { middle: random.uniform(0.2, 0.8), width: random.uniform(0.2, 0.8) }
    : undefined;
  let deviation = 0;
  return Float32Array.from({ length: rows }, (_, row) => {
    const position = row / rows;
    deviation = 0.9 * deviation + 0.44 * random.normal();
    const dust = random.chance(0.004) ? random.uniform(0.5, 0.95) : 1;
    const open = vignette
      ? Math.exp(-0.5 * ((position - vignette.middle) / vignette.width) ** 2)
      : 1;
    return open *
      Math.max(
        0.05,
        (1 + roughness * deviation) * (1 + gradient * (position - 0.5)) * dust,
      );
  });
}

/**
 * Samples the relative throughput of each column: a blaze function with cut-offs
 * at either end, ripples, and occasionally a bright band.
 */
export function sampleThroughput(
  random: Random,
  columns: number,
): Float32Array {
  const peak = random.uniform(0.2, 0.8);
  const width = random.logUniform(0.13, 1.5);
  const blueEnd = random.chance(0.3) ? random.uniform(-0.1, 0.35) : -1;
  const redEnd = random.chance(0.2) ? random.uniform(0.65, 1.1) : 2;
  const fade = random.logUniform(0.002, 0.08);
  // The zeroth order, or a reflection of the slit.
  const band = random.chance(0.06)
    ? {
      from: random.uniform(0, 0.95),
      width: random.logUniform(0.005, 0.08),
      level: random.logUniform(0.3, 4),
    }
    : undefined;
  const ripple = random.chance(0.2) ? random.uniform(0, 0.15) : 0;
  const cycles = random.uniform(2, 12);
  const phase = random.uniform(0, 6);
  return Float32Array.from({ length: columns }, (_, column) => {
    const position = column / columns;
    const ends = 1 / (1 + Math.exp((blueEnd - position) / fade)) /
      (1 + Math.exp((position - redEnd) / fade));
    const inBand = band && position >= band.from &&
      position < band.from + band.width;
    return (inBand ? band.level : 0) +
      ends * Math.exp(-0.5 * ((position - peak) / width) ** 2) *
        (1 + ripple * Math.sin(2 * Math.PI * cycles * position + phase));
  });
}

function sampleReflection(random: Random): Reflection | undefined {
  if (!random.chance(0.1)) return undefined;
  return {
    row: random.uniform(-0.5, 1.5),
    column: random.uniform(-0.2, 1.2),
    radius: random.logUniform(0.1, 1.5),
    thickness: random.logUniform(0.02, 0.2),
    level: random.logUniform(0.1, 4),
  };
}
