/**
 * Two frames in one.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { anyCanvas, type Painter } from "./canvas.ts";
import { type Counts, LIT, spectralFrame, transposed } from "./counts.ts";
import { expose } from "./expose.ts";
import { imaging } from "./imaging.ts";
import { imagingFlat } from "./imaging_flat.ts";
import { percentile } from "./percentile.ts";
import { slitless } from "./slitless.ts";
import { structuredNoise } from "./structured_noise.ts";

/** What is no spectrum; nothing of the kinds that are kept for judging. */
const IMAGES: readonly Painter[] = [
  imaging,
  imaging,
  imagingFlat,
  slitless,
  structuredNoise,
];

/** What shows on top of a spectrum. Smooth light would only be its background. */
const SHARP: readonly Painter[] = [imaging, imaging, slitless, structuredNoise];

/**
 * Two unlike frames beside or above each other, or in four quarters, at like
 * contrast: files that were put together wrongly.
 *
 * An arc beside a bias is an arc of which half the range has no line, and one
 * above a bias has a short slit: what is dark is not among the pieces.
 */
export function mosaic(random: Random): Counts {
  const types = shuffledPair(random);
  const first = spectralFrame(random, types[0]);
  const { width, height } = first;
  const other = random.chance(0.5)
    ? spectralFrame(random, types[1])
    : image(random, IMAGES);
  // On its side against the first, or scaled to its place.
  const second = random.chance(0.5) ? transposed(other) : other;
  const pixels = first.pixels.slice();
  const match = matchTo(first, second, random);
  const isQuartered = random.chance(0.2);
  const alongRows = random.chance(0.4);
  const cut = random.uniform(0.3, 0.7);
  for (let row = 0; row < height; row++) {
    const below = row > cut * height;
    for (let x = 0; x < width; x++) {
      const right = x > cut * width;
      const isSecond = isQuartered
        ? below !== right
        : alongRows
        ? below
        : right;
      if (isSecond) pixels[row * width + x] = match(x, row);
    }
  }
  return { width, height, pixels };
}

/**
 * A spectrum and an image on one exposure, neither of which drowns the other: a
 * shutter that did not close, a detector that was not wiped.
 */
export function doubleExposure(random: Random): Counts {
  const first = spectralFrame(random, random.pick(LIT));
  const { width, height } = first;
  const match = matchTo(first, image(random, SHARP), random, 2);
  const level = percentile(first.pixels, 0.05);
  const pixels = first.pixels.slice();
  for (let row = 0, k = 0; row < height; row++) {
    for (let x = 0; x < width; x++, k++) {
      const sum = pixels[k]! + match(x, row) - level;
      pixels[k] = Math.max(0, Math.min(65535, sum));
    }
  }
  return { width, height, pixels };
}

function shuffledPair(random: Random) {
  const first = random.pick(LIT);
  return [first, random.pick(LIT.filter((type) => type !== first))] as const;
}

function image(random: Random, painters: readonly Painter[]): Counts {
  const canvas = anyCanvas(random);
  random.pick(painters)(canvas, random);
  return expose(canvas, random);
}

/** Counts of a frame, stretched over another's place, with its darkest level and about its contrast. */
function matchTo(
  { width, height, pixels }: Counts,
  other: Counts,
  random: Random,
  strength = 1,
): (x: number, row: number) => number {
  const low = percentile(pixels, 0.05);
  const otherLow = percentile(other.pixels, 0.05);
  const scale = strength * random.logUniform(0.6, 1.7) *
    Math.max(8, percentile(pixels, 0.99) - low) /
    Math.max(1, percentile(other.pixels, 0.99) - otherLow);
  const across = other.width / width;
  const down = other.height / height;
  return (x, row) => {
    const value = other
      .pixels[Math.floor(row * down) * other.width + Math.floor(x * across)]!;
    return Math.max(0, Math.min(65535, low + scale * (value - otherLow)));
  };
}
