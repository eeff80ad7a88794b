/**
 * The detector: converts light in electrons to the 16-bit counts of a raw file.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import type { Detector } from "./instrument.ts";
import { makeRandom, type Random } from "./random.ts";

/** An image plane of unsigned 16-bit counts. */
export type RawPlane = Plane & { readonly pixels: Uint16Array };

/**
 * Cosmic-ray hits per pixel and second of a typical detector. Thick,
 * red-sensitive CCDs record about three times as many as thin ones.
 */
const COSMIC_RAY_RATE = 3e-7;

/** Upper limit of cosmic-ray hits in a frame. */
const MAX_COSMIC_RAYS = 6000;

/** A table of normal deviates: computing a new one for each pixel would dominate the run time. */
const DEVIATES: Float32Array = (() => {
  const random = makeRandom(20180601);
  return Float32Array.from({ length: 1 << 18 }, () => random.normal());
})();
const DEVIATE_MASK = DEVIATES.length - 1;

/**
 * Adds the electrons that the detector itself produces during an exposure:
 * dark current, glow and warm pixels.
 *
 * @param light Electrons, rows × columns, row-major; modified in place.
 * @param exposure Exposure time in seconds; with 0 only the glow of the read-out is added.
 * @param random Stream that belongs to the detector, not to the exposure, so that
 *   warm pixels have the same positions in every frame.
 */
export function addDarkCurrent(
  light: Float32Array,
  columns: number,
  { darkCurrent, glow, warmFraction, warmRate }: Detector,
  exposure: number,
  random: Random,
): void {
  const rows = light.length / columns;
  const dark = darkCurrent * exposure;
  const glowPeak = glow.electrons * (2 + dark);
  const { isFromEdges, scaleLength } = glow;
  const fade = (position: number, origin: number) =>
    Math.exp(
      -(isFromEdges
        ? 2 * Math.min(position, 1 - position)
        : Math.abs(position - origin)) /
        scaleLength,
    );
  const columnGlow = Float32Array.from(
    { length: columns },
    (_, column) => fade(column / columns, glow.column),
  );
  for (let row = 0; row < rows; row++) {
    const rowGlow = fade(row / rows, glow.row);
    for (let column = 0; column < columns; column++) {
      const relative = isFromEdges
        ? Math.max(rowGlow, columnGlow[column]!)
        : rowGlow * columnGlow[column]!;
      light[row * columns + column]! += dark + glowPeak * relative;
    }
  }
  for (let n = Math.round(warmFraction * light.length); n > 0; n--) {
    const pixel = random.integer(0, light.length - 1);
    light[pixel]! += warmRate * exposure * random.logUniform(0.2, 8);
  }
}

/**
 * Adds cosmic rays: short straight tracks, in number proportional to the
 * exposure time.
 *
 * @param light Electrons, rows × columns, row-major; modified in place.
 * @param exposure Exposure time in seconds.
 * @param rate Hit rate relative to a typical detector's.
 * @returns The number of hits.
 */
export function addCosmicRays(
  light: Float32Array,
  columns: number,
  exposure: number,
  rate: number,
  random: Random,
): number {
  const rows = light.length / columns;
  const hits = Math.min(
    MAX_COSMIC_RAYS,
    random.poisson(COSMIC_RAY_RATE * rate * exposure * light.length),
  );
  for (let hit = 0; hit < hits; hit++) {
    let x = random.uniform(0, columns);
    let y = random.uniform(0, rows);
    const angle = random.uniform(0, 2 * Math.PI);
    const electrons = random.logUniform(80, 6000);
    for (let length = random.logUniform(1, 25); length > 0; length -= 0.7) {
      const column = Math.floor(x);
      const row = Math.floor(y);
      if (column < 0 || column >= columns || row < 0 || row >= rows) break;
      light[row * columns + column]! += electrons * random.uniform(0.5, 1);
      x += 0.7 * Math.cos(angle);
      y += 0.7 * Math.sin(angle);
    }
  }
  return hits;
}

/**
 * Reads a detector out: pixel response, shot noise, read noise, amplifiers,
 * patterns and digitisation to 16 bits.
 *
 * @param light Electrons, rows × columns, row-major; bad columns are applied in place.
 * @returns Counts, rows × (columns + overscan).
 */
export function readOut(
  light: Float32Array,
  columns: number,
  detector: Detector,
  random: Random,
): RawPlane {
  const rows = light.length / columns;
  for (const { column, fromRow, toRow, factor } of detector.badColumns) {
    for (let row = fromRow; row < toRow; row++) {
      light[row * columns + column]! *= factor;
    }
  }
  const { gain, readNoise, biasLevel, overscan, slope, columnPattern } =
    detector;
  const { amplitude, cycles } = detector.interference;
  const phase = random.uniform(0, 2 * Math.PI);
  const width = columns + overscan;
  const firstColumn = detector.isPrescan ? overscan : 0;
  const pixels = new Uint16Array(width * rows);
  for (let row = 0; row < rows; row++) {
    const offset = random.integer(0, DEVIATE_MASK);
    const rowLevel = biasLevel + detector.rowPattern * random.normal() +
      slope[0] * row / rows;
    for (let x = 0; x < width; x++) {
      const column = x - firstColumn;
      const isImage = column >= 0 && column < columns;
      let electrons = 0;
      if (isImage) {
        const pixel = row * columns + column;
        electrons = Math.max(0, light[pixel]!) *
          (1 + detector.prnu * DEVIATES[pixel & DEVIATE_MASK]!);
      }
      const shotNoise = Math.sqrt(electrons) *
        DEVIATES[(offset + 2 * x) & DEVIATE_MASK]!;
      const noise = readNoise * DEVIATES[(offset + 3 * x + 77) & DEVIATE_MASK]!;
      const wave = amplitude === 0 ? 0 : amplitude * Math.sin(
        phase + 2 * Math.PI * (cycles[0] * row / rows + cycles[1] * x / width),
      );
      const counts = (electrons + shotNoise + noise) / gain + rowLevel + wave +
        slope[1] * x / width + columnPattern[x]! +
        selectAmplifierOffset(detector, row / rows, x / width) +
        (isImage ? 0 : detector.overscanOffset);
      pixels[row * width + x] = Math.max(
        0,
        Math.min(Math.round(counts), detector.saturation),
      );
    }
  }
  const plane = { width, height: rows, pixels };
  addStuckPixels(plane, detector);
  clearBlankBorder(plane, detector);
  return plane;
}

/** Swaps the rows and columns of a plane. */
export function transpose({ width, height, pixels }: RawPlane): RawPlane {
  const transposed = new Uint16Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      transposed[x * height + row] = pixels[row * width + x]!;
    }
  }
  return { width: height, height: width, pixels: transposed };
}

function clearBlankBorder(
  { width, height, pixels }: RawPlane,
  { blankBorder }: Detector,
): void {
  if (!blankBorder) return;
  const { side, fraction } = blankBorder;
  for (let row = 0; row < height; row++) {
    const isBlankRow = side === "first" && row < fraction * height ||
      side === "last" && row >= (1 - fraction) * height;
    if (!isBlankRow && (side === "first" || side === "last")) continue;
    const from = isBlankRow || side === "left" ? 0 : (1 - fraction) * width;
    const to = isBlankRow || side === "right" ? width : fraction * width;
    pixels.fill(0, row * width + Math.ceil(from), row * width + Math.floor(to));
  }
}

/** Adds pixels with a constant error. A bias has them too, so they do not mark a dark. */
function addStuckPixels(
  { width, height, pixels }: RawPlane,
  { stuckFraction, biasLevel, saturation, gain, readNoise }: Detector,
): void {
  // Seeded by the detector's size, so that every frame has the same stuck pixels.
  const random = makeRandom(width * height + 1);
  for (let n = Math.round(stuckFraction * pixels.length); n > 0; n--) {
    const pixel = random.integer(0, pixels.length - 1);
    const error = readNoise / gain * random.logUniform(8, 20000);
    const counts = random.chance(0.7)
      ? pixels[pixel]! + error
      : biasLevel - error;
    pixels[pixel] = Math.max(0, Math.min(Math.round(counts), saturation));
  }
}

/**
 * Returns the offset of the amplifier that reads a pixel.
 *
 * @param row As a fraction of the height.
 * @param column As a fraction of the width.
 */
function selectAmplifierOffset(
  { amplifierOffsets, splitAlong }: Detector,
  row: number,
  column: number,
): number {
  if (amplifierOffsets.length === 1) return 0;
  const right = column < 0.5 ? 0 : 1;
  const upper = row < 0.5 ? 0 : 1;
  if (amplifierOffsets.length === 4) {
    return amplifierOffsets[right + 2 * upper]!;
  }
  return amplifierOffsets[splitAlong === "dispersion" ? right : upper]!;
}
