import { type Instrument, LAYOUTS } from "./instrument.ts";
import { makeRandom, type Random } from "./random.ts";
import { sampleCcd } from "./sample_detector.ts";
import {
  sampleInstrument,
  sampleSlitIllumination,
  sampleThroughput,
} from "./sample_instrument.ts";

/** Names that {@linkcode createInstrument} accepts: both Kast arms, and each layout. */
export const INSTRUMENTS = ["kast-blue", "kast-red", ...LAYOUTS] as const;

/**
 * Creates an instrument by name: a Kast arm with the size, bias level, gain, read
 * noise and wavelengths of its real frames, or an instrument of the given layout.
 *
 * @param name One of {@linkcode INSTRUMENTS}.
 * @param seed Seed of the properties that the name does not determine.
 * @returns The instrument, or `undefined` if the name is unknown.
 */
export function createInstrument(
  name: string,
  seed: number,
): Instrument | undefined {
  const random = makeRandom(seed);
  if (name === "kast-blue" || name === "kast-red") {
    return createKast(random, name);
  }
  if (!(LAYOUTS as readonly string[]).includes(name)) return undefined;
  // Sample until the layout matches; each has a probability of at least 0.02.
  while (true) {
    const instrument = sampleInstrument(random, name);
    if (instrument.layout === name) return instrument;
  }
}

function createKast(
  random: Random,
  name: "kast-blue" | "kast-red",
): Instrument {
  const isBlue = name === "kast-blue";
  const columns = isBlue ? 2048 : 1200;
  const rows = isBlue ? 330 : 250;
  const dispersion = isBlue
    ? { columns, start: 3400, step: 1.02, lineWidth: 4 }
    : { columns, start: 5600, step: 2.32, lineWidth: 3.5 };
  const base = sampleInstrument(random, name);
  return {
    ...base,
    layout: "longslit",
    rows,
    dispersion,
    tilt: 0.002 * random.normal(),
    smile: 2 * random.normal(),
    slices: isBlue
      ? [{ from: -20, to: rows + 20, transmission: 1, shift: 0 }]
      : [{ from: 30, to: rows - 22, transmission: 1, shift: 0 }],
    scramblesLight: false,
    softness: 1,
    slitIllumination: sampleSlitIllumination(random, rows),
    throughput: sampleThroughput(random, columns),
    orders: [],
    fibres: undefined,
    scatter: 0.002,
    fringes: { ...base.fringes, amplitude: isBlue ? 0 : 0.06 },
    reflection: undefined,
    seeing: 2.2,
    isTransposed: !isBlue,
    detector: {
      ...sampleCcd(random, rows, columns),
      gain: isBlue ? 1.2 : 3,
      readNoise: isBlue ? 3.8 : 12.5,
      biasLevel: 1050,
      amplifierOffsets: isBlue ? [0, random.normal() * 8] : [0, 0],
      splitAlong: "dispersion",
      overscan: 32,
      overscanAlong: "dispersion",
      isOverscanOnBothSides: false,
    },
  };
}
