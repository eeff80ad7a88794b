/**
 * The detector: converts light in electrons to the 16-bit counts of a raw file.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import type {
  Detector,
  PersistentSpot,
  ResetGradient,
  Strip,
} from "./instrument.ts";
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
 * dark current, glow, warm pixels and the afterglow of earlier exposures.
 *
 * @param light Electrons, rows × columns, row-major; modified in place.
 * @param exposure Exposure time in seconds; with 0 only the glow of the read-out is added.
 * @param random Stream that belongs to the detector, not to the exposure, so that
 *   warm pixels have the same positions in every frame.
 */
export function addDarkCurrent(
  light: Float32Array,
  columns: number,
  { darkCurrent, glow, warmFraction, warmRate, persistence }: Detector,
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
  if (exposure > 0) {
    for (const spot of persistence) addSpot(light, columns, spot);
  }
}

function addSpot(
  light: Float32Array,
  columns: number,
  { row, column, radius, electrons }: PersistentSpot,
): void {
  const rows = light.length / columns;
  const [middleRow, middleColumn] = [row * rows, column * columns];
  const reach = 4 * radius;
  const [left, right] = [middleColumn - reach, middleColumn + reach];
  for (
    let y = Math.max(0, Math.ceil(middleRow - reach));
    y <= Math.min(rows - 1, middleRow + reach);
    y++
  ) {
    for (
      let x = Math.max(0, Math.ceil(left));
      x <= Math.min(columns - 1, right);
      x++
    ) {
      const distance2 = (y - middleRow) ** 2 + (x - middleColumn) ** 2;
      light[y * columns + x]! += electrons *
        Math.exp(-0.5 * distance2 / radius ** 2);
    }
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
  // Tracks are short in thin detectors, and long in thick ones.
  const longest = random.logUniform(3, 30);
  for (let hit = 0; hit < hits; hit++) {
    let x = random.uniform(0, columns);
    let y = random.uniform(0, rows);
    const angle = random.uniform(0, 2 * Math.PI);
    const electrons = random.logUniform(80, 6000);
    for (
      let length = random.logUniform(1, longest);
      length > 0;
      length -= 0.7
    ) {
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

/** How the pixels of a read-out along one axis come from those of the image. */
interface AxisReadOut {
  /** Index of the image pixel, {@linkcode UNLIT} or {@linkcode GAP}. */
  readonly source: Int32Array;
  /** Counts that are added to the bias level. */
  readonly offset: Float32Array;
  /** Gain relative to the detector's. */
  readonly gain: Float32Array;
  /** Read noise relative to the detector's. */
  readonly noise: Float32Array;
}

/** Marks a pixel of the overscan. */
const UNLIT = -1;

/** Marks a pixel between two detectors. */
const GAP = -2;

/**
 * Reads a detector out: pixel response, shot noise, read noise, amplifiers,
 * patterns and digitisation to 16 bits.
 *
 * @param light Electrons, rows × columns, row-major; bad columns are applied in place.
 * @returns Counts. The overscan, or those of the strips of a mosaic, add to the size of
 *   the image.
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
  moveCharge(light, columns, detector);
  const { biasLevel, prnu, saturation, slope, mosaic, reset, countStep } =
    detector;
  const { amplitude, cycles } = detector.interference;
  const phase = random.uniform(0, 2 * Math.PI);
  const across = planAxis(columns, detector, "dispersion");
  const down = planAxis(rows, detector, "slit");
  const width = across.source.length;
  const height = down.source.length;
  for (let x = 0; x < width; x++) {
    across.offset[x]! += slope[1] * x / width +
      (detector.columnPattern[x] ?? 0);
  }
  const pixels = new Uint16Array(width * height);
  const hotCounts = new Float32Array(height);
  for (const { position, counts } of detector.hotRows) {
    hotCounts[Math.floor(position * height)]! += counts;
  }
  for (let y = 0; y < height; y++) {
    const row = down.source[y]!;
    const offset = random.integer(0, DEVIATE_MASK);
    const position = y / height;
    const rowLevel = biasLevel + detector.rowPattern * random.normal() +
      slope[0] * position + down.offset[y]! + hotCounts[y]! +
      (reset ? computeResetLevel(reset, position) : 0);
    if (row === GAP) {
      pixels.fill(mosaic!.gapLevel, y * width, (y + 1) * width);
      continue;
    }
    const gain = detector.gain * down.gain[y]!;
    const readNoise = detector.readNoise * down.noise[y]!;
    const upper = position < 0.5 ? 0 : 1;
    const left = selectAmplifierOffset(detector, 0, upper);
    const right = selectAmplifierOffset(detector, 1, upper);
    const phaseOfRow = phase + 2 * Math.PI * cycles[0] * position;
    for (let x = 0; x < width; x++) {
      const column = across.source[x]!;
      if (column === GAP) {
        pixels[y * width + x] = mosaic!.gapLevel;
        continue;
      }
      const isImage = column >= 0 && row >= 0;
      let electrons = 0;
      if (isImage) {
        const pixel = row * columns + column;
        electrons = Math.max(0, light[pixel]!) *
          (1 + prnu * DEVIATES[pixel & DEVIATE_MASK]!);
      }
      const shotNoise = Math.sqrt(electrons) *
        DEVIATES[(offset + 2 * x) & DEVIATE_MASK]!;
      const noise = readNoise * across.noise[x]! *
        DEVIATES[(offset + 3 * x + 77) & DEVIATE_MASK]!;
      const wave = amplitude === 0 ? 0 : amplitude *
        Math.sin(phaseOfRow + 2 * Math.PI * cycles[1] * x / width);
      const counts = (electrons + shotNoise + noise) /
          (gain * across.gain[x]!) +
        rowLevel + wave + across.offset[x]! + (2 * x < width ? left : right) +
        (isImage ? 0 : detector.overscanOffset);
      pixels[y * width + x] = Math.max(
        0,
        Math.min(Math.round(counts / countStep) * countStep, saturation),
      );
    }
  }
  const plane = { width, height, pixels };
  addStuckPixels(plane, detector);
  clearBlankBorder(plane, detector);
  return plane;
}

/** Moves charge along the columns of the detector: smear and bleeding. */
function moveCharge(
  light: Float32Array,
  columns: number,
  { charge: { along, bleeds, smear }, gain, saturation, biasLevel }: Detector,
): void {
  if (!bleeds && smear === 0) return;
  const rows = light.length / columns;
  const [count, length, first, step] = along === "slit"
    ? [columns, rows, 1, columns]
    : [rows, columns, columns, 1];
  const fullWell = gain * (saturation - biasLevel);
  for (let line = 0; line < count; line++) {
    const start = line * first;
    if (smear > 0) smearLine(light, start, step, length, smear);
    if (!bleeds) continue;
    // Half of the excess flows either way, into the first pixels that have room.
    spillExcess(light, start, step, length, fullWell);
    spillExcess(light, start + (length - 1) * step, -step, length, fullWell);
  }
}

function smearLine(
  light: Float32Array,
  start: number,
  step: number,
  length: number,
  smear: number,
): void {
  let sum = 0;
  for (let n = 0, k = start; n < length; n++, k += step) sum += light[k]!;
  const electrons = smear * sum / length;
  for (let n = 0, k = start; n < length; n++, k += step) light[k]! += electrons;
}

function spillExcess(
  light: Float32Array,
  start: number,
  step: number,
  length: number,
  fullWell: number,
): void {
  let flowing = 0;
  for (let n = 0, k = start; n < length; n++, k += step) {
    const room = fullWell - light[k]!;
    if (room < 0) {
      flowing -= room / 2;
    } else if (flowing > 0) {
      const taken = Math.min(room, flowing);
      light[k]! += taken;
      flowing -= taken;
    }
  }
}

/** Lays out the strips, overscans and gaps along an axis. */
function planAxis(
  length: number,
  detector: Detector,
  axis: "dispersion" | "slit",
): AxisReadOut {
  const { mosaic, isPrescan, referenceBorder } = detector;
  const isLit = (pixel: number) =>
    pixel >= referenceBorder && pixel < length - referenceBorder;
  const plain: Strip = { from: 0, to: length, offset: 0, gain: 1, noise: 1 };
  const strips = mosaic?.along === axis ? mosaic.strips : [plain];
  const unlit = mosaic
    ? (mosaic.along === axis ? mosaic.overscan : 0)
    : detector.overscanAlong === axis || detector.overscanAlong === "both"
    ? detector.overscan
    : 0;
  const isOnBothSides = !mosaic && detector.isOverscanOnBothSides;
  const source: number[] = [];
  const owners: Strip[] = [];
  const add = (pixel: number, strip: Strip) => {
    source.push(pixel);
    owners.push(strip);
  };
  const addOverscan = (strip: Strip) => {
    for (let k = 0; k < unlit; k++) add(UNLIT, strip);
  };
  const isAtEnd = mosaic?.isOverscanAtEnd ?? false;
  let next = 0;
  if (isPrescan && isAtEnd) strips.forEach(addOverscan);
  for (const strip of strips) {
    for (; next < strip.from; next++) add(GAP, strip);
    if ((isPrescan || isOnBothSides) && !isAtEnd) addOverscan(strip);
    for (; next < strip.to; next++) add(isLit(next) ? next : UNLIT, strip);
    if ((!isPrescan || isOnBothSides) && !isAtEnd) addOverscan(strip);
  }
  if (!isPrescan && isAtEnd) strips.forEach(addOverscan);
  return {
    source: Int32Array.from(source),
    offset: Float32Array.from(owners, (strip) => strip.offset),
    gain: Float32Array.from(owners, (strip) => strip.gain),
    noise: Float32Array.from(owners, (strip) => strip.noise),
  };
}

function computeResetLevel(
  { counts, scaleLength, isFromBothEnds }: ResetGradient,
  position: number,
): number {
  const distance = isFromBothEnds ? Math.min(position, 1 - position) : position;
  return counts * Math.exp(-distance / scaleLength);
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
  { stuckFraction, biasLevel, saturation, countStep, gain, readNoise }:
    Detector,
): void {
  // Seeded by the detector's size, so that every frame has the same stuck pixels.
  const random = makeRandom(width * height + 1);
  for (let n = Math.round(stuckFraction * pixels.length); n > 0; n--) {
    const pixel = random.integer(0, pixels.length - 1);
    const error = readNoise / gain * random.logUniform(8, 20000);
    const counts = random.chance(0.7)
      ? pixels[pixel]! + error
      : biasLevel - error;
    pixels[pixel] = Math.max(
      0,
      Math.min(Math.round(counts / countStep) * countStep, saturation),
    );
  }
}

/**
 * Returns the offset of one of at most four amplifiers.
 *
 * @param right 0 for the left half of the columns, 1 for the right half.
 * @param upper 0 for the first half of the rows, 1 for the second.
 */
function selectAmplifierOffset(
  { amplifierOffsets, splitAlong }: Detector,
  right: number,
  upper: number,
): number {
  if (amplifierOffsets.length === 1) return 0;
  if (amplifierOffsets.length === 4) {
    return amplifierOffsets[right + 2 * upper]!;
  }
  return amplifierOffsets[splitAlong === "dispersion" ? right : upper]!;
}
