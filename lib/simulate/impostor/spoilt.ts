/**
 * Spectral frames that were spoilt on their way into the file, and read-outs
 * that show nothing.
 *
 * @module
 */
import { FRAME_TYPES } from "../../frame_type.ts";
import type { Random } from "../random.ts";
import { simulateFrame } from "../simulate_frame.ts";

/** Counts as a file has them. */
export interface Counts {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint16Array;
}

/** A spectral frame whose blocks, rows or bytes have lost their order. */
export function shuffled(random: Random): Counts {
  const { width, height, pixels } = litFrame(random);
  switch (random.integer(0, 3)) {
    case 0: // bytes swapped
      return {
        width,
        height,
        pixels: pixels.map((v) => (v >> 8) | ((v & 255) << 8)),
      };
    case 1: { // rows that begin anywhere
      const out = new Uint16Array(pixels.length);
      for (let row = 0; row < height; row++) {
        const shift = random.integer(0, width - 1);
        for (let x = 0; x < width; x++) {
          out[row * width + x] = pixels[row * width + (x + shift) % width]!;
        }
      }
      return { width, height, pixels: out };
    }
    case 2: { // a wrong length of row
      const out = new Uint16Array(pixels.length);
      const wrong = width + random.integer(3, 60);
      for (let row = 0; row < height; row++) {
        for (let x = 0; x < width; x++) {
          out[row * width + x] = pixels[(row * wrong + x) % pixels.length]!;
        }
      }
      return { width, height, pixels: out };
    }
    default: { // blocks in any order
      const side = random.integer(16, 96);
      const across = Math.floor(width / side);
      const down = Math.max(1, Math.floor(height / side));
      const out = pixels.slice();
      for (let block = 0; block < across * down; block++) {
        const from = random.integer(0, across * down - 1);
        for (let y = 0; y < Math.min(side, height); y++) {
          const there = (Math.floor(block / across) * side + y) * width +
            block % across * side;
          const here = (Math.floor(from / across) * side + y) * width +
            from % across * side;
          out.set(pixels.subarray(here, here + side), there);
        }
      }
      return { width, height, pixels: out };
    }
  }
}

/** Two frames in one file: beside each other, or on top. */
export function mosaic(random: Random): Counts {
  // Two of one type, added, would be a third.
  const first = random.pick(LIT);
  const second = random.pick(LIT.filter((type) => type !== first));
  const { width, height, pixels: below } = litFrame(random, first);
  const pixels = below.slice();
  const other = litFrame(random, second);
  const isAdded = random.chance(0.4);
  const cut = Math.floor(width * random.uniform(0.25, 0.75));
  for (let row = 0; row < height; row++) {
    for (let x = isAdded ? 0 : cut; x < width; x++) {
      const y = row % other.height;
      // Turned against the first, as no two exposures of one instrument are.
      const value = other
        .pixels[y * other.width + (x * 7 + row) % other.width]!;
      const k = row * width + x;
      pixels[k] = isAdded ? Math.min(65535, pixels[k]! + value) : value;
    }
  }
  return { width, height, pixels };
}

/** A read-out at the ceiling: all of it, or most, with columns that bleed. */
export function saturated(random: Random): Counts {
  const { width, height } = sizeOf(random);
  const ceiling = random.chance(0.6) ? 65535 : random.integer(20000, 65000);
  const pixels = new Uint16Array(width * height).fill(ceiling);
  if (random.chance(0.7)) {
    const holes = random.integer(1, 12);
    for (let hole = 0; hole < holes; hole++) {
      const from = random.integer(0, width - 1);
      const to = Math.min(width, from + random.integer(1, 30));
      const last = random.integer(1, height);
      for (let row = 0; row < last; row++) {
        for (let x = from; x < to; x++) {
          pixels[row * width + x] = ceiling * random.uniform(0.6, 1);
        }
      }
    }
  }
  return { width, height, pixels };
}

/** A read-out without an image: one value, a few, or an image that ends. */
export function blank(random: Random): Counts {
  const { width, height } = sizeOf(random);
  const value = random.pick([0, 0, 32768, random.integer(1, 65535)]);
  const pixels = new Uint16Array(width * height).fill(value);
  const draw = random.uniform();
  if (draw < 0.35) {
    const period = random.integer(2, 64);
    for (let k = 0; k < pixels.length; k++) {
      if (k % period === 0) pixels[k] = value ^ 1;
    }
  } else if (draw < 0.6) {
    // The read-out stopped soon after its begin.
    const noisy = Math.floor(height * random.uniform(0.02, 0.2)) * width;
    for (let k = 0; k < noisy; k++) pixels[k] = 1000 + 5 * random.normal();
  }
  return { width, height, pixels };
}

function sizeOf(random: Random): { width: number; height: number } {
  const width = random.integer(300, 1800);
  return { width, height: random.integer(80, 800) };
}

/** A spectral frame with light. */
function litFrame(random: Random, type = random.pick(LIT)): Counts {
  return simulateFrame({ seed: random.integer(0, 2 ** 31), type }).plane;
}

const LIT = FRAME_TYPES.filter((type) => type !== "bias" && type !== "dark");
