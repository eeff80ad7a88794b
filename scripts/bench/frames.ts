/**
 * The frames of the benchmark: a simulated night of both arms of Kast, or the
 * user's own, in the formats that are measured; and large frames.
 */
import { gunzipSync, gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { simulate } from "../../lib/commands/simulate.ts";
import { SpitError } from "../../lib/errors.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { encodeFits, type HduToWrite } from "../../lib/fits/write_fits.ts";
import { findFrames } from "../../lib/io/find_frames.ts";
import { basename, join, resolve } from "../../lib/std.ts";
import type { Instrument } from "../../lib/simulate/instrument.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { sampleCcd } from "../../lib/simulate/sample_detector.ts";
import {
  sampleSlitIllumination,
  sampleThroughput,
} from "../../lib/simulate/sample_instrument.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

/** Simulated frames are kept here between runs; git ignores the folder. */
const CACHE = fileURLToPath(new URL("../../data/bench", import.meta.url));

/** Frames of each arm that are simulated at most; further ones are links to these. */
const MAX_SIMULATED = 100;

/** Returns the frames of a folder, or simulates about `count` as `.fits.gz`. */
export async function openNight(
  folder: string | undefined,
  count: number,
): Promise<string[]> {
  if (folder !== undefined) {
    const files = await Array.fromAsync(
      findFrames([resolve(folder)], console.error, { followLinks: true }),
    );
    if (files.length > 0) return files;
    throw new SpitError("usage", `there are no frames in ${folder}`);
  }
  const each = Math.min(MAX_SIMULATED, Math.ceil(count / 2));
  const files: string[] = [];
  for (const instrument of ["kast-red", "kast-blue"]) {
    const out = join(CACHE, `${instrument}-${each}`);
    // The labels are written last.
    const isComplete = await exists(join(out, "labels.csv"));
    const made = isComplete
      ? Array.fromAsync(findFrames([out], console.error, { followLinks: true }))
      : simulate(out, { seed: 1, count: each, instrument, gzip: true });
    files.push(...await made);
  }
  return files;
}

/** Selects `count` elements spread evenly; elements repeat when there are too few. */
export function selectEvenly<T>(all: readonly T[], count: number): T[] {
  return Array.from(
    { length: count },
    (_, k) => all[Math.floor((k + 0.5) * all.length / count)]!,
  );
}

/** Makes a folder of `count` links to frames, spread evenly over `files`. */
export async function linkFrames(
  files: readonly string[],
  count: number,
  folder: string,
): Promise<string> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [k, file] of selectEvenly(files, count).entries()) {
    const name = `${String(k).padStart(6, "0")}-${basename(file)}`;
    await Deno.symlink(file, join(folder, name));
  }
  return folder;
}

/** Writes decompressed copies of `.fits.gz` files; returns their paths. */
export async function writePlain(
  files: readonly string[],
  folder: string,
): Promise<string[]> {
  await Deno.mkdir(folder, { recursive: true });
  return await Array.fromAsync(files, async (file, k) => {
    const path = join(folder, `${k}-${basename(file, ".gz")}`);
    await Deno.writeFile(path, gunzipSync(await Deno.readFile(file)));
    return path;
  });
}

const LARGEST = 4096;
const AMPLIFIERS = 12;

/**
 * Returns the paths of the large frames, `.fits.gz`: a square of
 * 4096 × 4096 pixels, and 3072 × 2048 pixels read out through 12 amplifiers.
 * Simulates them when they are not in the cache.
 */
export async function openLargeFrames(): Promise<
  { readonly square: string; readonly mosaic: string }
> {
  const folder = join(CACHE, "large");
  await Deno.mkdir(folder, { recursive: true });
  const square = join(folder, "square-4096.fits.gz");
  const mosaic = join(folder, "amplifiers-12.fits.gz");
  if (!await exists(square) || !await exists(mosaic)) {
    const plane = simulateLargePlane();
    await writeGzip(square, [{ cards: [], plane }]);
    await writeGzip(mosaic, [{ cards: [] }, ...splitAmplifiers(plane)]);
  }
  return { square, mosaic };
}

/** Simulates the spectrum of a star on the blue arm of Kast, with a larger detector. */
function simulateLargePlane(): Plane {
  const random = makeRandom(LARGEST);
  const instrument: Instrument = {
    ...createInstrument("kast-blue", LARGEST)!,
    rows: LARGEST,
    dispersion: { columns: LARGEST, start: 3400, step: 0.51, lineWidth: 8 },
    slices: [{ from: -20, to: LARGEST + 20, transmission: 1, shift: 0 }],
    slitIllumination: sampleSlitIllumination(random, LARGEST),
    throughput: sampleThroughput(random, LARGEST),
    detector: {
      ...sampleCcd(random, LARGEST, LARGEST),
      gain: 1.2,
      readNoise: 3.8,
      biasLevel: 1050,
      overscan: 0,
    },
  };
  return simulateFrame({ seed: LARGEST, type: "standard", instrument }).plane;
}

/** Cuts out amplifiers as GMOS has them: side by side along the dispersion, higher than wide. */
function splitAmplifiers(plane: Plane): HduToWrite[] {
  const width = 3072 / AMPLIFIERS;
  const height = 2048;
  const left = (plane.width - 3072) / 2;
  const bottom = (plane.height - height) / 2;
  return Array.from({ length: AMPLIFIERS }, (_, k) => {
    const pixels = new Uint16Array(width * height);
    for (let row = 0; row < height; row++) {
      const start = (bottom + row) * plane.width + left + k * width;
      for (let column = 0; column < width; column++) {
        pixels[row * width + column] = plane.pixels[start + column]!;
      }
    }
    return { cards: [], plane: { width, height, pixels } };
  });
}

async function writeGzip(
  path: string,
  hdus: readonly HduToWrite[],
): Promise<void> {
  // A run that is interrupted leaves no incomplete file in the cache.
  await Deno.writeFile(`${path}.part`, gzipSync(encodeFits(hdus)));
  await Deno.rename(`${path}.part`, path);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
