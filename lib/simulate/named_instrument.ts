/**
 * Instruments by name.
 *
 * @module
 */
import { type Instrument, LAYOUTS } from "./instrument.ts";
import { makeRandom, type Random } from "./random.ts";
import { sampleDetector } from "./sample_detector.ts";
import {
  sampleInstrument,
  sampleJaws,
  sampleThroughput,
} from "./sample_instrument.ts";

/** Names of instruments that can be asked for. */
export const INSTRUMENTS = ["kast-blue", "kast-red", ...LAYOUTS] as const;

/**
 * An instrument by name: the Kast arms, as their frames look (size, bias
 * level, gain, noise, wavelengths), or any layout.
 *
 * @param name One of {@linkcode INSTRUMENTS}.
 * @param seed Decides what the name leaves open.
 * @returns `undefined` for another name.
 */
export function namedInstrument(
  name: string,
  seed: number,
): Instrument | undefined {
  const random = makeRandom(seed);
  if (name === "kast-blue" || name === "kast-red") return kast(random, name);
  if (!(LAYOUTS as readonly string[]).includes(name)) return undefined;
  // Layouts are drawn again until the one asked for comes; none is rarer than one in ten.
  while (true) {
    const instrument = sampleInstrument(random, name);
    if (instrument.layout === name) return instrument;
  }
}

function kast(random: Random, name: "kast-blue" | "kast-red"): Instrument {
  const blue = name === "kast-blue";
  const columns = blue ? 2048 : 1200;
  const rows = blue ? 330 : 250;
  const dispersion = blue
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
    slices: blue
      ? [{ from: -20, to: rows + 20, transmission: 1 }]
      : [{ from: 30, to: rows - 22, transmission: 1 }],
    scrambles: false,
    softness: 1,
    jaws: sampleJaws(random, rows),
    throughput: sampleThroughput(random, columns),
    orders: [],
    scatter: 0.002,
    fringes: { ...base.fringes, amplitude: blue ? 0 : 0.06 },
    reflection: undefined,
    seeing: 2.2,
    turned: !blue,
    detector: {
      ...sampleDetector(random, rows, columns),
      gain: blue ? 1.2 : 3,
      readNoise: blue ? 3.8 : 12.5,
      biasLevel: 1050,
      amplifiers: blue ? [0, random.normal() * 8] : [0, 0],
      splitAlong: "dispersion",
      overscan: 32,
    },
  };
}
