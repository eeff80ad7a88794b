/** Largest number of samples. */
export const SAMPLES = 1000;
/** The slope of the fit is divided by the contrast. */
const CONTRAST = 0.25;
const ROUNDS = 5;
/** Samples further from the line than this many standard deviations are rejected. */
const REJECT = 2.5;
const LEAST = 5;
const LEAST_PART = 0.5;
/** Width of the window that is rejected about a rejected sample, as a fraction of all samples. */
const GROW_PART = 0.01;

/** The values that are mapped to 0 and 255, in the units of the image; `z1 <= z2`. */
export interface Limits {
  readonly z1: number;
  readonly z2: number;
}

/**
 * Step 6: computes the display range of an image from its median and the slope of its
 * sorted samples, which is fitted with rejection of the extremes.
 *
 * Source: STScI numdisplay's `zscale` (after IRAF's), as the original uses it, with
 * its square grid of samples. Astropy's `ZScaleInterval` samples and centres
 * differently and gives other limits. Two differences from numdisplay: the line is
 * fitted about the median, so that an image most of whose samples are equal has a
 * slope of exactly 0, where numdisplay depends on rounding; and an image without a
 * finite sample gives 0, 0, where numdisplay fails.
 *
 * @param image height × width values, row-major. Values that are not finite are
 *   ignored.
 */
export function zscale(
  image: Float64Array,
  width: number,
  height: number,
): Limits {
  const samples = new Float64Array(SAMPLES);
  const count = takeSamples(image, width, height, samples);
  return findLimits(samples.subarray(0, count), fitSlope);
}

/**
 * Finds the limits from samples of an image, as {@linkcode zscale} does.
 *
 * @param samples As {@linkcode takeSamples} takes them. They are sorted, and the median is subtracted.
 * @param fit As {@linkcode fitSlope}.
 */
export function findLimits(
  samples: Float64Array,
  fit: (samples: Float64Array) => number | undefined,
): Limits {
  const count = samples.length;
  if (count === 0) return { z1: 0, z2: 0 };
  samples.sort();
  const least = samples[0]!;
  const most = samples[count - 1]!;
  const centre = (count - 1) >> 1;
  const median = count % 2 === 1
    ? samples[centre]!
    : 0.5 * (samples[centre]! + samples[centre + 1]!);
  for (let k = 0; k < count; k++) samples[k]! -= median;
  const slope = fit(samples);
  if (slope === undefined) return { z1: least, z2: most };
  const rise = slope / CONTRAST;
  return {
    z1: Math.max(least, median - (centre - 1) * rise),
    z2: Math.min(most, median + (count - centre) * rise),
  };
}

/**
 * Takes the first 1000 finite values on a square grid, row by row.
 *
 * @param samples Receives the values; it has space for 1000.
 * @returns Their number.
 */
export function takeSamples(
  image: Float64Array,
  width: number,
  height: number,
  samples: Float64Array,
): number {
  const stride = Math.floor(
    Math.max(1, Math.sqrt((height - 1) * (width - 1) / SAMPLES)),
  );
  let count = 0;
  for (let row = 0; row < height && count < SAMPLES; row += stride) {
    for (let k = 0; k < width && count < SAMPLES; k += stride) {
      const value = image[row * width + k]!;
      if (Number.isFinite(value)) samples[count++] = value;
    }
  }
  return count;
}

/**
 * Fits a line to sorted samples; returns its slope per sample, `undefined` when too few
 * samples stay good.
 */
export function fitSlope(samples: Float64Array): number | undefined {
  const count = samples.length;
  const needed = Math.max(LEAST, Math.floor(LEAST_PART * count));
  const window = Math.max(1, Math.floor(GROW_PART * count));
  const step = 2 / (count - 1);
  const residuals = new Float64Array(count);
  let bad = new Uint8Array(count);
  let good = count;
  let before = count + 1;
  let slope = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (good >= before || good < needed) break;
    before = good;
    const line = fitLine(samples, bad, good, step);
    slope = line.slope;
    for (let k = 0; k < count; k++) {
      residuals[k] = samples[k]! -
        (line.slope * (k * step - 1) + line.intercept);
    }
    const limit = REJECT * computeDeviation(residuals, bad, good);
    for (let k = 0; k < count; k++) {
      if (Math.abs(residuals[k]!) > limit) bad[k] = 1;
    }
    bad = growRejections(bad, window);
    good = count;
    for (let k = 0; k < count; k++) good -= bad[k]!;
  }
  return good < needed ? undefined : slope * step;
}

/** Fits a line to the good samples by least squares; x runs from -1 to 1. */
function fitLine(
  samples: Float64Array,
  bad: Uint8Array,
  good: number,
  step: number,
): { slope: number; intercept: number } {
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  for (let k = 0; k < samples.length; k++) {
    if (bad[k]) continue;
    const x = k * step - 1;
    const y = samples[k]!;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const determinant = good * sumXX - sumX * sumX;
  return {
    slope: (good * sumXY - sumX * sumY) / determinant,
    intercept: (sumXX * sumY - sumX * sumXY) / determinant,
  };
}

/** Computes the sample standard deviation (n - 1) of the good residuals. */
function computeDeviation(
  residuals: Float64Array,
  bad: Uint8Array,
  good: number,
): number {
  let sum = 0;
  for (let k = 0; k < residuals.length; k++) {
    if (!bad[k]) sum += residuals[k]!;
  }
  const mean = sum / good;
  let squares = 0;
  for (let k = 0; k < residuals.length; k++) {
    if (bad[k]) continue;
    const off = residuals[k]! - mean;
    squares += off * off;
  }
  return Math.sqrt(squares / (good - 1));
}

/**
 * Rejects a window about each rejected sample, as `numpy.convolve` with ones and
 * `mode="same"`: a window of even width extends one sample further up than down.
 */
function growRejections(
  bad: Uint8Array,
  window: number,
): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(bad.length);
  const down = (window - 1) >> 1;
  let end = 0;
  for (let k = 0; k < bad.length; k++) {
    if (!bad[k]) continue;
    const start = Math.max(end, k - down);
    end = Math.min(k - down + window, bad.length);
    for (let n = start; n < end; n++) grown[n] = 1;
  }
  return grown;
}
