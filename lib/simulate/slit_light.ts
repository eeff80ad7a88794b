/**
 * Projects the light of the slit or of the orders onto the detector.
 *
 * @module
 */
import type { Instrument, Order, Reflection } from "./instrument.ts";
import { type Dispersion, pixelToWavelength } from "./spectrum.ts";

/** The spectrum of a compact source, which covers a small part of the slit. */
export interface Trace {
  /** Electrons per pixel in the brightest row, for each column. */
  readonly spectrum: Float32Array;
  /** Position along the slit, 0 to 1. */
  readonly position: number;
  /** Standard deviation along the slit, in units of the seeing. */
  readonly width: number;
}

/** All light of one slit or order. */
export interface SlitLight {
  /** Light that fills the slit, in electrons per pixel, for each column. */
  readonly extended: Float32Array;
  /** Compact sources. */
  readonly traces: readonly Trace[];
}

/** Computes the light at the wavelengths of one slit or order. */
export type LightSource = (dispersion: Dispersion) => SlitLight;

/** Shape that all traces of a frame share, in rows over the whole dispersion. */
export interface TraceShape {
  /** Rows by which a trace rises from the first column to the last. */
  readonly rise: number;
  /** Rows by which the ends of a trace bend away from its middle. */
  readonly bend: number;
}

/**
 * Projects the light of a source through the spectrograph onto the detector,
 * with scattered light, fringes and reflections.
 *
 * @returns Electrons, rows × columns, row-major, without those that the detector adds.
 */
export function projectLight(
  instrument: Instrument,
  source: LightSource,
  shape: TraceShape,
): Float32Array {
  const light = new Float32Array(
    instrument.rows * instrument.dispersion.columns,
  );
  if (instrument.orders.length > 0) {
    for (const order of instrument.orders) {
      projectOrder(light, instrument, order, source(order.dispersion));
    }
  } else {
    const slitLight = instrument.scramblesLight
      ? scrambleLight(source(instrument.dispersion))
      : source(instrument.dispersion);
    applyThroughput(slitLight, instrument.throughput);
    const profile = computeSlitProfile(instrument);
    projectExtendedLight(light, instrument, profile, slitLight.extended);
    for (const trace of slitLight.traces) {
      projectTrace(light, instrument, profile, trace, shape);
    }
  }
  addScatteredLight(light, instrument);
  applyFringes(light, instrument);
  if (instrument.reflection) {
    addReflection(light, instrument.dispersion.columns, instrument.reflection);
  }
  return light;
}

/** Computes the relative light of each row: slits with soft ends, and their illumination. */
function computeSlitProfile(
  { rows, slices, softness, slitIllumination }: Instrument,
): Float32Array {
  const profile = new Float32Array(rows);
  for (const { from, to, transmission } of slices) {
    for (let row = 0; row < rows; row++) {
      const open = sigmoid((row - from) / softness) *
        sigmoid((to - row) / softness);
      profile[row] = Math.max(profile[row]!, transmission * open);
    }
  }
  return profile.map((open, row) =>
    open < 1e-4 ? 0 : open * slitIllumination[row]!
  );
}

/** Spreads the light of all traces over the slit. */
function scrambleLight({ extended, traces }: SlitLight): SlitLight {
  const sum = extended.map((electrons, x) =>
    traces.reduce((total, { spectrum }) => total + spectrum[x]!, electrons)
  );
  return { extended: sum, traces: [] };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function applyThroughput(
  { extended, traces }: SlitLight,
  throughput: Float32Array,
): void {
  for (const spectrum of [extended, ...traces.map((trace) => trace.spectrum)]) {
    for (let x = 0; x < spectrum.length; x++) spectrum[x]! *= throughput[x]!;
  }
}

function projectExtendedLight(
  light: Float32Array,
  { rows, dispersion: { columns }, tilt, smile }: Instrument,
  profile: Float32Array,
  extended: Float32Array,
): void {
  const middle = rows / 2;
  for (let row = 0; row < rows; row++) {
    const open = profile[row]!;
    if (open === 0) continue;
    const offset = (row - middle) / middle;
    const shift = tilt * (row - middle) + smile * offset * offset;
    const whole = Math.floor(shift);
    const fraction = shift - whole;
    const to = Math.min(columns, columns - 1 - whole);
    for (let x = Math.max(0, -whole); x < to; x++) {
      const left = extended[x + whole]!;
      light[row * columns + x]! += open *
        (left + fraction * (extended[x + whole + 1]! - left));
    }
  }
}

function projectTrace(
  light: Float32Array,
  { rows, dispersion: { columns }, slices, seeing }: Instrument,
  profile: Float32Array,
  { spectrum, position, width }: Trace,
  { rise, bend }: TraceShape,
): void {
  const from = Math.max(0, slices[0]!.from);
  const to = Math.min(rows, slices.at(-1)!.to);
  for (let x = 0; x < columns; x++) {
    const along = x / columns - 0.5;
    const centre = from + position * (to - from) + rise * along +
      bend * 4 * along * along;
    // Seeing varies with wavelength; the direction of the change is not modelled.
    const sigma = seeing * width * (1 + 0.2 * along);
    const reach = 6 * sigma + 2;
    const last = Math.min(rows - 1, Math.ceil(centre + reach));
    for (
      let row = Math.max(0, Math.floor(centre - reach));
      row <= last;
      row++
    ) {
      const offset = (row - centre) / sigma;
      // A Gaussian core and the wings of a Moffat profile.
      const relative = 0.93 * Math.exp(-0.5 * offset * offset) +
        0.07 / (1 + offset * offset) ** 1.5;
      light[row * columns + x]! += spectrum[x]! *
        Math.min(1, 2 * profile[row]!) * relative;
    }
  }
}

function projectOrder(
  light: Float32Array,
  { rows, dispersion: { columns }, tilt, layout }: Instrument,
  { row: middle, rise, bend, height }: Order,
  { extended, traces }: SlitLight,
): void {
  const softness = Math.max(0.6, 0.04 * height);
  for (let x = 0; x < columns; x++) {
    const along = x / columns - 0.5;
    const blaze = layout === "echelle" ? Math.exp(-4 * along * along) : 1;
    const centre = middle + rise * along + bend * 4 * along * along;
    const from = centre - height / 2;
    const last = Math.min(rows - 1, Math.ceil(from + height + 5 * softness));
    for (
      let row = Math.max(0, Math.floor(from - 5 * softness));
      row <= last;
      row++
    ) {
      const open = sigmoid((row - from) / softness) *
        sigmoid((from + height - row) / softness);
      const column = Math.max(
        0,
        Math.min(columns - 1, Math.round(x + tilt * (row - centre))),
      );
      let electrons = extended[column]!;
      for (const { spectrum, position, width } of traces) {
        const offset = ((row - from) / height - position) / (0.18 * width);
        electrons += spectrum[column]! * Math.exp(-0.5 * offset * offset);
      }
      light[row * columns + x]! += blaze * open * electrons;
    }
  }
}

/** Spreads a fraction of the light over the whole detector, strongest at its centre. */
function addScatteredLight(
  light: Float32Array,
  { scatter, rows, dispersion: { columns } }: Instrument,
): void {
  if (scatter === 0) return;
  let sum = 0;
  for (let k = 0; k < light.length; k += 97) sum += light[k]!;
  const level = 10 * scatter * sum / Math.ceil(light.length / 97);
  const columnProfile = Float32Array.from(
    { length: columns },
    (_, x) => Math.exp(-((x / columns - 0.5) ** 2)),
  );
  for (let row = 0; row < rows; row++) {
    const rowLevel = level * Math.exp(-2 * (row / rows - 0.5) ** 2);
    for (let x = 0; x < columns; x++) {
      light[row * columns + x]! += rowLevel * columnProfile[x]!;
    }
  }
}

function applyFringes(
  light: Float32Array,
  { fringes, rows, dispersion }: Instrument,
): void {
  const { amplitude, period, slant } = fringes;
  if (amplitude === 0) return;
  const { columns } = dispersion;
  const amplitudes = Float32Array.from({ length: columns }, (_, x) => {
    const redness = (pixelToWavelength(dispersion, x) - 6800) / 2000;
    return amplitude * Math.max(0, Math.min(1, redness));
  });
  for (let row = 0; row < rows; row++) {
    // The fringes of a thinned CCD are not straight.
    const shift = slant * row + 8 * Math.sin(5 * row / rows);
    for (let x = 0; x < columns; x++) {
      const wave = Math.sin(2 * Math.PI * (x + shift) / period);
      light[row * columns + x]! *= 1 + amplitudes[x]! * wave;
    }
  }
}

/**
 * Adds a ring of stray light.
 *
 * @param light Electrons, rows × columns, row-major; modified in place.
 */
export function addReflection(
  light: Float32Array,
  columns: number,
  { row, column, radius, thickness, level }: Reflection,
): void {
  const rows = light.length / columns;
  const side = Math.min(rows, columns);
  const electrons = level * light.reduce((sum, each) => sum + each, 0) /
    light.length;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const distance = Math.hypot(y - row * rows, x - column * columns) / side;
      const offset = (distance - radius) / thickness;
      if (Math.abs(offset) > 3) continue;
      light[y * columns + x]! += electrons * Math.exp(-0.5 * offset * offset);
    }
  }
}
