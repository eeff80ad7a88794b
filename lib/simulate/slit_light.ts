/**
 * Light through the slit, and where the spectrograph lays it on the detector.
 *
 * @module
 */
import type { Instrument, Order } from "./instrument.ts";
import { addReflection } from "./reflection.ts";
import { type Dispersion, wavelengthOf } from "./spectrum.ts";

/** The spectrum of a star or galaxy: a narrow stretch of the slit. */
export interface Trace {
  /** Electrons a pixel at its brightest row, one for each column. */
  readonly spectrum: Float32Array;
  /** Place on the slit, 0 to 1. */
  readonly place: number;
  /** Standard deviation, in units of the seeing. */
  readonly width: number;
}

/** All light of one slit or order. */
export interface SlitLight {
  /** What fills the slit, in electrons a pixel, one for each column. */
  readonly fill: Float32Array;
  /** What does not. */
  readonly traces: readonly Trace[];
}

/** Light of a frame type at the wavelengths of one slit or order. */
export type SlitLightAt = (dispersion: Dispersion) => SlitLight;

/** Bend and slope that all traces of a frame share, in rows over the whole dispersion. */
export interface TraceShape {
  readonly rise: number;
  readonly bend: number;
}

/**
 * Lays the light of a frame on the detector.
 *
 * @returns Electrons, rows × columns, before the detector's own.
 */
export function layLight(
  instrument: Instrument,
  lightAt: SlitLightAt,
  shape: TraceShape,
): Float32Array {
  const light = new Float32Array(
    instrument.rows * instrument.dispersion.columns,
  );
  if (instrument.orders.length > 0) {
    for (const order of instrument.orders) {
      layOrder(light, instrument, order, lightAt(order.dispersion));
    }
  } else {
    const slit = instrument.scrambles
      ? scrambled(lightAt(instrument.dispersion))
      : lightAt(instrument.dispersion);
    applyThroughput(slit, instrument.throughput);
    const profile = slitProfile(instrument);
    layFill(light, instrument, profile, slit.fill);
    for (const trace of slit.traces) {
      layTrace(light, instrument, profile, trace, shape);
    }
  }
  scatterLight(light, instrument);
  addFringes(light, instrument);
  if (instrument.reflection) {
    addReflection(light, instrument.dispersion.columns, instrument.reflection);
  }
  return light;
}

/** Light of each row: jaws, and slits with soft ends. */
export function slitProfile(
  { rows, slices, softness, jaws }: Instrument,
): Float32Array {
  const profile = new Float32Array(rows);
  for (const { from, to, transmission } of slices) {
    for (let row = 0; row < rows; row++) {
      const open = fade((row - from) / softness) * fade((to - row) / softness);
      profile[row] = Math.max(profile[row]!, transmission * open);
    }
  }
  return profile.map((open, row) => open < 1e-4 ? 0 : open * jaws[row]!);
}

/** The light of all traces, spread over the slit. */
function scrambled({ fill, traces }: SlitLight): SlitLight {
  const all = fill.map((electrons, x) =>
    traces.reduce((sum, { spectrum }) => sum + spectrum[x]!, electrons)
  );
  return { fill: all, traces: [] };
}

function fade(distance: number): number {
  return 1 / (1 + Math.exp(-distance));
}

function applyThroughput(
  { fill, traces }: SlitLight,
  throughput: Float32Array,
): void {
  for (const spectrum of [fill, ...traces.map((trace) => trace.spectrum)]) {
    for (let x = 0; x < spectrum.length; x++) spectrum[x]! *= throughput[x]!;
  }
}

function layFill(
  light: Float32Array,
  { rows, dispersion: { columns }, tilt, smile }: Instrument,
  profile: Float32Array,
  fill: Float32Array,
): void {
  const middle = rows / 2;
  for (let row = 0; row < rows; row++) {
    const open = profile[row]!;
    if (open === 0) continue;
    const up = (row - middle) / middle;
    const shift = tilt * (row - middle) + smile * up * up;
    const whole = Math.floor(shift);
    const part = shift - whole;
    const to = Math.min(columns, columns - 1 - whole);
    for (let x = Math.max(0, -whole); x < to; x++) {
      const near = fill[x + whole]!;
      light[row * columns + x]! += open *
        (near + part * (fill[x + whole + 1]! - near));
    }
  }
}

function layTrace(
  light: Float32Array,
  { rows, dispersion: { columns }, slices, seeing }: Instrument,
  profile: Float32Array,
  { spectrum, place, width }: Trace,
  { rise, bend }: TraceShape,
): void {
  const from = Math.max(0, slices[0]!.from);
  const to = Math.min(rows, slices.at(-1)!.to);
  for (let x = 0; x < columns; x++) {
    const along = x / columns - 0.5;
    const centre = from + place * (to - from) + rise * along +
      bend * 4 * along * along;
    // Seeing is worse in the blue; which end that is matters little here.
    const sigma = seeing * width * (1 + 0.2 * along);
    const reach = 6 * sigma + 2;
    const last = Math.min(rows - 1, Math.ceil(centre + reach));
    for (
      let row = Math.max(0, Math.floor(centre - reach));
      row <= last;
      row++
    ) {
      const off = (row - centre) / sigma;
      // A Gaussian core and the wings of a Moffat profile.
      const image = 0.93 * Math.exp(-0.5 * off * off) +
        0.07 / (1 + off * off) ** 1.5;
      light[row * columns + x]! += spectrum[x]! *
        Math.min(1, 2 * profile[row]!) * image;
    }
  }
}

function layOrder(
  light: Float32Array,
  { rows, dispersion: { columns }, tilt, layout }: Instrument,
  { row: middle, rise, bend, height }: Order,
  { fill, traces }: SlitLight,
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
      const open = fade((row - from) / softness) *
        fade((from + height - row) / softness);
      const at = Math.max(
        0,
        Math.min(columns - 1, Math.round(x + tilt * (row - centre))),
      );
      let electrons = fill[at]!;
      for (const { spectrum, place, width } of traces) {
        const off = ((row - from) / height - place) / (0.18 * width);
        electrons += spectrum[at]! * Math.exp(-0.5 * off * off);
      }
      light[row * columns + x]! += blaze * open * electrons;
    }
  }
}

/** Spreads a part of all light over the whole detector, more about its middle. */
function scatterLight(
  light: Float32Array,
  { scatter, rows, dispersion: { columns } }: Instrument,
): void {
  if (scatter === 0) return;
  let sum = 0;
  for (let k = 0; k < light.length; k += 97) sum += light[k]!;
  const level = 10 * scatter * sum / Math.ceil(light.length / 97);
  const across = Float32Array.from(
    { length: columns },
    (_, x) => Math.exp(-((x / columns - 0.5) ** 2)),
  );
  for (let row = 0; row < rows; row++) {
    const here = level * Math.exp(-2 * (row / rows - 0.5) ** 2);
    for (let x = 0; x < columns; x++) {
      light[row * columns + x]! += here * across[x]!;
    }
  }
}

function addFringes(
  light: Float32Array,
  { fringes, rows, dispersion }: Instrument,
): void {
  const { amplitude, period, slant } = fringes;
  if (amplitude === 0) return;
  const { columns } = dispersion;
  const strength = Float32Array.from({ length: columns }, (_, x) => {
    const red = (wavelengthOf(dispersion, x) - 6800) / 2000;
    return amplitude * Math.max(0, Math.min(1, red));
  });
  for (let row = 0; row < rows; row++) {
    // The waves of a thinned chip meander.
    const crest = slant * row + 8 * Math.sin(5 * row / rows);
    for (let x = 0; x < columns; x++) {
      const wave = Math.sin(2 * Math.PI * (x + crest) / period);
      light[row * columns + x]! *= 1 + strength[x]! * wave;
    }
  }
}
