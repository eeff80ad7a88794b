/**
 * Frames of cameras without a slit: direct images of the sky, their flats, and
 * slitless spectra.
 *
 * @module
 */
import type { Random } from "../random.ts";
import {
  addLight,
  addPatch,
  applyFieldStop,
  applyVignetting,
  type Canvas,
  computeFullWell,
  computeNoise,
  sampleSkyLevel,
  transformLight,
} from "./canvas.ts";
import { createNoiseField } from "./noise.ts";
import {
  addGalaxies,
  addStar,
  addStars,
  createMoffatStar,
  sampleStarShape,
} from "./stars.ts";

/**
 * Paints a direct image: stars, star clusters, galaxies and nebulae on a sky with
 * gradients, sometimes vignetted or behind a field stop. Some stars are always
 * bright.
 */
export function paintImaging(canvas: Canvas, random: Random): void {
  const sky = sampleSkyLevel(random, canvas);
  const { columns, rows } = canvas;
  const columnSlope = random.chance(0.5) ? random.uniform(-0.4, 0.4) : 0;
  const rowSlope = random.chance(0.5) ? random.uniform(-0.4, 0.4) : 0;
  addLight(
    canvas,
    (column, row) =>
      sky *
      (1 + columnSlope * (column / columns - 0.5) +
        rowSlope * (row / rows - 0.5)),
  );
  if (random.chance(0.3)) addNebula(canvas, random, sky);
  addStars(canvas, random, sampleStarShape(random, canvas), sky);
  if (random.chance(0.35)) addGalaxies(canvas, random, sky);
  if (random.chance(0.3)) {
    applyVignetting(canvas, random, random.uniform(0.1, 0.7));
  }
  if (random.chance(0.15)) applyFieldStop(canvas, random);
}

/** Adds a bright nebula, or a dark one that absorbs light. */
function addNebula(canvas: Canvas, random: Random, sky: number): void {
  const { columns, rows, detector } = canvas;
  const cell = random.uniform(0.1, 0.5) * Math.max(columns, rows);
  const field = createNoiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves: 5,
    persistence: random.uniform(0.4, 0.65),
  });
  const strength = computeNoise(detector, sky) * random.logUniform(0.7, 30);
  const isDark = random.chance(0.2);
  transformLight(canvas, (electrons, column, row) => {
    const gas = Math.max(0, field[row * columns + column]! + 0.3);
    return isDark ? electrons / (1 + gas) : electrons + strength * gas * gas;
  });
}

/**
 * Paints an imaging flat of the twilight sky or a dome: vignetted light with
 * ring-shaped shadows of dust, occasionally with a field stop, stars or fringes.
 *
 * A flat through a slit falls off along both axes too, because of the slit
 * illumination and the blaze. So every imaging flat has dust, one with little dust
 * also has uneven light, and a slightly vignetted one a field stop.
 */
export function paintImagingFlat(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const level = random.logUniform(0.02, 0.95) * computeFullWell(detector);
  const columnSlope = random.normal() * 0.08;
  const rowSlope = random.normal() * 0.08;
  addLight(
    canvas,
    (column, row) =>
      level * (1 + columnSlope * column / columns + rowSlope * row / rows),
  );
  const depth = random.uniform(0, 0.9);
  applyVignetting(canvas, random, depth);
  const dustCount = Math.round(random.logUniform(1.5, 35));
  const isClean = dustCount < 6;
  if (isClean || random.chance(0.5)) {
    applyUnevenness(canvas, random, isClean ? 0.05 : 0.005);
  }
  addDustShadows(canvas, random, level, dustCount);
  if (random.chance(0.15)) {
    addStars(canvas, random, sampleStarShape(random, canvas), level);
  }
  if (depth < 0.2 || random.chance(0.2)) {
    applyFieldStop(canvas, random, random.uniform(0.4, 0.6));
  }
}

/**
 * Makes the light uneven: broad clouds, or the fringes of night-sky lines in a thinned CCD.
 *
 * @param least Smallest relative depth.
 */
function applyUnevenness(canvas: Canvas, random: Random, least: number): void {
  const { columns, rows } = canvas;
  const hasFringes = random.chance(0.35);
  const cell = random.uniform(0.15, 0.5) * Math.max(columns, rows);
  const field = createNoiseField(random, rows, columns, {
    cell: [cell, cell],
    octaves: hasFringes ? 2 : 4,
    persistence: 0.5,
  });
  const depth = random.logUniform(least, hasFringes ? 0.06 : 0.25);
  const frequency = random.uniform(8, 30);
  transformLight(canvas, (electrons, column, row) => {
    const cloud = field[row * columns + column]!;
    return electrons *
      (1 + depth * (hasFringes ? Math.sin(frequency * cloud) : cloud));
  });
}

/**
 * Subtracts the shadows of dust: rings of three sizes, as dust lies on three surfaces
 * at different distances from the detector.
 */
function addDustShadows(
  canvas: Canvas,
  random: Random,
  level: number,
  count: number,
): void {
  const { columns, rows, detector } = canvas;
  const side = Math.max(columns, rows);
  const sizes = [1, 2, 3].map(() => random.logUniform(0.008, 0.06) * side);
  const minDepth = 3 * computeNoise(detector, level) / level;
  for (let ring = count; ring > 0; ring--) {
    const outer = random.pick(sizes) * random.uniform(0.9, 1.1);
    const inner = outer * random.uniform(0.2, 0.55);
    const depth = level *
      Math.min(0.4, minDepth * 0.5 + random.logUniform(0.02, 0.15));
    addPatch(
      canvas,
      random.uniform(0, columns),
      random.uniform(0, rows),
      outer,
      (dx, dy) => {
        const distance = Math.sqrt(dx * dx + dy * dy);
        if (distance > outer) return 0;
        const edge = Math.min(
          1,
          (outer - distance) / 2,
          Math.abs(distance - inner) / 2,
        );
        return distance > inner ? -depth * edge : -0.15 * depth * edge;
      },
    );
  }
}

/**
 * Paints a slitless field seen through a prism or grism: each star has its own
 * short spectrum, and spectra overlap. In most frames each star also has an
 * undispersed image in the zeroth order.
 */
export function paintSlitless(canvas: Canvas, random: Random): void {
  const { columns, rows, detector } = canvas;
  const sky = Math.min(
    sampleSkyLevel(random, canvas),
    0.1 * computeFullWell(detector),
  );
  const noise = computeNoise(detector, sky);
  addLight(canvas, () => sky);
  const length = Math.round(random.uniform(0.05, 0.35) * columns) + 12;
  const zerothOrderOffset = random.chance(0.8)
    ? random.uniform(0.02, 0.3) * columns
    : NaN;
  const width = random.logUniform(0.8, 3);
  const slant = random.normal() * 0.02;
  const bandCentre = random.uniform(0.3, 0.7);
  const bandWidth = random.uniform(0.15, 0.4);
  const shape = createMoffatStar(random, width);
  const stars = random.logUniform(20, 350);
  for (let star = 0; star < stars; star++) {
    const left = random.uniform(-0.3, 1) * columns;
    const row = random.uniform(0, rows);
    const level = noise *
      (star < 8 ? random.logUniform(10, 200) : random.logUniform(0.7, 30));
    const spectrum = sampleGrismSpectrum(
      random,
      length,
      bandCentre,
      bandWidth,
      level,
    );
    addSpectrum(canvas, spectrum, left, row, slant, width);
    if (zerothOrderOffset > 0) {
      addStar(
        canvas,
        left - zerothOrderOffset,
        row - slant * zerothOrderOffset,
        level * random.uniform(1, 4),
        shape,
        noise,
      );
    }
  }
  if (random.chance(0.3)) {
    applyVignetting(canvas, random, random.uniform(0.1, 0.6));
  }
}

/**
 * Samples the spectrum of a star through a grism, with absorption lines and bands.
 *
 * @param bandCentre Centre of the grism's band, as a fraction of the length.
 * @param bandWidth Standard deviation of the band, as a fraction of the length.
 */
function sampleGrismSpectrum(
  random: Random,
  length: number,
  bandCentre: number,
  bandWidth: number,
  level: number,
): Float32Array {
  const slope = random.uniform(-1.5, 1.5);
  const spectrum = Float32Array.from({ length }, (_, k) => {
    const position = k / length;
    const ends = Math.min(1, 8 * position, 8 * (1 - position));
    return level * ends *
      Math.exp(-0.5 * ((position - bandCentre) / bandWidth) ** 2) *
      Math.max(0, 1 + slope * (position - bandCentre));
  });
  for (let line = random.integer(0, 5); line > 0; line--) {
    const centre = random.integer(0, length - 1);
    const factor = random.chance(0.8) ? random.uniform(0.3, 0.9) : 3;
    const half = random.integer(1, Math.ceil(0.03 * length));
    for (let k = centre - half; k <= centre + half; k++) {
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
  slant: number,
  width: number,
): void {
  for (let k = 0; k < spectrum.length; k++) {
    const column = Math.round(left) + k;
    if (column < 0 || column >= columns) continue;
    const centre = row + slant * k;
    const last = Math.min(rows - 1, Math.floor(centre + 4 * width));
    const first = Math.max(0, Math.ceil(centre - 4 * width));
    for (let y = first; y <= last; y++) {
      light[y * columns + column]! += spectrum[k]! *
        Math.exp(-0.5 * ((y - centre) / width) ** 2);
    }
  }
}
