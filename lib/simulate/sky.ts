/**
 * The sky behind every star.
 *
 * @module
 */
import type { Random } from "./random.ts";
import { CITY, NIGHT_SKY } from "./sky_lines.ts";
import { addContinuum, addLines, type Dispersion } from "./spectrum.ts";

/** How bright the sky is in a frame. */
export interface Sky {
  /** Electrons at the peak of a line of strength 1. */
  readonly lines: number;
  /** The same for city lights. */
  readonly city: number;
  /** Electrons a pixel between the lines. */
  readonly continuum: number;
}

/** A sky whose lines of strength 1 collect some electrons. */
export function sampleSky(random: Random, lines: number): Sky {
  return {
    lines,
    city: random.chance(0.4) ? lines * random.logUniform(0.1, 2) : 0,
    continuum: lines * random.logUniform(0.03, 2),
  };
}

/** Adds the sky to a spectrum. */
export function addSky(
  spectrum: Float32Array,
  dispersion: Dispersion,
  { lines, city, continuum }: Sky,
  random: Random,
): void {
  addLines(
    spectrum,
    dispersion,
    NIGHT_SKY,
    () => lines * random.uniform(0.5, 1.6),
  );
  if (city > 0) addLines(spectrum, dispersion, CITY, () => city);
  addContinuum(spectrum, dispersion, 6000, continuum);
}
