/**
 * Frames of other sizes than Kast's: squares up to 4096 × 4096, and one read out
 * through twelve amplifiers. All are cut from one simulated frame, so that a pixel
 * is as hard to inflate in each.
 *
 * @module
 */
import { join } from "../../lib/io/path.ts";
import { gzipSync } from "node:zlib";
import type { Plane } from "../../lib/fits/frame.ts";
import { encodeFits, type HduToWrite } from "../../lib/fits/write_fits.ts";
import type { Instrument } from "../../lib/simulate/instrument.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { sampleDetector } from "../../lib/simulate/sample_detector.ts";
import {
  sampleSlitIllumination,
  sampleThroughput,
} from "../../lib/simulate/sample_instrument.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { CACHE } from "./night.ts";

/** Sides of the squares. */
export const SIDES = [512, 1024, 2048, 2896, 4096] as const;

const AMPLIFIERS = 12;
const LARGEST = 4096;

/** Where such frames lie. */
export interface LargeFrames {
  /** By their side. */
  readonly squares: ReadonlyMap<number, string>;
  /** Twelve image extensions. */
  readonly amplifiers: string;
}

/** Takes them from the cache, or simulates them: some seconds. */
export async function largeFrames(): Promise<LargeFrames> {
  const folder = join(CACHE, "large");
  await Deno.mkdir(folder, { recursive: true });
  const squares = new Map(
    SIDES.map((side) => [side, join(folder, `square-${side}.fits.gz`)]),
  );
  const amplifiers = join(folder, `amplifiers-${AMPLIFIERS}.fits.gz`);
  const wanted = [...squares.values(), amplifiers];
  if (!(await Promise.all(wanted.map(isThere))).every(Boolean)) {
    const plane = largePlane();
    for (const [side, path] of squares) {
      await write(path, [{ cards: [], plane: middle(plane, side, side) }]);
    }
    await write(amplifiers, [{ cards: [] }, ...amplifierHdus(plane)]);
  }
  return { squares, amplifiers };
}

/** A star's spectrum on Kast's blue arm, had it a detector of 4096 × 4096. */
function largePlane(): Plane {
  const random = makeRandom(4096);
  const base = createInstrument("kast-blue", 4096)!;
  const instrument: Instrument = {
    ...base,
    rows: LARGEST,
    dispersion: { columns: LARGEST, start: 3400, step: 0.51, lineWidth: 8 },
    slices: [{ from: -20, to: LARGEST + 20, transmission: 1 }],
    slitIllumination: sampleSlitIllumination(random, LARGEST),
    throughput: sampleThroughput(random, LARGEST),
    detector: {
      ...sampleDetector(random, LARGEST, LARGEST),
      gain: 1.2,
      readNoise: 3.8,
      biasLevel: 1050,
      overscan: 0,
    },
  };
  return simulateFrame({ seed: 4096, type: "standard", instrument }).plane;
}

/** As GMOS has them: side by side along the dispersion, each higher than wide. */
function amplifierHdus(plane: Plane): HduToWrite[] {
  const chip = middle(plane, 3072, 2048);
  const width = 3072 / AMPLIFIERS;
  return Array.from({ length: AMPLIFIERS }, (_, k) => ({
    cards: [],
    plane: part(chip, k * width, 0, width, chip.height),
  }));
}

function middle(plane: Plane, width: number, height: number): Plane {
  const left = Math.floor((plane.width - width) / 2);
  const bottom = Math.floor((plane.height - height) / 2);
  return part(plane, left, bottom, width, height);
}

function part(
  plane: Plane,
  left: number,
  bottom: number,
  width: number,
  height: number,
): Plane {
  const pixels = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const start = (bottom + row) * plane.width + left;
    for (let column = 0; column < width; column++) {
      pixels[row * width + column] = plane.pixels[start + column]!;
    }
  }
  return { width, height, pixels };
}

async function write(
  path: string,
  hdus: readonly HduToWrite[],
): Promise<void> {
  // Whole or not at all: what is there is not made again.
  await Deno.writeFile(`${path}.part`, gzipSync(encodeFits(hdus)));
  await Deno.rename(`${path}.part`, path);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
