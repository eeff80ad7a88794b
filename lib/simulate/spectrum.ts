/**
 * One-dimensional spectra, in electrons per pixel along the dispersion.
 *
 * @module
 */
import { BALMER, METALS, type SpectralLine, TELLURIC } from "./lines.ts";
import type { Random } from "./random.ts";

/** A linear wavelength solution. */
export interface Dispersion {
  /** Number of pixels along the dispersion. */
  readonly columns: number;
  /** Wavelength at pixel 0, in Å. */
  readonly start: number;
  /** Å per pixel; negative if wavelengths decrease with the pixel. */
  readonly step: number;
  /** Full width at half maximum of an unresolved line, in pixels. */
  readonly lineWidth: number;
}

/** Ratio of a Gaussian's full width at half maximum to its standard deviation. */
const FWHM_PER_SIGMA = 2.355;

/** Converts a wavelength in Å to a pixel position. */
export function wavelengthToPixel(
  { start, step }: Dispersion,
  wavelength: number,
): number {
  return (wavelength - start) / step;
}

/** Converts a pixel position to a wavelength in Å. */
export function pixelToWavelength(
  { start, step }: Dispersion,
  pixel: number,
): number {
  return start + step * pixel;
}

/** Returns whether a wavelength in Å falls on the detector. */
export function isCovered(dispersion: Dispersion, wavelength: number): boolean {
  const pixel = wavelengthToPixel(dispersion, wavelength);
  return pixel > 0 && pixel < dispersion.columns;
}

/** Returns the largest value of a spectrum, or 0 for one without light. */
export function findPeak(spectrum: Float32Array): number {
  let peak = 0;
  for (const value of spectrum) if (value > peak) peak = value;
  return peak;
}

/**
 * Scales a spectrum up in place until its peak is at least `minimum`. A brighter
 * spectrum and one without light stay unchanged.
 */
export function raisePeak(spectrum: Float32Array, minimum: number): void {
  const peak = findPeak(spectrum);
  if (peak === 0 || peak >= minimum) return;
  for (let x = 0; x < spectrum.length; x++) spectrum[x]! *= minimum / peak;
}

/**
 * Adds emission lines: Gaussians with the faint Lorentzian wings of a grating.
 *
 * @param spectrum Electrons per pixel; modified in place.
 * @param samplePeak Returns the electrons at the peak of a line of strength 1; called once
 *   for each line.
 * @param width Width of the lines in units of the instrument's line width.
 */
export function addLines(
  spectrum: Float32Array,
  dispersion: Dispersion,
  lines: Iterable<SpectralLine>,
  samplePeak: () => number,
  width = 1,
): void {
  const sigma = dispersion.lineWidth * width / FWHM_PER_SIGMA;
  const reach = Math.ceil(5 * sigma + 3);
  for (const [wavelength, strength] of lines) {
    const peak = strength * samplePeak();
    const centre = wavelengthToPixel(dispersion, wavelength);
    const from = Math.max(0, Math.floor(centre - reach));
    const to = Math.min(spectrum.length - 1, Math.ceil(centre + reach));
    for (let x = from; x <= to; x++) {
      const offset = (x - centre) / sigma;
      spectrum[x]! += peak *
        (Math.exp(-0.5 * offset * offset) + 0.003 / (1 + offset * offset));
    }
  }
}

/**
 * Adds the continuum of a black body.
 *
 * @param spectrum Electrons per pixel; modified in place.
 * @param temperature Temperature in kelvin.
 * @param level Electrons per pixel at 6000 Å.
 */
export function addContinuum(
  spectrum: Float32Array,
  dispersion: Dispersion,
  temperature: number,
  level: number,
): void {
  const reference = computePhotonRate(6000, temperature);
  for (let x = 0; x < spectrum.length; x++) {
    const wavelength = Math.max(2500, pixelToWavelength(dispersion, x));
    // Limited, as the far ultraviolet of a hot star would exceed all other light.
    spectrum[x]! += level *
      Math.min(20, computePhotonRate(wavelength, temperature) / reference);
  }
}

/**
 * Adds the hydroxyl lines of a near-infrared sky: bands of lines whose distance grows
 * and whose strength falls from the head of the band to the red. The bands have
 * random positions, as they occur in every range from 0.7 to 2.3 µm.
 *
 * @param spectrum Electrons per pixel; modified in place.
 * @param peak Electrons at the peak of the strongest lines.
 */
export function addHydroxylForest(
  spectrum: Float32Array,
  dispersion: Dispersion,
  peak: number,
  random: Random,
): void {
  const { columns, step, lineWidth } = dispersion;
  const bandCount = random.integer(1, 7);
  const bandWidth = columns / bandCount * random.uniform(0.6, 1.3);
  const lines: SpectralLine[] = [];
  for (let band = 0; band < bandCount; band++) {
    const head = (band + random.uniform(-0.3, 0.7)) * columns / bandCount;
    const strength = random.logUniform(0.15, 1);
    // The Q branch, close to the head, then the pairs of the P branch.
    for (let line = 0; line < 3; line++) {
      lines.push([head + line * 1.2 * lineWidth, strength * 0.7 / (line + 1)]);
    }
    const lineCount = random.integer(4, 9);
    for (let line = 1; line <= lineCount; line++) {
      const place = line / lineCount;
      const position = head + bandWidth * place * (0.7 + 0.3 * place);
      const relative = Math.exp(-((place - 0.3) ** 2) / 0.15) *
        random.uniform(0.6, 1.2);
      lines.push([position, strength * relative]);
      lines.push([position + lineWidth * 1.1, 0.6 * strength * relative]);
    }
  }
  addLines(
    spectrum,
    dispersion,
    lines.map(([position, strength]): SpectralLine => [
      pixelToWavelength(
        dispersion,
        step > 0 ? position : columns - position,
      ),
      strength,
    ]),
    () => peak,
  );
}

/**
 * Adds thermal emission of the telescope and the sky, which rises exponentially to
 * the red end of the range.
 *
 * @param spectrum Electrons per pixel; modified in place.
 * @param level Electrons per pixel at the red end.
 * @param steepness Number of factors e by which it rises over the range.
 */
export function addThermalContinuum(
  spectrum: Float32Array,
  { columns, step }: Dispersion,
  level: number,
  steepness: number,
): void {
  for (let x = 0; x < columns; x++) {
    const fromRed = step > 0 ? 1 - x / columns : x / columns;
    spectrum[x]! += level * Math.exp(-steepness * fromRed);
  }
}

/** Evaluates Planck's law for photons, up to a constant factor; wavelength in Å. */
function computePhotonRate(wavelength: number, temperature: number): number {
  const microns = wavelength * 1e-4;
  return microns ** -4 / (Math.exp(14387.8 / (microns * temperature)) - 1);
}

/**
 * Multiplies a spectrum by stellar and telluric absorption, in place.
 *
 * @param isHot Whether the star shows Balmer lines (hot) or metal lines (cool).
 * @param weakLineCount Number of weak lines. Default: 0 to 25.
 */
export function addAbsorption(
  spectrum: Float32Array,
  dispersion: Dispersion,
  isHot: boolean,
  random: Random,
  weakLineCount?: number,
): void {
  if (isHot) {
    const depth = random.uniform(0.05, 0.7);
    const width = random.logUniform(5, 60);
    for (const wavelength of BALMER) {
      addAbsorptionLine(spectrum, dispersion, wavelength, depth, width);
    }
  } else {
    for (const [wavelength, depth] of METALS) {
      addAbsorptionLine(
        spectrum,
        dispersion,
        wavelength,
        depth * random.uniform(0.4, 1),
        random.logUniform(4, 20),
      );
    }
  }
  const weakLines = weakLineCount ?? random.integer(0, 25);
  for (let line = 0; line < weakLines; line++) {
    addAbsorptionLine(
      spectrum,
      dispersion,
      pixelToWavelength(dispersion, random.uniform(0, dispersion.columns)),
      random.uniform(0.02, 0.2),
      random.logUniform(2, 15),
    );
  }
  const strength = random.uniform(0.5, 1.3);
  for (const [band, depth, width] of TELLURIC) {
    addAbsorptionLine(
      spectrum,
      dispersion,
      band,
      Math.min(0.9, depth * strength),
      width,
    );
  }
}

/**
 * @param depth 0 to 1.
 * @param width Full width at half maximum in Å, before the instrument's line width is added.
 */
function addAbsorptionLine(
  spectrum: Float32Array,
  dispersion: Dispersion,
  wavelength: number,
  depth: number,
  width: number,
): void {
  const intrinsicWidth = width / Math.abs(dispersion.step);
  const sigma = Math.hypot(intrinsicWidth, dispersion.lineWidth) /
    FWHM_PER_SIGMA;
  const centre = wavelengthToPixel(dispersion, wavelength);
  const from = Math.max(0, Math.floor(centre - 4 * sigma));
  const to = Math.min(spectrum.length - 1, Math.ceil(centre + 4 * sigma));
  for (let x = from; x <= to; x++) {
    const offset = (x - centre) / sigma;
    spectrum[x]! *= 1 - depth * Math.exp(-0.5 * offset * offset);
  }
}
