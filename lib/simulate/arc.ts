/**
 * Arcs: lamps whose lines fill the slit.
 *
 * @module
 */
import type { Layout } from "./instrument.ts";
import { LAMP_SETS } from "./lamp_lines.ts";
import type { Line } from "./lines.ts";
import type { Random } from "./random.ts";
import type { SlitLightAt } from "./slit_light.ts";
import {
  addContinuum,
  addLines,
  brighten,
  type Dispersion,
  isCovered,
  wavelengthOf,
} from "./spectrum.ts";

/** Electrons of an arc's brightest line at least: nobody keeps an arc without lines. */
const FAINTEST = 800;

/**
 * Light of an arc: one or two sets of lamps, the lines of each with its own
 * strength, from faint to saturated; often on the continuum of the lamp or of
 * the dome, and with the second order of the grating.
 *
 * Where the lamps have few lines, as in an echelle's order, those of a dense
 * lamp (thorium, iron) are made up.
 */
export function arcLight(random: Random, layout: Layout): SlitLightAt {
  const lamps = [
    random.pick(LAMP_SETS),
    ...random.chance(0.3) ? [random.pick(LAMP_SETS)] : [],
  ]
    .flat();
  const peak = random.chance(0.1)
    ? random.logUniform(1e3, 5e3)
    : random.logUniform(5e3, 8e5);
  const isDense = layout === "echelle" || random.chance(0.2);
  const madeUp = Math.round(random.logUniform(6, 150));
  const continuum = random.chance(0.5)
    ? {
      level: peak * random.logUniform(0.002, 0.2),
      temperature: random.uniform(2500, 8000),
    }
    : undefined;
  const secondOrder = random.chance(0.2) ? random.uniform(0.02, 0.3) : 0;
  return (dispersion) => {
    const fill = new Float32Array(dispersion.columns);
    const strength = () => 0.1 * peak * random.logUniform(0.4, 2.5);
    const inRange = lamps.filter(([wavelength]) =>
      isCovered(dispersion, wavelength)
    );
    addLines(fill, dispersion, inRange, strength);
    if (isDense || inRange.length < 3) {
      const lines = Array.from(
        { length: madeUp },
        () => madeUpLine(random, dispersion),
      );
      addLines(fill, dispersion, lines, strength);
    }
    if (secondOrder > 0) {
      const lines = lamps.map((
        [wavelength, relative],
      ): Line => [2 * wavelength, relative]);
      addLines(fill, dispersion, lines, () => secondOrder * strength());
    }
    brighten(fill, FAINTEST);
    if (continuum) {
      addContinuum(fill, dispersion, continuum.temperature, continuum.level);
    }
    return { fill, traces: [] };
  };
}

function madeUpLine(random: Random, dispersion: Dispersion): Line {
  const wavelength = wavelengthOf(
    dispersion,
    random.uniform(0, dispersion.columns),
  );
  return [wavelength, 0.1 + 3 * random.uniform() ** 3];
}
