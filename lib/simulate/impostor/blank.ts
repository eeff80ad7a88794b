/**
 * Read-outs that show nothing.
 *
 * @module
 */
import type { Random } from "../random.ts";
import { anyCanvas } from "./canvas.ts";
import { type Counts, LIT, spectralFrame } from "./counts.ts";

/**
 * One value everywhere, a few values in stripes or blocks, or a read-out that
 * stopped half-way and went on with a constant.
 *
 * Two or three *neighbouring* values strewn about are a bias of a quiet
 * detector, and are not among these.
 */
export function blank(random: Random): Counts {
  switch (random.integer(0, 6)) {
    case 0:
      return constant(random, random.pick([0, 0, 65535, 32768]));
    case 1:
      return constant(random, random.integer(0, 65535));
    case 2:
    case 3:
      return fewLevels(random);
    case 4:
      return sparks(random);
    default:
      return stopped(random);
  }
}

function constant(random: Random, level: number): Counts {
  const { columns: width, rows: height } = anyCanvas(random);
  return { width, height, pixels: new Uint16Array(width * height).fill(level) };
}

/** Stripes or blocks of two to six levels. */
function fewLevels(random: Random): Counts {
  const plane = constant(random, 0);
  const { width, height, pixels } = plane;
  const levels = Array.from(
    { length: random.integer(2, 6) },
    () =>
      random.pick([
        0,
        65535,
        2 ** random.integer(0, 15),
        random.integer(0, 4000),
      ]),
  );
  const wide = random.chance(0.4)
    ? width
    : Math.ceil(width * random.uniform(0.02, 0.6));
  const high = Math.ceil(height * random.uniform(0.02, 0.6));
  const offset = random.integer(1, 97);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor(row / high) * offset + Math.floor(x / wide);
      pixels[row * width + x] = levels[block % levels.length]!;
    }
  }
  return plane;
}

/** One level, and a few pixels that are not at it. */
function sparks(random: Random): Counts {
  const plane = constant(random, random.pick([0, 0, random.integer(1, 3000)]));
  const { pixels } = plane;
  const count = random.logUniform(1, 1e-3 * pixels.length + 2);
  for (let spark = 0; spark < count; spark++) {
    pixels[random.integer(0, pixels.length - 1)] = random.integer(0, 65535);
  }
  return plane;
}

/** A frame of which less than half was read out: more than a border is blank. */
function stopped(random: Random): Counts {
  const type = random.chance(0.4) ? "bias" : random.pick(LIT);
  const plane = spectralFrame(random, type);
  const { width, height, pixels } = plane;
  const end = Math.floor(random.uniform(0.03, 0.4) * height) * width +
    random.integer(0, width - 1);
  if (random.chance(0.5)) {
    pixels.fill(
      random.pick([0, 0, 65535, 32768, random.integer(0, 3000)]),
      end,
    );
    return plane;
  }
  // The buffer kept its last row.
  const last = Math.max(0, end - width);
  for (let k = end; k < pixels.length; k++) {
    pixels[k] = pixels[last + (k - end) % width]!;
  }
  return plane;
}
