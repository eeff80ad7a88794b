/**
 * A CCD: light to the numbers in a file.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { makeRandom, type Random } from "./random.ts";

/** What stays the same from exposure to exposure. */
export interface Detector {
  /** Electrons a count. */
  readonly gain: number;
  /** Standard deviation of the read-out, in electrons. */
  readonly readNoise: number;
  /** Counts of an unexposed pixel. */
  readonly biasLevel: number;
  /** Counts that each amplifier, 1, 2 or 4 of them, adds to the level. */
  readonly amplifiers: readonly number[];
  /** Which axis two amplifiers share; four share both. */
  readonly splitAlong: "dispersion" | "slit";
  /** Columns that see no light. */
  readonly overscan: number;
  /** Whether these come before the image. */
  readonly prescan: boolean;
  /** Counts by which the overscan lies above the image. */
  readonly pedestal: number;
  /** Standard deviation of the levels of rows, in counts; new in each exposure. */
  readonly rowPattern: number;
  /** Counts that each column, overscan included, adds: pattern, hot columns, settling. */
  readonly columnPattern: Float32Array;
  /** Counts by which the level rises over the rows and over the columns. */
  readonly slope: readonly [rows: number, columns: number];
  /** Waves that the electronics add, in counts; their phase is new in each exposure. */
  readonly interference: Interference;
  /** Columns of the image whose light is changed, in part of the rows; dust is made of them. */
  readonly badColumns: readonly BadColumn[];
  /** Standard deviation of the response of pixels. */
  readonly response: number;
  /** Counts at which a pixel is full. */
  readonly saturation: number;
  /** Electrons a second. */
  readonly darkCurrent: number;
  /** Electrons of the amplifier's glow, at read-out and for each electron of dark current. */
  readonly glow: Glow;
  /** Warm pixels a pixel, and their typical rate in electrons a second. */
  readonly warmShare: number;
  /** Typical rate of a warm pixel, electrons a second. */
  readonly warmRate: number;
  /** A border that the read-out leaves at 0, as a part of its axis. */
  readonly blankBorder:
    | {
      readonly side: "first" | "last" | "left" | "right";
      readonly share: number;
    }
    | undefined;
  /** Pixels a pixel that show the same, high or low, in every exposure. */
  readonly stuckShare: number;
}

/** A wave over the whole read-out. */
export interface Interference {
  readonly amplitude: number;
  /** Its cycles over all rows, and over all columns. */
  readonly cycles: readonly [rows: number, columns: number];
}

/** A column that loses or gains light. */
export interface BadColumn {
  readonly column: number;
  readonly fromRow: number;
  readonly toRow: number;
  readonly factor: number;
}

/** Light that the detector itself gives off, brightest in one place or along its edges. */
export interface Glow {
  readonly electrons: number;
  /** Whether it comes from the edges. */
  readonly isAllRound: boolean;
  readonly row: number;
  readonly column: number;
  /** Distance over which it fades, as a part of the side. */
  readonly reach: number;
}

/** Normal deviates, drawn once: a fresh one for each pixel would take most of the time. */
const DEVIATES: Float32Array = (() => {
  const random = makeRandom(20180601);
  return Float32Array.from({ length: 1 << 18 }, () => random.normal());
})();
const LAST_DEVIATE = DEVIATES.length - 1;

/**
 * Adds what the detector itself collects during an exposure: dark current,
 * glow, warm pixels.
 *
 * @param light Electrons, rows × columns; changed.
 * @param exposure In seconds; 0 adds nothing but the glow of the read-out.
 * @param random Of the detector, not of the exposure: warm pixels stay where they are.
 */
export function addDarkCurrent(
  light: Float32Array,
  columns: number,
  { darkCurrent, glow, warmShare, warmRate }: Detector,
  exposure: number,
  random: Random,
): void {
  const rows = light.length / columns;
  const dark = darkCurrent * exposure;
  const glowing = glow.electrons * (2 + dark);
  const { isAllRound, reach } = glow;
  const fading = (at: number, place: number) =>
    Math.exp(
      -(isAllRound ? 2 * Math.min(at, 1 - at) : Math.abs(at - place)) / reach,
    );
  const across = Float32Array.from(
    { length: columns },
    (_, column) => fading(column / columns, glow.column),
  );
  for (let row = 0; row < rows; row++) {
    const here = fading(row / rows, glow.row);
    for (let column = 0; column < columns; column++) {
      const shine = isAllRound
        ? Math.max(here, across[column]!)
        : here * across[column]!;
      light[row * columns + column]! += dark + glowing * shine;
    }
  }
  for (let warm = Math.round(warmShare * light.length); warm > 0; warm--) {
    const pixel = random.integer(0, light.length - 1);
    light[pixel]! += warmRate * exposure * random.logUniform(0.2, 8);
  }
}

/**
 * Reads a detector out: response of the pixels, shot noise, amplifiers,
 * pattern, digitisation to 16 bits.
 *
 * @param light Electrons, rows × columns; changed by bad columns.
 * @returns Counts, rows × (columns + overscan).
 */
export function readOut(
  light: Float32Array,
  columns: number,
  detector: Detector,
  random: Random,
): Plane & { readonly pixels: Uint16Array } {
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
  const first = detector.prescan ? overscan : 0;
  const pixels = new Uint16Array(width * rows);
  for (let row = 0; row < rows; row++) {
    const draw = random.integer(0, LAST_DEVIATE);
    const rowLevel = biasLevel + detector.rowPattern * random.normal() +
      slope[0] * row / rows;
    for (let x = 0; x < width; x++) {
      const column = x - first;
      const isImage = column >= 0 && column < columns;
      let electrons = 0;
      if (isImage) {
        const pixel = row * columns + column;
        electrons = Math.max(0, light[pixel]!) *
          (1 + detector.response * DEVIATES[pixel & LAST_DEVIATE]!);
      }
      const shot = Math.sqrt(electrons) *
        DEVIATES[(draw + 2 * x) & LAST_DEVIATE]!;
      const read = readNoise * DEVIATES[(draw + 3 * x + 77) & LAST_DEVIATE]!;
      const wave = amplitude === 0 ? 0 : amplitude * Math.sin(
        phase + 2 * Math.PI * (cycles[0] * row / rows + cycles[1] * x / width),
      );
      const counts = (electrons + shot + read) / gain + rowLevel + wave +
        slope[1] * x / width + columnPattern[x]! +
        amplifierLevel(detector, row / rows, x / width) +
        (isImage ? 0 : detector.pedestal);
      pixels[row * width + x] = Math.max(
        0,
        Math.min(Math.round(counts), detector.saturation),
      );
    }
  }
  const plane = { width, height: rows, pixels };
  addStuckPixels(plane, detector);
  blankBorder(plane, detector);
  return plane;
}

function blankBorder(
  { width, height, pixels }: ReturnType<typeof readOut>,
  { blankBorder: border }: Detector,
): void {
  if (!border) return;
  const { side, share } = border;
  for (let row = 0; row < height; row++) {
    const isBlank = side === "first" && row < share * height ||
      side === "last" && row >= (1 - share) * height;
    const from = isBlank || side === "left" ? 0 : (1 - share) * width;
    const to = isBlank || side === "right" ? width : share * width;
    if (!isBlank && (side === "first" || side === "last")) continue;
    pixels.fill(0, row * width + Math.ceil(from), row * width + Math.floor(to));
  }
}

/** Pixels that no exposure changes: a bias has them too, so they make no dark. */
function addStuckPixels(
  { width, height, pixels }: ReturnType<typeof readOut>,
  { stuckShare, biasLevel, saturation, gain, readNoise }: Detector,
): void {
  // Of the detector: the same places in each of its frames.
  const random = makeRandom(width * height + 1);
  for (let n = Math.round(stuckShare * pixels.length); n > 0; n--) {
    const pixel = random.integer(0, pixels.length - 1);
    const height = readNoise / gain * random.logUniform(8, 20000);
    const counts = random.chance(0.7)
      ? pixels[pixel]! + height
      : biasLevel - height;
    pixels[pixel] = Math.max(0, Math.min(Math.round(counts), saturation));
  }
}

/** Level of the amplifier that reads a place, given as parts of the sides. */
function amplifierLevel(
  { amplifiers, splitAlong }: Detector,
  row: number,
  column: number,
): number {
  if (amplifiers.length === 1) return 0;
  const right = column < 0.5 ? 0 : 1;
  const upper = row < 0.5 ? 0 : 1;
  if (amplifiers.length === 4) return amplifiers[right + 2 * upper]!;
  return amplifiers[splitAlong === "dispersion" ? right : upper]!;
}
