/**
 * A spectrum as the detector sees it: one value a pixel along the dispersion.
 *
 * @module
 */
import type { Line } from "./lines.ts";
import type { Random } from "./random.ts";
import { BALMER, METALS, TELLURIC } from "./sky_lines.ts";

/** Which wavelength falls on which pixel. */
export interface Dispersion {
  /** Pixels along the dispersion. */
  readonly columns: number;
  /** Wavelength at pixel 0, in Å. */
  readonly start: number;
  /** Å a pixel; negative when wavelengths fall with the pixel. */
  readonly step: number;
  /** Full width at half maximum of an unresolved line, in pixels. */
  readonly lineWidth: number;
}

/** Full width at half maximum of a Gaussian over its standard deviation. */
const FWHM = 2.355;

/** Pixel of a wavelength. */
export function pixelOf(
  { start, step }: Dispersion,
  wavelength: number,
): number {
  return (wavelength - start) / step;
}

/** Wavelength of a pixel, in Å. */
export function wavelengthOf(
  { start, step }: Dispersion,
  pixel: number,
): number {
  return start + step * pixel;
}

/**
 * Adds emission lines: Gaussians with the faint wings of a grating.
 *
 * @param spectrum Electrons a pixel; changed.
 * @param strength Electrons at the peak of a line of strength 1, asked for each line.
 * @param width Width of the lines in units of the instrument's.
 */
export function addLines(
  spectrum: Float32Array,
  dispersion: Dispersion,
  lines: Iterable<Line>,
  strength: () => number,
  width = 1,
): void {
  const sigma = dispersion.lineWidth * width / FWHM;
  const reach = Math.ceil(5 * sigma + 3);
  for (const [wavelength, relative] of lines) {
    const peak = relative * strength();
    const centre = pixelOf(dispersion, wavelength);
    const from = Math.max(0, Math.floor(centre - reach));
    const to = Math.min(spectrum.length - 1, Math.ceil(centre + reach));
    for (let x = from; x <= to; x++) {
      const off = (x - centre) / sigma;
      spectrum[x]! += peak *
        (Math.exp(-0.5 * off * off) + 0.003 / (1 + off * off));
    }
  }
}

/**
 * Adds a black body, 1 × `level` at 6000 Å.
 *
 * @param temperature In kelvin.
 */
export function addContinuum(
  spectrum: Float32Array,
  dispersion: Dispersion,
  temperature: number,
  level: number,
): void {
  const reference = planck(6000, temperature);
  for (let x = 0; x < spectrum.length; x++) {
    const wavelength = Math.max(2500, wavelengthOf(dispersion, x));
    // A cap: the far ultraviolet of a hot star would dwarf all else.
    spectrum[x]! += level *
      Math.min(20, planck(wavelength, temperature) / reference);
  }
}

/** Planck's law for photons, up to a constant; wavelength in Å. */
function planck(wavelength: number, temperature: number): number {
  const microns = wavelength * 1e-4;
  return microns ** -4 / (Math.exp(14387.8 / (microns * temperature)) - 1);
}

/** Cuts absorption lines of a hot or a cool star, and those of our air, into a spectrum. */
export function absorb(
  spectrum: Float32Array,
  dispersion: Dispersion,
  hot: boolean,
  random: Random,
): void {
  if (hot) {
    const depth = random.uniform(0.05, 0.7);
    const width = random.logUniform(5, 60);
    for (const line of BALMER) cut(spectrum, dispersion, line, depth, width);
  } else {
    for (const [line, depth] of METALS) {
      cut(
        spectrum,
        dispersion,
        line,
        depth * random.uniform(0.4, 1),
        random.logUniform(4, 20),
      );
    }
  }
  for (let faint = random.integer(0, 25); faint > 0; faint--) {
    const line = wavelengthOf(
      dispersion,
      random.uniform(0, dispersion.columns),
    );
    cut(
      spectrum,
      dispersion,
      line,
      random.uniform(0.02, 0.2),
      random.logUniform(2, 15),
    );
  }
  const air = random.uniform(0.5, 1.3);
  for (const [band, depth, width] of TELLURIC) {
    cut(spectrum, dispersion, band, Math.min(0.9, depth * air), width);
  }
}

function cut(
  spectrum: Float32Array,
  dispersion: Dispersion,
  wavelength: number,
  depth: number,
  width: number,
): void {
  const resolved = width / Math.abs(dispersion.step);
  const sigma = Math.hypot(resolved, dispersion.lineWidth) / FWHM;
  const centre = pixelOf(dispersion, wavelength);
  const from = Math.max(0, Math.floor(centre - 4 * sigma));
  const to = Math.min(spectrum.length - 1, Math.ceil(centre + 4 * sigma));
  for (let x = from; x <= to; x++) {
    const off = (x - centre) / sigma;
    spectrum[x]! *= 1 - depth * Math.exp(-0.5 * off * off);
  }
}

/** Scales a spectrum up until its largest value is `least` at least; one without light stays. */
export function brighten(spectrum: Float32Array, least: number): void {
  const peak = peakOf(spectrum);
  if (peak === 0 || peak >= least) return;
  for (let x = 0; x < spectrum.length; x++) spectrum[x]! *= least / peak;
}

/** Whether a wavelength falls on the detector. */
export function isCovered(dispersion: Dispersion, wavelength: number): boolean {
  const at = pixelOf(dispersion, wavelength);
  return at > 0 && at < dispersion.columns;
}

/** Largest value of a spectrum; 0 for one without light. */
export function peakOf(spectrum: Float32Array): number {
  let peak = 0;
  for (const value of spectrum) if (value > peak) peak = value;
  return peak;
}
