/**
 * Spectral frames that lost their order on the way into the file.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { type Counts, LIT, spectralFrame, transposed } from "./counts.ts";
import { percentile } from "./percentile.ts";

/** Spoils counts, given the plane they belong to. */
type Spoiler = (frame: Counts, random: Random) => Uint16Array;

/** How much rougher a frame must have become, or else it is still what it was. */
const ROUGHER = 2;

/** How much of it rows and columns of one brightness each may make up. */
const MOST_PLAIN = 0.5;

/** Spoilers after which no frame is what it was. */
const SURE: readonly Spoiler[] = [bytesSwapped, bitsShifted, bytesLost];

/**
 * A frame of any lit type, of which blocks, rows, bytes or bits went astray.
 *
 * Some frames do not mind: an arc whose rows change places is an arc, and a star
 * whose rows do is several. Where the damage does not show in means over 8 × 8
 * pixels, or leaves nothing but straight rows and columns, bytes are swapped as
 * well, which no frame survives.
 */
export function shuffled(random: Random): Counts {
  const frame = spectralFrame(random, random.pick(LIT));
  const lying = random.chance(0.5) ? frame : transposed(frame);
  const spoil = random.pick(SPOILERS);
  const pixels = spoil(lying, random);
  const spoilt = { ...lying, pixels };
  const isSpoilt = SURE.includes(spoil) ||
    roughness(spoilt) > ROUGHER * roughness(lying) &&
      plainness(spoilt) < MOST_PLAIN;
  return isSpoilt ? spoilt : { ...lying, pixels: bytesSwapped(spoilt, random) };
}

const SPOILERS: readonly Spoiler[] = [
  blocksMoved,
  blocksMoved,
  rowsAstray,
  wrongLength,
  segmentsLost,
  bytesSwapped,
  bitsShifted,
  bytesLost,
];

function blocksMoved({ width, height, pixels }: Counts, random: Random) {
  const wide = Math.max(8, Math.floor(width / random.integer(3, 24)));
  const high = Math.max(8, Math.floor(height / random.integer(3, 16)));
  const across = Math.floor(width / wide);
  const down = Math.floor(height / high);
  const from = shuffledIndices(random, across * down);
  const out = pixels.slice();
  for (let block = 0; block < from.length; block++) {
    const to = Math.floor(block / across) * high * width +
      block % across * wide;
    const here = Math.floor(from[block]! / across) * high * width +
      from[block]! % across * wide;
    for (let y = 0; y < high * width; y += width) {
      out.set(pixels.subarray(here + y, here + y + wide), to + y);
    }
  }
  return out;
}

/** Fisher and Yates. */
function shuffledIndices(random: Random, count: number): number[] {
  const indices = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = random.integer(0, k);
    [indices[k], indices[other]] = [indices[other]!, indices[k]!];
  }
  return indices;
}

/** Rows in any order, each beginning anywhere. */
function rowsAstray({ width, height, pixels }: Counts, random: Random) {
  const out = new Uint16Array(pixels.length);
  const from = shuffledIndices(random, height);
  for (let row = 0; row < height; row++) {
    const start = from[row]! * width;
    const shift = random.integer(0, width - 1);
    out.set(pixels.subarray(start + shift, start + width), row * width);
    out.set(
      pixels.subarray(start, start + shift),
      row * width + width - shift,
    );
  }
  return out;
}

/** Read as rows of another length: all that was upright leans. */
function wrongLength({ width, pixels }: Counts, random: Random) {
  const wrong = Math.max(
    20,
    Math.round(width * random.pick([0.5, 1, 1, 2])) +
      random.integer(3, Math.ceil(width / 12)) * random.pick([-1, 1]),
  );
  const out = new Uint16Array(pixels.length);
  for (let k = 0; k < out.length; k++) {
    const row = Math.floor(k / width);
    out[k] = pixels[(row * wrong + k % width) % pixels.length]!;
  }
  return out;
}

/** Stretches left out, so that the rest slides, or written twice; the end is empty. */
function segmentsLost({ width, height, pixels }: Counts, random: Random) {
  const out = new Uint16Array(pixels.length);
  let here = 0;
  let there = 0;
  while (here < pixels.length && there < out.length) {
    const length = Math.ceil(
      width * height * random.logUniform(0.002, 0.06) +
        random.integer(1, width),
    );
    const piece = pixels.subarray(
      here,
      Math.min(here + length, here + out.length - there),
    );
    out.set(piece, there);
    there += piece.length;
    here += Math.floor(length * random.pick([0.2, 1.7, 1]));
  }
  return out;
}

function bytesSwapped({ pixels }: Counts, _random: Random) {
  return pixels.map((value) => (value >> 8) | ((value & 255) << 8));
}

/** The highest bits lost and the others moved up: counts that wrap around, those of the background too. */
function bitsShifted({ pixels }: Counts, random: Random) {
  const level = Math.max(1, percentile(pixels, 0.5));
  const unused = 16 - Math.floor(Math.log2(level)) - 1;
  const shift = Math.min(13, unused + random.integer(3, 6));
  return pixels.map((value) => value << shift);
}

/** A stream that was cut: from somewhere on, noise of all bits. */
function bytesLost({ pixels }: Counts, random: Random) {
  const out = pixels.slice();
  const from = Math.floor(random.uniform(0, 0.6) * out.length);
  for (let k = from; k < out.length; k++) out[k] = random.integer(0, 65535);
  return out;
}

/** Means over 8 × 8 pixels. */
function blockMeans({ width, height, pixels }: Counts) {
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

/** Sum of the steps between neighbouring means. */
function roughness(frame: Counts): number {
  const { across, down, means } = blockMeans(frame);
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

/** Part of the variance of the means that the sum of a row's and a column's explains. */
function plainness(frame: Counts): number {
  const { across, down, means } = blockMeans(frame);
  const rows = new Float64Array(down);
  const columns = new Float64Array(across);
  let all = 0;
  for (let k = 0; k < means.length; k++) {
    const mean = means[k]!;
    rows[Math.floor(k / across)]! += mean / across;
    columns[k % across]! += mean / down;
    all += mean / means.length;
  }
  let total = 0;
  let left = 0;
  for (let k = 0; k < means.length; k++) {
    const mean = means[k]!;
    const plain = rows[Math.floor(k / across)]! + columns[k % across]! - all;
    total += (mean - all) ** 2;
    left += (mean - plain) ** 2;
  }
  return total === 0 ? 1 : 1 - left / total;
}
