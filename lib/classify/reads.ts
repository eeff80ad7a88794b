/**
 * Near-infrared files that keep each read of an exposure as an image HDU.
 *
 * The detector is read without being reset, and its light is the last read minus the
 * first. Each read alone also shows the fixed pattern of the detector.
 *
 * @module
 */
import type { Frame, Pixels, Plane } from "../fits/frame.ts";
import type { Hdu } from "../fits/hdu.ts";
import { needsTooMuch } from "../fits/pixels.ts";

/** Cards that name a part of a detector or a detector; all reads have the same. */
const DETECTOR_CARDS = [
  "DETSEC",
  "CCDSEC",
  "AMPSEC",
  "DETNAME",
  "CCDNAME",
  "AMPNAME",
  "DETECTOR",
  "DETID",
  "CHIPID",
  "AMPID",
];

/**
 * Whether image HDUs may be reads of one exposure by their headers: there are at least
 * two, of the same size, and no card says that they are different parts of a camera.
 */
export function mayBeReads(
  hdus: readonly Pick<Hdu, "width" | "height" | "header">[],
): boolean {
  const [first, ...others] = hdus;
  return first !== undefined && others.length > 0 &&
    others.every((hdu) =>
      hdu.width === first.width && hdu.height === first.height &&
      DETECTOR_CARDS.every((card) =>
        hdu.header.values.get(card) === first.header.values.get(card)
      )
    );
}

/**
 * Correlation from which two planes have the fixed pattern of one detector. Among the
 * simulated reads of `tests/classify/reads_test.ts` it is above 0.8. Two exposures of a
 * flat with one detector, which share the sensitivity of its pixels, had at most 0.35,
 * and two amplifiers of a mosaic at most 0.15.
 */
const SAME_PATTERN = 0.6;

/** Pixels that are compared at most, about. */
const SAMPLE = 50_000;

/** Pixels that must differ from their neighbours in both planes. */
const FEWEST = 1000;

/**
 * Whether two planes are reads of one detector: they differ, and the pattern of their
 * pixels is the same.
 *
 * The mixed difference of four neighbouring pixels removes what varies along one axis
 * only, such as lines, and most of what varies slowly. The correlation of its signs is
 * that of the pattern, whatever the distribution of the pixels: for normal variables
 * with correlation r, equal signs have the probability ½ + arcsin(r)/π.
 */
export function areReads(one: Plane, other: Plane): boolean {
  const { width, height, pixels: a } = one;
  const b = other.pixels;
  const step = Math.max(1, Math.floor(width * height / SAMPLE));
  let count = 0, equal = 0, differs = false;
  for (let y = 0; y + 1 < height; y += step) {
    for (let k = y * width; k + 1 < (y + 1) * width; k++) {
      differs ||= a[k] !== b[k];
      const product = mixedDifference(a, k, width) *
        mixedDifference(b, k, width);
      if (product > 0) equal++;
      if (product > 0 || product < 0) count++;
    }
  }
  return differs && count >= FEWEST &&
    Math.sin(Math.PI * (equal / count - 0.5)) >= SAME_PATTERN;
}

function mixedDifference(pixels: Pixels, k: number, width: number): number {
  return pixels[k]! - pixels[k + 1]! - pixels[k + width]! +
    pixels[k + width + 1]!;
}

/** Level of the signal without light, counts: a raw frame has a pedestal, too. */
const PEDESTAL = 1000;

/** The signal of an exposure, with the header of its last read. */
export interface Signal {
  readonly frame: Frame;
  /** Index of the HDU of the first read, which was subtracted. */
  readonly first: number;
}

/**
 * Subtracts the first of two reads from the last one. The last one is the brighter on
 * the mean, whatever the order of the HDUs. Overwrites its pixels with the signal, which
 * has a pedestal of 1000 counts, and is cut off where it exceeds the range of integers.
 *
 * @param maxBytes Memory that the signal may take. Default: any.
 * @throws {SpitError} `too_large`.
 */
export function subtractReads(
  one: Frame,
  other: Frame,
  maxBytes = Infinity,
): Signal {
  const [last, first] = sumDifference(one, other) >= 0
    ? [one, other]
    : [other, one];
  // A byte has no room for the pedestal.
  const isWidened = last.pixels.BYTES_PER_ELEMENT === 1;
  const bytes = 2 * last.pixels.length;
  if (isWidened && bytes > maxBytes) {
    throw needsTooMuch("the difference of two reads", bytes);
  }
  const pixels = isWidened ? Int16Array.from(last.pixels) : last.pixels;
  const [lowest, highest] = findRange(pixels);
  for (let k = 0; k < pixels.length; k++) {
    const value = pixels[k]! - first.pixels[k]! + PEDESTAL;
    pixels[k] = Math.max(lowest, Math.min(value, highest));
  }
  return { frame: { ...last, pixels }, first: first.hdu };
}

function sumDifference({ pixels: a }: Plane, { pixels: b }: Plane): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) {
    const difference = a[k]! - b[k]!;
    if (Number.isFinite(difference)) sum += difference;
  }
  return sum;
}

function findRange(pixels: Pixels): readonly [number, number] {
  if (pixels instanceof Float32Array || pixels instanceof Float64Array) {
    return [-Infinity, Infinity];
  }
  const values = 2 ** (8 * pixels.BYTES_PER_ELEMENT);
  const isSigned = pixels instanceof Int16Array || pixels instanceof Int32Array;
  return isSigned ? [-values / 2, values / 2 - 1] : [0, values - 1];
}
