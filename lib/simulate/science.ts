/**
 * Science frames: all that is observed for its own sake.
 *
 * @module
 */
import type { Random } from "./random.ts";
import { addSky, sampleSky } from "./sky.ts";
import type { Line } from "./lines.ts";
import { NEBULA } from "./sky_lines.ts";
import type { SlitLightAt, Trace } from "./slit_light.ts";
import {
  absorb,
  addContinuum,
  addLines,
  brighten,
  type Dispersion,
  isCovered,
  wavelengthOf,
} from "./spectrum.ts";

/** An object on the slit. */
interface Target {
  readonly place: number;
  readonly width: number;
  readonly level: number;
  readonly temperature: number;
  readonly isHot: boolean;
  /** Emission lines over the continuum; a target may have but one of both. */
  readonly emission: number;
  readonly hasContinuum: boolean;
}

/**
 * Light of a science frame: a sky with lines, and on it faint or bright
 * traces, one or several; or light that fills the slit: a nebula's lines, the
 * Moon or a planet.
 *
 * @param noise Electrons of read-out noise, which sets what is faint.
 */
export function scienceLight(random: Random, noise: number): SlitLightAt {
  const draw = random.uniform();
  const isNebula = draw < 0.24;
  const sky = sampleSky(
    random,
    random.chance(isNebula ? 0.6 : 0.12)
      ? 0
      : random.chance(0.45)
      ? random.logUniform(200, 2e4)
      : random.logUniform(0.3, 400),
  );
  const background = Math.hypot(noise, Math.sqrt(sky.continuum));
  const nebula = isNebula ? background * random.logUniform(0.5, 60) : 0;
  const moon = draw > 0.93 ? background * random.logUniform(3, 300) : 0;
  const redshift = random.chance(0.5)
    ? random.uniform(0, 0.02)
    : random.uniform(0, 0.6);
  const count = nebula > 0 || moon > 0
    ? random.integer(0, 1)
    : random.pick([1, 1, 1, 1, 2, 2, 3, 4]);
  const targets = Array.from(
    { length: count },
    () => sampleTarget(random, background),
  );
  // Where the nebula is brighter than elsewhere.
  const knots = random.chance(0.7)
    ? Array.from({ length: random.integer(1, 4) }, () => ({
      place: random.uniform(0, 1),
      width: random.logUniform(2, 20),
      level: random.logUniform(0.2, 5),
    }))
    : [];
  return (dispersion) => {
    const fill = new Float32Array(dispersion.columns);
    if (moon > 0) {
      addContinuum(fill, dispersion, 5800, moon);
      absorb(fill, dispersion, false, random);
    }
    addSky(fill, dispersion, sky, random);
    const traces: Trace[] = [];
    if (nebula > 0) {
      const light = new Float32Array(dispersion.columns);
      addLines(
        light,
        dispersion,
        linesThere(NEBULA, dispersion, random),
        () => nebula * random.uniform(0.3, 1.5),
      );
      brighten(light, background);
      for (let x = 0; x < light.length; x++) fill[x]! += light[x]!;
      for (const { place, width, level } of knots) {
        const spectrum = light.map((electrons) => electrons * level);
        traces.push({ spectrum, place, width });
      }
    }
    const lines = linesThere(
      NEBULA.map(([line, relative]): Line => [line * (1 + redshift), relative]),
      dispersion,
      random,
    );
    traces.push(
      ...targets.map((target) =>
        targetTrace(target, lines, dispersion, random)
      ),
    );
    return { fill, traces };
  };
}

/** The lines in range; where there are none, some that are made up: a target shows. */
function linesThere(
  lines: readonly Line[],
  dispersion: Dispersion,
  random: Random,
): readonly Line[] {
  const there = lines.filter(([wavelength]) =>
    isCovered(dispersion, wavelength)
  );
  if (there.length > 0) return there;
  return Array.from({ length: random.integer(1, 5) }, (): Line => [
    wavelengthOf(dispersion, random.uniform(0, dispersion.columns)),
    random.logUniform(0.5, 10),
  ]);
}

function sampleTarget(random: Random, background: number): Target {
  const hasContinuum = random.chance(0.82);
  const isExtended = random.chance(hasContinuum ? 0.2 : 0.6);
  return {
    place: random.uniform(0.08, 0.92),
    width: isExtended ? random.logUniform(1.5, 12) : 1,
    level: background *
      (random.chance(0.3)
        ? random.logUniform(10, 8000)
        : random.logUniform(0.3, 25)),
    temperature: random.logUniform(3000, 30000),
    isHot: random.chance(0.3),
    emission: !hasContinuum || random.chance(0.35) ? random.uniform(0.1, 1) : 0,
    hasContinuum,
  };
}

function targetTrace(
  { place, width, level, temperature, isHot, emission, hasContinuum }: Target,
  lines: readonly Line[],
  dispersion: Dispersion,
  random: Random,
): Trace {
  const spectrum = new Float32Array(dispersion.columns);
  if (hasContinuum) {
    addContinuum(spectrum, dispersion, temperature, level);
    absorb(spectrum, dispersion, isHot, random);
  }
  if (emission > 0) {
    addLines(spectrum, dispersion, lines, () => emission * level, 1.5);
  }
  return { spectrum, place, width };
}
