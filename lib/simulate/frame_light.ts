/**
 * The light of a frame as a whole: its exposure, its shade, and how much of it
 * stands out from the noise.
 *
 * @module
 */
import type { Detector, Instrument } from "./instrument.ts";
import type { Random } from "./random.ts";
import type { LightSource } from "./slit_light.ts";

/** The sampled light of a frame. */
export interface FrameLight {
  /** Kind of light, such as `nebula`. */
  readonly kind: string;
  /** Spectra of the light. */
  readonly source: LightSource;
  /** Range of exposure times in seconds; sampled log-uniformly. */
  readonly exposures: readonly [shortest: number, longest: number];
  /** Variation of the light over the detector, if any. */
  readonly shade?: Shade;
}

/** Factors of the light, from 0 to 1, at positions from 0 to 1. */
export interface Shade {
  /** Factor at a position along the slit. */
  readonly alongSlit: (position: number) => number;
  /** Factor at a position along the dispersion. */
  readonly alongDispersion: (position: number) => number;
}

/** Picks one of the kinds, with a probability proportional to its weight. */
export function pickKind<Kind extends string>(
  random: Random,
  weights: Readonly<Record<Kind, number>>,
): Kind {
  const entries = Object.entries<number>(weights) as [Kind, number][];
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  let draw = random.uniform(0, total);
  for (const [kind, weight] of entries) {
    draw -= weight;
    if (draw < 0) return kind;
  }
  return entries.at(-1)![0];
}

/**
 * Multiplies light by a shade.
 *
 * @param light Electrons, rows × columns, row-major; modified in place.
 */
export function applyShade(
  light: Float32Array,
  { rows, dispersion: { columns }, slices, orders }: Instrument,
  { alongSlit, alongDispersion }: Shade,
): void {
  const isSlit = orders.length === 0 && slices.length > 0;
  const from = isSlit ? slices[0]!.from : 0;
  const to = isSlit ? slices.at(-1)!.to : rows;
  const columnFactors = Float32Array.from(
    { length: columns },
    (_, column) => alongDispersion(column / columns),
  );
  for (let row = 0; row < rows; row++) {
    const position = Math.max(0, Math.min((row - from) / (to - from), 1));
    const factor = alongSlit(position);
    for (let column = 0; column < columns; column++) {
      light[row * columns + column]! *= factor * columnFactors[column]!;
    }
  }
}

/** How much of a frame's light stands out from the noise. */
export interface Visibility {
  /** Fraction of the cells whose light is at least ten times its noise. */
  readonly lit: number;
  /** Fraction of the cells that exceed those beside them by three times the noise. */
  readonly detail: number;
  /** Largest number of lines in a row of cells: maxima of that height along the dispersion. */
  readonly lines: number;
}

/** Noise of a pixel without light, in electrons squared. */
export interface DarkNoise {
  /** Variance between pixels, of which an average has less. */
  readonly variance: number;
  /** Variance of fixed patterns, of which an average has not less. */
  readonly patternVariance: number;
}

/** Computes the noise of an exposure without light, in seconds. */
export function computeDarkNoise(
  detector: Detector,
  exposure: number,
): DarkNoise {
  const { readNoise, gain, countStep, darkCurrent } = detector;
  const { rowPattern, columnPattern, interference } = detector;
  const steps = columnPattern.slice(1).map((counts, k) =>
    Math.abs(counts - columnPattern[k]!)
  ).sort();
  // The median difference of two normal deviates is 0.954 times their deviation.
  const columnDeviation = steps.length === 0
    ? 0
    : steps[Math.floor(steps.length / 2)]! / 0.954;
  return {
    variance: readNoise ** 2 + (gain * countStep) ** 2 / 12 +
      darkCurrent * exposure,
    patternVariance: gain ** 2 *
      (rowPattern ** 2 + columnDeviation ** 2 +
        interference.amplitude ** 2 / 2),
  };
}

/** Approximate number of cells along the longer and the shorter axis: those of an input image. */
const CELLS = [650, 210] as const;

/** Distance of the cells that one cell is compared with. */
const NEIGHBOUR = 6;

/**
 * Measures which part of the light would be seen in an input image. The light is
 * averaged in cells, whose noise is that of the read-out and of the light; a cell
 * is compared with the mean of the two cells that are six cells away on either
 * side, along each axis, so that a smooth gradient does not count as detail.
 *
 * @param light Electrons without noise, rows × columns, row-major.
 * @param dark Noise without light.
 */
export function measureVisibility(
  light: Float32Array,
  columns: number,
  dark: DarkNoise,
): Visibility {
  const rows = light.length / columns;
  const [alongColumns, alongRows] = columns >= rows
    ? CELLS
    : [CELLS[1], CELLS[0]];
  const height = Math.ceil(rows / alongRows);
  const width = Math.ceil(columns / alongColumns);
  const cellRows = Math.floor(rows / height);
  const cellColumns = Math.floor(columns / width);
  const area = width * height;
  const cells = new Float32Array(cellRows * cellColumns);
  for (let row = 0; row < cellRows * height; row++) {
    const cellRow = Math.floor(row / height) * cellColumns;
    for (let cell = 0, pixel = row * columns; cell < cellColumns; cell++) {
      let sum = 0;
      for (const end = pixel + width; pixel < end; pixel++) {
        sum += light[pixel]!;
      }
      cells[cellRow + cell]! += sum / area;
    }
  }
  let lit = 0;
  let detail = 0;
  let lines = 0;
  for (let row = 0; row < cellRows; row++) {
    const above = Math.max(0, row - NEIGHBOUR) * cellColumns;
    const below = Math.min(cellRows - 1, row + NEIGHBOUR) * cellColumns;
    let rowLines = 0;
    let isLine = false;
    for (let column = 0; column < cellColumns; column++) {
      const value = cells[row * cellColumns + column]!;
      const noise = Math.sqrt(
        (dark.variance + value) / area + dark.patternVariance,
      );
      if (value > 10 * noise) lit++;
      const left = cells[
        row * cellColumns + Math.max(0, column - NEIGHBOUR)
      ]!;
      const right = cells[
        row * cellColumns + Math.min(cellColumns - 1, column + NEIGHBOUR)
      ]!;
      const limit = value - 3 * noise;
      const isPeak = limit > (left + right) / 2;
      if (isPeak && !isLine) rowLines++;
      isLine = isPeak;
      if (
        isPeak || limit > (cells[above + column]! + cells[below + column]!) / 2
      ) {
        detail++;
      }
    }
    lines = Math.max(lines, rowLines);
  }
  return { lit: lit / cells.length, detail: detail / cells.length, lines };
}
