/**
 * Projects the light of curved orders and of fibres onto the detector.
 *
 * @module
 */
import type { Fibres, Instrument, Order } from "./instrument.ts";
import type { SlitLight, TraceShape } from "./slit_light.ts";

/** A spectrum with the profile that it has across its order. */
interface Component {
  /** Electrons per pixel, for each column. */
  readonly spectrum: Float32Array;
  /** Relative light at steps of 1/{@linkcode STEPS} row, from the edge of the strip on. */
  readonly profile: Float32Array;
}

/** A strip of the detector that follows a parabola. */
interface CurvedStrip {
  /** Row of the centre at the middle column. */
  readonly row: number;
  /** Rows by which it rises from the first column to the last. */
  readonly rise: number;
  /** Rows by which its ends bend away from its middle. */
  readonly bend: number;
  /** Half its height, beyond which there is no light, in rows. */
  readonly reach: number;
  /** Columns by which a spectral line moves from one row to the next. */
  readonly tilt: number;
}

/** Steps per row of a profile. */
const STEPS = 8;

/** Projects the light of one order. */
export function projectOrder(
  light: Float32Array,
  { rows, dispersion: { columns }, seeing }: Instrument,
  { row, rise, bend, height, tilt, blaze }: Order,
  { extended, traces }: SlitLight,
): void {
  const softness = Math.max(0.5, 0.04 * height);
  const reach = height / 2 + 5 * softness;
  const open = tabulateProfile(
    reach,
    (offset) =>
      sigmoid((offset + height / 2) / softness) *
      sigmoid((height / 2 - offset) / softness),
  );
  const relativeSeeing = Math.max(0.06, Math.min(0.3, seeing / height));
  const components: Component[] = [
    { spectrum: extended, profile: open },
    ...traces.map(({ spectrum, position, width }) => ({
      spectrum,
      profile: tabulateProfile(reach, (offset) => {
        const distance = (offset / height + 0.5 - position) /
          (relativeSeeing * width);
        return Math.exp(-0.5 * distance * distance);
      }).map((relative, k) => relative * open[k]!),
    })),
  ];
  const response = Float32Array.from({ length: columns }, (_, x) => {
    const distance = (x / columns - blaze.peak) / blaze.width;
    return Math.exp(-0.5 * distance * distance);
  });
  const strip = { row, rise, bend, reach, tilt };
  projectStrip(light, rows, columns, strip, components, response);
}

/**
 * Projects the light of fibres: the same extended light in each, and each trace in
 * some of them.
 */
export function projectFibres(
  light: Float32Array,
  { rows, dispersion: { columns } }: Instrument,
  fibres: Fibres,
  slitLight: SlitLight,
  shape: TraceShape,
): void {
  const { sigma, power, rise, bend, transmissions } = fibres;
  const reach = sigma * (power === 2 ? 3.7 : 2.2) + 1;
  const profile = tabulateProfile(
    reach,
    (offset) => Math.exp(-0.5 * Math.abs(offset / sigma) ** power),
  );
  const response = new Float32Array(columns).fill(1);
  const weights = weighTraces(fibres, slitLight, shape);
  fibres.rows.forEach((row, k) => {
    const transmission = transmissions[k]!;
    if (transmission === 0) return;
    const spectrum = slitLight.extended.slice();
    slitLight.traces.forEach((trace, t) => {
      const weight = weights[t]![k]!;
      if (weight < 1e-4) return;
      for (let x = 0; x < columns; x++) {
        spectrum[x]! += weight * trace.spectrum[x]!;
      }
    });
    for (let x = 0; x < columns; x++) spectrum[x]! *= transmission;
    const strip = { row, rise, bend, reach, tilt: 0 };
    projectStrip(
      light,
      rows,
      columns,
      strip,
      [{ spectrum, profile }],
      response,
    );
  });
}

/** Computes the fraction of each trace's light that each fibre receives. */
function weighTraces(
  { rows, isBundle }: Fibres,
  { traces }: SlitLight,
  { field = [] }: TraceShape,
): Float32Array[] {
  const count = rows.length;
  // The fibres of a bundle fill a square, line by line.
  const side = Math.max(2, Math.round(Math.sqrt(count)));
  return traces.map(({ position, width }, t) => {
    const weights = new Float32Array(count);
    if (isBundle && count > 8) {
      const sigma = 0.1 * side * Math.min(4, width);
      for (let k = 0; k < count; k++) {
        const dx = k % side - position * (side - 1);
        const dy = Math.floor(k / side) - (1 - position) * (count / side - 1);
        weights[k] = Math.exp(-0.5 * (dx * dx + dy * dy) / sigma ** 2);
      }
      return weights;
    }
    weights[Math.min(count - 1, Math.floor(position * count))] = 1;
    field.forEach((star, n) => {
      if (n === 0 || n % traces.length !== t) return;
      const fibre = Math.min(count - 1, Math.floor(star.position * count));
      weights[fibre] = Math.max(weights[fibre]!, star.level);
    });
    return weights;
  });
}

/** @param profileAt Returns the relative light at an offset from the centre, in rows. */
function tabulateProfile(
  reach: number,
  profileAt: (offset: number) => number,
): Float32Array {
  return Float32Array.from(
    { length: Math.ceil(2 * reach * STEPS) + 2 },
    (_, k) => profileAt(k / STEPS - reach),
  );
}

function projectStrip(
  light: Float32Array,
  rows: number,
  columns: number,
  { row: middle, rise, bend, reach, tilt }: CurvedStrip,
  components: readonly Component[],
  response: Float32Array,
): void {
  for (let x = 0; x < columns; x++) {
    const along = x / columns - 0.5;
    const centre = middle + rise * along + bend * 4 * along * along;
    const from = centre - reach;
    const first = Math.max(0, Math.ceil(from));
    const last = Math.min(rows - 1, Math.floor(centre + reach));
    for (let row = first; row <= last; row++) {
      const step = Math.round((row - from) * STEPS);
      const column = tilt === 0 ? x : Math.max(
        0,
        Math.min(columns - 1, Math.round(x + tilt * (row - centre))),
      );
      let electrons = 0;
      for (const { spectrum, profile } of components) {
        electrons += spectrum[column]! * profile[step]!;
      }
      light[row * columns + x]! += response[x]! * electrons;
    }
  }
}

/** Rises from 0 to 1, with 0.5 at 0. */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
