/**
 * Projects the light of slits, orders or fibres onto the detector.
 *
 * @module
 */
import { projectFibres, projectOrder, sigmoid } from "./curved_light.ts";
import type { Instrument, Reflection, Slice } from "./instrument.ts";
import type { Random } from "./random.ts";
import { type Dispersion, pixelToWavelength } from "./spectrum.ts";

/** The spectrum of a compact source, which covers a small part of the slit. */
export interface Trace {
  /** Electrons per pixel in the brightest row, for each column. */
  readonly spectrum: Float32Array;
  /** Position along the slit, 0 to 1. */
  readonly position: number;
  /** Standard deviation along the slit, in units of the seeing. */
  readonly width: number;
  /** Fraction of the slit along which the star was moved. Default: 0. */
  readonly trail?: number;
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
  /**
   * Stars in the field of masks, fibres and slitless spectrographs, the target first.
   * Without a field, as for a lamp, light comes through the slit only.
   */
  readonly field?: readonly FieldStar[];
}

/** A star in the field of view, whose spectrum is that of a trace. */
export interface FieldStar {
  /** Position across the field along the rows, or along its slitlet, 0 to 1. */
  readonly position: number;
  /** Displacement along the dispersion, −1 to 1. */
  readonly shift: number;
  /** Brightness relative to the trace's. */
  readonly level: number;
}

/**
 * Samples the stars around a target.
 *
 * @param isCrowded Whether the field contains several targets, as in science frames,
 *   rather than a bright star that outshines its neighbours.
 */
export function sampleField(random: Random, isCrowded: boolean): FieldStar[] {
  const count = isCrowded
    ? Math.round(random.logUniform(3, 60))
    : random.integer(0, 4);
  return Array.from({ length: count + 1 }, (_, k): FieldStar => ({
    position: random.uniform(0.04, 0.96),
    shift: random.uniform(-1, 1) * (k === 0 && !isCrowded ? 0.3 : 1),
    level: k === 0
      ? 1
      : isCrowded
      ? random.logUniform(0.05, 2)
      : random.logUniform(0.002, 0.05),
  }));
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
  const { layout, orders, fibres, dispersion } = instrument;
  if (orders.length > 0) {
    for (const order of orders) {
      const slitLight = source(order.dispersion);
      projectOrder(
        light,
        instrument,
        order,
        instrument.scramblesLight ? scrambleLight(slitLight) : slitLight,
      );
    }
  } else if (fibres) {
    const slitLight = source(dispersion);
    applyThroughput(slitLight, instrument.throughput);
    projectFibres(light, instrument, fibres, slitLight, shape);
  } else if (layout === "slitlets") {
    projectSlitlets(light, instrument, source, shape);
  } else if (layout === "beams") {
    projectBeams(light, instrument, source, shape);
  } else if (layout !== "slitless" || !shape.field) {
    projectSlits(light, instrument, source, shape);
  } else {
    projectSlitlessLight(light, instrument, source, shape, shape.field);
  }
  addScatteredLight(light, instrument);
  applyFringes(light, instrument);
  if (instrument.reflection) {
    addReflection(light, instrument.dispersion.columns, instrument.reflection);
  }
  if (instrument.detector.hasColourFilters) {
    applyColourFilters(light, instrument.dispersion);
  }
  return light;
}

/** Light of a range that includes the displacements of all slices. */
interface DisplacedLight extends SlitLight {
  /** Returns the part of a spectrum that a displaced slice shows, with the throughput. */
  readonly cut: (spectrum: Float32Array, shift: number) => Float32Array;
}

function computeDisplacedLight(
  { slices, dispersion, throughput }: Instrument,
  source: LightSource,
): DisplacedLight {
  const { columns, start, step } = dispersion;
  const margin = Math.max(...slices.map(({ shift }) => Math.abs(shift)));
  const slitLight = source({
    ...dispersion,
    columns: columns + 2 * margin,
    start: start - margin * step,
  });
  const cut = (spectrum: Float32Array, shift: number) =>
    spectrum.subarray(margin + shift, margin + shift + columns)
      .map((electrons, x) => electrons * throughput[x]!);
  return { ...slitLight, cut };
}

/** Projects the light of slits that lie one above another. */
function projectSlits(
  light: Float32Array,
  instrument: Instrument,
  source: LightSource,
  shape: TraceShape,
): void {
  const { slices, rows, scramblesLight } = instrument;
  const displaced = computeDisplacedLight(instrument, source);
  const { extended, traces, cut } = displaced;
  const from = Math.max(0, slices[0]!.from);
  const to = Math.min(rows, slices.at(-1)!.to);
  const isStaggered = slices.some(({ shift }) => shift !== 0);
  for (const group of isStaggered ? slices.map((slice) => [slice]) : [slices]) {
    const { shift } = group[0]!;
    const profile = computeSlitProfile(instrument, group);
    projectExtendedLight(light, instrument, profile, cut(extended, shift));
    if (scramblesLight) continue;
    for (const trace of traces) {
      const shown = { ...trace, spectrum: cut(trace.spectrum, shift) };
      projectTrace(light, instrument, profile, shown, shape, { from, to });
    }
  }
  if (!scramblesLight) return;
  for (const trace of traces) {
    projectSlicedTrace(light, instrument, trace, displaced);
  }
}

/** Projects the light of one slit several times: each beam shows all of it. */
function projectBeams(
  light: Float32Array,
  instrument: Instrument,
  source: LightSource,
  shape: TraceShape,
): void {
  const { extended, traces, cut } = computeDisplacedLight(instrument, source);
  for (const slice of instrument.slices) {
    const { shift, transmission } = slice;
    const profile = computeSlitProfile(instrument, [slice]);
    projectExtendedLight(light, instrument, profile, cut(extended, shift));
    for (const trace of traces) {
      const spectrum = cut(trace.spectrum, shift)
        .map((electrons) => electrons * transmission);
      const shown = { ...trace, spectrum };
      projectTrace(light, instrument, profile, shown, shape, slice);
    }
  }
}

/**
 * Projects a compact source through an image slicer, which fills each slice with the light
 * of a part of the source: unlike a lamp, the source is fainter in the outer slices.
 */
function projectSlicedTrace(
  light: Float32Array,
  instrument: Instrument,
  { spectrum, position, width }: Trace,
  { cut }: DisplacedLight,
): void {
  const { slices } = instrument;
  const middle = position * (slices.length - 1);
  // Slicers cut the image of a star into a few slices.
  const sigma = 0.5 + 1.5 * width;
  slices.forEach((slice, k) => {
    const share = Math.exp(-0.5 * ((k - middle) / sigma) ** 2);
    const profile = computeSlitProfile(instrument, [slice]);
    projectExtendedLight(
      light,
      instrument,
      profile,
      cut(spectrum, slice.shift).map((electrons) => share * electrons),
    );
  });
}

/**
 * Projects the light of short slits, which may be displaced along the dispersion.
 * Each star of the field lies in a slitlet of its own, from the middle one on.
 */
function projectSlitlets(
  light: Float32Array,
  instrument: Instrument,
  source: LightSource,
  shape: TraceShape,
): void {
  const { slices, rows } = instrument;
  const { extended, traces, cut } = computeDisplacedLight(instrument, source);
  // Without a field all traces lie in the middle slitlet.
  const field = shape.field ?? [undefined];
  const middle = slices.length >> 1;
  slices.forEach((slice, k) => {
    const profile = computeSlitProfile(instrument, [slice]);
    projectExtendedLight(
      light,
      instrument,
      profile,
      cut(extended, slice.shift),
    );
    const index = (k - middle + slices.length) % slices.length;
    if (index >= field.length || traces.length === 0) return;
    const star = field[index];
    // The target's slitlet shows all traces, another one only the first.
    const shown = index === 0 ? traces : traces.slice(0, 1);
    for (const trace of shown) {
      const level = star?.level ?? 1;
      const spectrum = cut(trace.spectrum, slice.shift)
        .map((electrons) => electrons * level);
      const position = index === 0
        ? trace.position
        : 0.1 + 0.8 * (star?.position ?? 0.5);
      projectTrace(
        light,
        instrument,
        profile,
        { ...trace, spectrum, position },
        shape,
        { from: slice.from, to: Math.min(rows, slice.to) },
      );
    }
  });
}

/**
 * The largest number of spectra without a slit. A field with more of them is an image
 * taken through a grism, which has no type.
 */
const MAX_SLITLESS_STARS = 12;

/**
 * Projects the spectra of the stars in a field without a slit. The sky is a smooth
 * background there, as its light comes from all directions.
 */
function projectSlitlessLight(
  light: Float32Array,
  instrument: Instrument,
  source: LightSource,
  shape: TraceShape,
  field: readonly FieldStar[],
): void {
  const { rows, dispersion, throughput, slitIllumination, spectrumLength } =
    instrument;
  const { columns } = dispersion;
  const { extended, traces } = source({
    ...dispersion,
    columns: spectrumLength,
    step: dispersion.step * columns / spectrumLength,
  });
  if (traces.length === 0) {
    projectSlits(light, instrument, source, shape);
    return;
  }
  const sky = extended.slice().sort()[spectrumLength >> 1]!;
  for (let row = 0; row < rows; row++) {
    const level = sky * slitIllumination[row]!;
    light.fill(level, row * columns, (row + 1) * columns);
  }
  const profile = new Float32Array(rows).fill(1);
  field.slice(0, MAX_SLITLESS_STARS).forEach((star, k) => {
    const trace = traces[k % traces.length]!;
    const first = Math.round(
      (columns - spectrumLength) / 2 +
        star.shift * 0.5 *
          Math.max(0.1 * columns, columns - 0.5 * spectrumLength),
    );
    const spectrum = new Float32Array(columns);
    for (let x = 0; x < spectrumLength; x++) {
      const column = first + x;
      if (column < 0 || column >= columns) continue;
      // The filter or the prism limits the spectrum softly at both ends.
      const end = Math.min(1, Math.min(x, spectrumLength - x) / 12);
      spectrum[column] = star.level * end * trace.spectrum[x]! *
        throughput[Math.floor(x * columns / spectrumLength)]!;
    }
    const position = k === 0 ? trace.position : star.position;
    projectTrace(
      light,
      instrument,
      profile,
      { spectrum, position, width: trace.width },
      shape,
      { from: 0, to: rows },
    );
  });
}

/** Computes the relative light of each row: slits with soft ends, and their illumination. */
function computeSlitProfile(
  { rows, softness, slitIllumination }: Instrument,
  slices: readonly Slice[],
): Float32Array {
  const profile = new Float32Array(rows);
  const reach = 12 * softness;
  for (const { from, to, transmission } of slices) {
    const last = Math.min(rows - 1, Math.ceil(to + reach));
    for (let row = Math.max(0, Math.floor(from - reach)); row <= last; row++) {
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
  { rows, dispersion: { columns }, seeing }: Instrument,
  profile: Float32Array,
  { spectrum, position, width, trail = 0 }: Trace,
  { rise, bend }: TraceShape,
  { from, to }: Pick<Slice, "from" | "to">,
): void {
  const halfTrail = trail * (to - from) / 2;
  for (let x = 0; x < columns; x++) {
    if (spectrum[x] === 0) continue;
    const along = x / columns - 0.5;
    const centre = from + position * (to - from) + rise * along +
      bend * 4 * along * along;
    // Seeing varies with wavelength; the direction of the change is not modelled.
    const sigma = seeing * width * (1 + 0.2 * along);
    const reach = 6 * sigma + 2 + halfTrail;
    const last = Math.min(rows - 1, Math.ceil(centre + reach));
    for (
      let row = Math.max(0, Math.floor(centre - reach));
      row <= last;
      row++
    ) {
      const offset = Math.max(0, Math.abs(row - centre) - halfTrail) / sigma;
      // A Gaussian core and the wings of a Moffat profile.
      const relative = 0.93 * Math.exp(-0.5 * offset * offset) +
        0.07 / (1 + offset * offset) ** 1.5;
      light[row * columns + x]! += spectrum[x]! *
        Math.min(1, 2 * profile[row]!) * relative;
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

/**
 * Multiplies the light by the transmission of the colour filters in front of the pixels,
 * which repeat every two rows and columns: red, green; green, blue.
 */
function applyColourFilters(
  light: Float32Array,
  dispersion: Dispersion,
): void {
  const { columns } = dispersion;
  const tabulate = (transmit: (wavelength: number) => number) =>
    Float32Array.from({ length: columns }, (_, x) => {
      const wavelength = pixelToWavelength(dispersion, x);
      // The dyes leak a little, and are transparent in the near infrared.
      const leak = 0.06 + 0.94 * sigmoid((wavelength - 8200) / 200);
      return Math.max(leak, transmit(wavelength));
    });
  const red = tabulate((wavelength) => sigmoid((wavelength - 5850) / 80));
  const green = tabulate((wavelength) =>
    Math.exp(-0.5 * ((wavelength - 5300) / 420) ** 2)
  );
  const blue = tabulate((wavelength) =>
    Math.exp(-0.5 * ((wavelength - 4550) / 420) ** 2)
  );
  for (let k = 0; k < light.length; k++) {
    const x = k % columns;
    const isOddRow = Math.floor(k / columns) % 2 === 1;
    const filter = isOddRow === (x % 2 === 1) ? (isOddRow ? blue : red) : green;
    light[k]! *= filter[x]!;
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
