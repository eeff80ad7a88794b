/**
 * Flats: a lamp's continuum through the slit.
 *
 * @module
 */
import type { Random } from "./random.ts";
import type { SlitLightAt } from "./slit_light.ts";
import {
  absorb,
  addContinuum,
  addLines,
  peakOf,
  wavelengthOf,
} from "./spectrum.ts";

/**
 * Light of a flat: a filament, or now and then deuterium with a few lines, or
 * the twilight sky with those of the Sun; from faint to full well, and seldom a
 * little beyond: a flat that is saturated all over is none.
 *
 * @param fullWell Electrons at which a pixel is full.
 */
export function flatLight(random: Random, fullWell: number): SlitLightAt {
  const wanted = random.chance(0.2)
    ? random.logUniform(300, 5e3)
    : random.logUniform(5e3, 1.5e5);
  const most = fullWell *
    (random.chance(0.95) ? random.uniform(0.4, 0.9) : 1.3);
  const peak = Math.min(wanted, most);
  const temperature = random.chance(0.2) ? 7000 : random.uniform(2300, 4500);
  const lines = random.chance(0.15) ? random.integer(1, 6) : 0;
  const isTwilight = random.chance(0.06);
  return (dispersion) => {
    const fill = new Float32Array(dispersion.columns);
    addContinuum(fill, dispersion, isTwilight ? 5800 : temperature, 1);
    const scale = peak / peakOf(fill);
    for (let x = 0; x < fill.length; x++) fill[x]! *= scale;
    for (let line = 0; line < lines; line++) {
      const wavelength = wavelengthOf(
        dispersion,
        random.uniform(0, dispersion.columns),
      );
      const strength = () => peak * random.uniform(0.02, 0.3);
      addLines(
        fill,
        dispersion,
        [[wavelength, 1]],
        strength,
        random.uniform(1, 6),
      );
    }
    if (isTwilight) absorb(fill, dispersion, false, random);
    return { fill, traces: [] };
  };
}
