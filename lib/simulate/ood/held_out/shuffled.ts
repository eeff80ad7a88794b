/**
 * Spectral frames whose data were scrambled on the way into the file.
 *
 * @module
 */
import { type RawPlane, transpose } from "../../detector.ts";
import type { Random } from "../../random.ts";
import {
  estimatePercentile,
  LIT_TYPES,
  simulateSpectralFrame,
} from "../expose.ts";

/** Scrambles the pixels of a frame. */
type Scrambler = (frame: RawPlane, random: Random) => Uint16Array;

/** Factor by which the roughness of a frame must increase for the damage to be visible. */
const MIN_ROUGHNESS_RATIO = 2;

/**
 * Upper limit of the variance that the sum of a row profile and a column profile
 * explains, as a fraction.
 */
const MAX_SEPARABLE_FRACTION = 0.5;

/** Scramblers whose damage is always visible. */
const ALWAYS_VISIBLE: readonly Scrambler[] = [
  swapBytes,
  shiftBits,
  truncateStream,
];

/**
 * Simulates a spectral frame with scrambled blocks, rows, bytes or bits.
 *
 * Some scrambled frames still look like a spectral frame: an arc with permuted rows
 * remains an arc, and a star with permuted rows becomes several stars. If means
 * over 8 × 8 pixels do not reveal the damage, or show straight rows and columns
 * only, the bytes are swapped as well, which always makes the frame unusable.
 */
export function simulateShuffled(random: Random): RawPlane {
  const frame = simulateSpectralFrame(random, random.pick(LIT_TYPES));
  const original = random.chance(0.5) ? frame : transpose(frame);
  const scramble = random.pick(SCRAMBLERS);
  const scrambled = { ...original, pixels: scramble(original, random) };
  const isVisible = ALWAYS_VISIBLE.includes(scramble) ||
    computeRoughness(scrambled) >
          MIN_ROUGHNESS_RATIO * computeRoughness(original) &&
      computeSeparableFraction(scrambled) < MAX_SEPARABLE_FRACTION;
  return isVisible
    ? scrambled
    : { ...original, pixels: swapBytes(scrambled, random) };
}

const SCRAMBLERS: readonly Scrambler[] = [
  permuteBlocks,
  permuteBlocks,
  permuteRows,
  misreadRowLength,
  dropSegments,
  swapBytes,
  shiftBits,
  truncateStream,
];

function permuteBlocks({ width, height, pixels }: RawPlane, random: Random) {
  const blockWidth = Math.max(8, Math.floor(width / random.integer(3, 24)));
  const blockHeight = Math.max(8, Math.floor(height / random.integer(3, 16)));
  const across = Math.floor(width / blockWidth);
  const down = Math.floor(height / blockHeight);
  const sources = permuteIndices(random, across * down);
  const out = pixels.slice();
  for (let block = 0; block < sources.length; block++) {
    const source = sources[block]!;
    const to = Math.floor(block / across) * blockHeight * width +
      block % across * blockWidth;
    const from = Math.floor(source / across) * blockHeight * width +
      source % across * blockWidth;
    for (let y = 0; y < blockHeight * width; y += width) {
      out.set(pixels.subarray(from + y, from + y + blockWidth), to + y);
    }
  }
  return out;
}

/** Returns a random permutation of 0 to `count` - 1 (Fisher-Yates). */
function permuteIndices(random: Random, count: number): number[] {
  const indices = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = random.integer(0, k);
    [indices[k], indices[other]] = [indices[other]!, indices[k]!];
  }
  return indices;
}

/** Permutes the rows, and rotates each by a random number of columns. */
function permuteRows({ width, height, pixels }: RawPlane, random: Random) {
  const out = new Uint16Array(pixels.length);
  const sources = permuteIndices(random, height);
  for (let row = 0; row < height; row++) {
    const start = sources[row]! * width;
    const shift = random.integer(0, width - 1);
    out.set(pixels.subarray(start + shift, start + width), row * width);
    out.set(
      pixels.subarray(start, start + shift),
      row * width + width - shift,
    );
  }
  return out;
}

/** Reads the data with a wrong row length, which slants vertical structures. */
function misreadRowLength({ width, pixels }: RawPlane, random: Random) {
  const wrongWidth = Math.max(
    20,
    Math.round(width * random.pick([0.5, 1, 1, 2])) +
      random.integer(3, Math.ceil(width / 12)) * random.pick([-1, 1]),
  );
  const out = new Uint16Array(pixels.length);
  for (let k = 0; k < out.length; k++) {
    const row = Math.floor(k / width);
    out[k] = pixels[(row * wrongWidth + k % width) % pixels.length]!;
  }
  return out;
}

/** Omits or repeats segments of the data, which shifts what follows; the end may be empty. */
function dropSegments({ width, height, pixels }: RawPlane, random: Random) {
  const out = new Uint16Array(pixels.length);
  let from = 0;
  let to = 0;
  while (from < pixels.length && to < out.length) {
    const length = Math.ceil(
      width * height * random.logUniform(0.002, 0.06) +
        random.integer(1, width),
    );
    const segment = pixels.subarray(
      from,
      Math.min(from + length, from + out.length - to),
    );
    out.set(segment, to);
    to += segment.length;
    from += Math.floor(length * random.pick([0.2, 1.7, 1]));
  }
  return out;
}

function swapBytes({ pixels }: RawPlane, _random: Random) {
  return pixels.map((value) => (value >> 8) | ((value & 255) << 8));
}

/** Shifts the bits up until even the background overflows and wraps around. */
function shiftBits({ pixels }: RawPlane, random: Random) {
  const level = Math.max(1, estimatePercentile(pixels, 0.5));
  const unused = 16 - Math.floor(Math.log2(level)) - 1;
  const shift = Math.min(13, unused + random.integer(3, 6));
  return pixels.map((value) => value << shift);
}

/** Replaces everything after a random position with uniform noise. */
function truncateStream({ pixels }: RawPlane, random: Random) {
  const out = pixels.slice();
  const from = Math.floor(random.uniform(0, 0.6) * out.length);
  for (let k = from; k < out.length; k++) out[k] = random.integer(0, 65535);
  return out;
}

/** Computes means over blocks of 8 × 8 pixels. */
function computeBlockMeans({ width, height, pixels }: RawPlane) {
  const across = Math.floor(width / 8);
  const down = Math.floor(height / 8);
  const means = new Float64Array(across * down);
  for (let row = 0; row < down * 8; row++) {
    for (let x = 0; x < across * 8; x++) {
      means[(row >> 3) * across + (x >> 3)]! += pixels[row * width + x]! / 64;
    }
  }
  return { across, down, means };
}

/** Computes the sum of absolute differences between adjacent block means. */
function computeRoughness(frame: RawPlane): number {
  const { across, down, means } = computeBlockMeans(frame);
  let sum = 0;
  for (let row = 1; row < down; row++) {
    for (let x = 1; x < across; x++) {
      const k = row * across + x;
      sum += Math.abs(means[k]! - means[k - 1]!) +
        Math.abs(means[k]! - means[k - across]!);
    }
  }
  return sum;
}

/**
 * Computes the fraction of the variance of block means that the sum of a row profile
 * and a column profile explains.
 */
function computeSeparableFraction(frame: RawPlane): number {
  const { across, down, means } = computeBlockMeans(frame);
  const rowMeans = new Float64Array(down);
  const columnMeans = new Float64Array(across);
  let grandMean = 0;
  for (let k = 0; k < means.length; k++) {
    const mean = means[k]!;
    rowMeans[Math.floor(k / across)]! += mean / across;
    columnMeans[k % across]! += mean / down;
    grandMean += mean / means.length;
  }
  let total = 0;
  let residual = 0;
  for (let k = 0; k < means.length; k++) {
    const mean = means[k]!;
    const fitted = rowMeans[Math.floor(k / across)]! +
      columnMeans[k % across]! - grandMean;
    total += (mean - grandMean) ** 2;
    residual += (mean - fitted) ** 2;
  }
  return total === 0 ? 1 : 1 - residual / total;
}
