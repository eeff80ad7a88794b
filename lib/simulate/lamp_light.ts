/**
 * Light of calibration lamps: arcs and flats.
 *
 * @module
 */
import type { Layout } from "./instrument.ts";
import { LAMP_SETS } from "./lamp_lines.ts";
import type { SpectralLine } from "./lines.ts";
import type { Random } from "./random.ts";
import type { LightSource } from "./slit_light.ts";
import {
  addAbsorption,
  addContinuum,
  addLines,
  type Dispersion,
  findPeak,
  isCovered,
  pixelToWavelength,
  raisePeak,
} from "./spectrum.ts";

/** Minimum of an arc's brightest line, in electrons: an arc without lines is of no use. */
const MIN_ARC_PEAK = 800;

/**
 * Samples the light of an arc: one or two sets of lamps, whose lines vary in
 * strength from faint to saturated, often with a continuum of the lamp or the
 * dome and with the second order of the grating.
 *
 * Where the lamps have few lines, as in an order of an echelle, random lines
 * stand in for those of a dense lamp (thorium, iron).
 */
export function sampleArcLight(random: Random, layout: Layout): LightSource {
  const lamps = [
    random.pick(LAMP_SETS),
    ...random.chance(0.3) ? [random.pick(LAMP_SETS)] : [],
  ]
    .flat();
  const peak = random.chance(0.1)
    ? random.logUniform(1e3, 5e3)
    : random.logUniform(5e3, 8e5);
  const isDense = layout === "echelle" || random.chance(0.2);
  const randomLineCount = Math.round(random.logUniform(6, 150));
  const continuum = random.chance(0.5)
    ? {
      level: peak * random.logUniform(0.002, 0.2),
      temperature: random.uniform(2500, 8000),
    }
    : undefined;
  const secondOrder = random.chance(0.2) ? random.uniform(0.02, 0.3) : 0;
  return (dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    const samplePeak = () => 0.1 * peak * random.logUniform(0.4, 2.5);
    const covered = lamps.filter(([wavelength]) =>
      isCovered(dispersion, wavelength)
    );
    addLines(extended, dispersion, covered, samplePeak);
    if (isDense || covered.length < 3) {
      const lines = Array.from(
        { length: randomLineCount },
        () => sampleLine(random, dispersion),
      );
      addLines(extended, dispersion, lines, samplePeak);
    }
    if (secondOrder > 0) {
      const lines = lamps.map((
        [wavelength, strength],
      ): SpectralLine => [2 * wavelength, strength]);
      addLines(extended, dispersion, lines, () => secondOrder * samplePeak());
    }
    raisePeak(extended, MIN_ARC_PEAK);
    if (continuum) {
      addContinuum(
        extended,
        dispersion,
        continuum.temperature,
        continuum.level,
      );
    }
    return { extended, traces: [] };
  };
}

function sampleLine(random: Random, dispersion: Dispersion): SpectralLine {
  const wavelength = pixelToWavelength(
    dispersion,
    random.uniform(0, dispersion.columns),
  );
  return [wavelength, 0.1 + 3 * random.uniform() ** 3];
}

/**
 * Samples the light of a flat: mostly a filament, sometimes with a few lines as
 * of a deuterium lamp, or the twilight sky with its absorption lines. The peak
 * varies from faint to 0.9 of full well, and occasionally exceeds full well a
 * little; a flat that is saturated all over is not a flat.
 *
 * @param fullWell Full-well capacity of a pixel, in electrons.
 */
export function sampleFlatLight(random: Random, fullWell: number): LightSource {
  const intendedPeak = random.chance(0.2)
    ? random.logUniform(300, 5e3)
    : random.logUniform(5e3, 1.5e5);
  const maxPeak = fullWell *
    (random.chance(0.95) ? random.uniform(0.4, 0.9) : 1.3);
  const peak = Math.min(intendedPeak, maxPeak);
  const temperature = random.chance(0.2) ? 7000 : random.uniform(2300, 4500);
  const lineCount = random.chance(0.15) ? random.integer(1, 6) : 0;
  const isTwilight = random.chance(0.06);
  return (dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    addContinuum(extended, dispersion, isTwilight ? 5800 : temperature, 1);
    const scale = peak / findPeak(extended);
    for (let x = 0; x < extended.length; x++) extended[x]! *= scale;
    for (let line = 0; line < lineCount; line++) {
      const wavelength = pixelToWavelength(
        dispersion,
        random.uniform(0, dispersion.columns),
      );
      addLines(
        extended,
        dispersion,
        [[wavelength, 1]],
        () => peak * random.uniform(0.02, 0.3),
        random.uniform(1, 6),
      );
    }
    if (isTwilight) addAbsorption(extended, dispersion, false, random);
    return { extended, traces: [] };
  };
}
