/**
 * Fields seen through a prism or grism without a slit.
 *
 * @module
 */
import type { Random } from "../random.ts";
import {
  type Canvas,
  fullWell,
  noiseOf,
  paint,
  sampleSky,
  vignette,
} from "./canvas.ts";
import { addStar, moffat } from "./stars.ts";

/**
 * Every star a short spectrum of its own, beginning anywhere and running into
 * others, most with the dot of the order that nothing disperses.
 */
export function slitless(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const sky = Math.min(sampleSky(random, canvas), 0.1 * fullWell(detector));
  const noise = noiseOf(detector, sky);
  paint(canvas, () => sky);
  const length = Math.round(random.uniform(0.05, 0.35) * columns) + 12;
  const zeroth = random.chance(0.8) ? random.uniform(0.02, 0.3) * columns : NaN;
  const width = random.logUniform(0.8, 3);
  const lean = random.normal() * 0.02;
  const peak = random.uniform(0.3, 0.7);
  const broad = random.uniform(0.15, 0.4);
  const shape = moffat(random, width);
  const stars = random.logUniform(20, 350);
  for (let star = 0; star < stars; star++) {
    const left = random.uniform(-0.3, 1) * columns;
    const row = random.uniform(0, rows);
    const level = noise *
      (star < 8 ? random.logUniform(10, 200) : random.logUniform(0.7, 30));
    const spectrum = shortSpectrum(random, length, peak, broad, level);
    addSpectrum(canvas, spectrum, left, row, lean, width);
    if (zeroth > 0) {
      const at = left - zeroth;
      const dot = level * random.uniform(1, 4);
      addStar(canvas, at, row - lean * zeroth, dot, shape, noise);
    }
  }
  if (random.chance(0.3)) vignette(canvas, random, random.uniform(0.1, 0.6));
}

/** The band of a grism, cut by the lines and bands of a star. */
function shortSpectrum(
  random: Random,
  length: number,
  peak: number,
  broad: number,
  level: number,
): Float32Array {
  const slope = random.uniform(-1.5, 1.5);
  const spectrum = Float32Array.from({ length }, (_, k) => {
    const at = k / length;
    const ends = Math.min(1, 8 * at, 8 * (1 - at));
    return level * ends * Math.exp(-0.5 * ((at - peak) / broad) ** 2) *
      Math.max(0, 1 + slope * (at - peak));
  });
  for (let line = random.integer(0, 5); line > 0; line--) {
    const at = random.integer(0, length - 1);
    const factor = random.chance(0.8) ? random.uniform(0.3, 0.9) : 3;
    const half = random.integer(1, Math.ceil(0.03 * length));
    for (let k = at - half; k <= at + half; k++) {
      if (k >= 0 && k < length) spectrum[k]! *= factor;
    }
  }
  return spectrum;
}

function addSpectrum(
  { columns, rows, light }: Canvas,
  spectrum: Float32Array,
  left: number,
  row: number,
  lean: number,
  width: number,
): void {
  for (let k = 0; k < spectrum.length; k++) {
    const column = Math.round(left) + k;
    if (column < 0 || column >= columns) continue;
    const centre = row + lean * k;
    const last = Math.min(rows - 1, Math.floor(centre + 4 * width));
    const first = Math.max(0, Math.ceil(centre - 4 * width));
    for (let y = first; y <= last; y++) {
      light[y * columns + column]! += spectrum[k]! *
        Math.exp(-0.5 * ((y - centre) / width) ** 2);
    }
  }
}
