/**
 * Frames that combine two others: mosaics and double exposures.
 *
 * @module
 */
import { type RawPlane, transpose } from "../detector.ts";
import type { Random } from "../random.ts";
import { type Painter, sampleCanvas } from "./canvas.ts";
import {
  estimatePercentile,
  exposeCanvas,
  LIT_TYPES,
  simulateSpectralFrame,
} from "./expose.ts";
import { paintImaging, paintImagingFlat, paintSlitless } from "./imaging.ts";
import { paintStructuredNoise } from "./noise.ts";

/** Frames other than slit spectra, which a mosaic can contain. */
const MOSAIC_PAINTERS: readonly Painter[] = [
  paintImaging,
  paintImaging,
  paintImagingFlat,
  paintSlitless,
  paintStructuredNoise,
];

/**
 * Frames that can be added to a spectrum. An imaging flat is excluded: smooth light
 * only raises the background.
 */
const DOUBLE_EXPOSURE_PAINTERS: readonly Painter[] = [
  paintImaging,
  paintImaging,
  paintSlitless,
  paintStructuredNoise,
];

/**
 * Simulates a file that was assembled incorrectly: two different frames side by
 * side, one above the other, or in alternating quarters, at similar contrast.
 *
 * Frames without light are excluded: an arc next to a bias would be an arc without
 * lines in a part of its range, and an arc above a bias would be an arc with
 * a short slit.
 */
export function simulateMosaic(random: Random): RawPlane {
  const [firstType, otherType] = pickTwoLitTypes(random);
  const first = simulateSpectralFrame(random, firstType);
  const { width, height } = first;
  const other = random.chance(0.5)
    ? simulateSpectralFrame(random, otherType)
    : simulatePainted(random, MOSAIC_PAINTERS);
  const second = random.chance(0.5) ? transpose(other) : other;
  const pixels = first.pixels.slice();
  const sampleSecond = matchContrast(first, second, random);
  const isQuartered = random.chance(0.2);
  const isStacked = random.chance(0.4);
  const boundary = random.uniform(0.3, 0.7);
  for (let row = 0; row < height; row++) {
    const isBelow = row > boundary * height;
    for (let x = 0; x < width; x++) {
      const isRight = x > boundary * width;
      const isSecond = isQuartered
        ? isBelow !== isRight
        : isStacked
        ? isBelow
        : isRight;
      if (isSecond) pixels[row * width + x] = sampleSecond(x, row);
    }
  }
  return { width, height, pixels };
}

/**
 * Simulates a spectrum and an image of similar brightness in one exposure, as when
 * the shutter did not close or the detector was not cleared.
 */
export function simulateDoubleExposure(random: Random): RawPlane {
  const first = simulateSpectralFrame(random, random.pick(LIT_TYPES));
  const { width, height } = first;
  const second = simulatePainted(random, DOUBLE_EXPOSURE_PAINTERS);
  const sampleSecond = matchContrast(first, second, random, 2);
  const level = estimatePercentile(first.pixels, 0.05);
  const pixels = first.pixels.slice();
  for (let row = 0, k = 0; row < height; row++) {
    for (let x = 0; x < width; x++, k++) {
      const sum = pixels[k]! + sampleSecond(x, row) - level;
      pixels[k] = Math.max(0, Math.min(65535, sum));
    }
  }
  return { width, height, pixels };
}

function pickTwoLitTypes(random: Random) {
  const first = random.pick(LIT_TYPES);
  return [
    first,
    random.pick(LIT_TYPES.filter((type) => type !== first)),
  ] as const;
}

function simulatePainted(
  random: Random,
  painters: readonly Painter[],
): RawPlane {
  const canvas = sampleCanvas(random);
  random.pick(painters)(canvas, random);
  return exposeCanvas(canvas, random);
}

/**
 * Returns a function that samples `other`, resized to the first frame and scaled to
 * its darkest level and approximately to its contrast.
 *
 * @param strength Contrast relative to the first frame's, before random variation.
 */
function matchContrast(
  { width, height, pixels }: RawPlane,
  other: RawPlane,
  random: Random,
  strength = 1,
): (x: number, row: number) => number {
  const low = estimatePercentile(pixels, 0.05);
  const otherLow = estimatePercentile(other.pixels, 0.05);
  const scale = strength * random.logUniform(0.6, 1.7) *
    Math.max(8, estimatePercentile(pixels, 0.99) - low) /
    Math.max(1, estimatePercentile(other.pixels, 0.99) - otherLow);
  const columnScale = other.width / width;
  const rowScale = other.height / height;
  return (x, row) => {
    const index = Math.floor(row * rowScale) * other.width +
      Math.floor(x * columnScale);
    const value = other.pixels[index]!;
    return Math.max(0, Math.min(65535, low + scale * (value - otherLow)));
  };
}
