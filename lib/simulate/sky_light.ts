/**
 * Light of exposures on the sky: standard stars and science targets.
 *
 * @module
 */
import { CITY, NEBULA, NIGHT_SKY, type SpectralLine } from "./lines.ts";
import type { Random } from "./random.ts";
import type { LightSource, Trace } from "./slit_light.ts";
import {
  addAbsorption,
  addContinuum,
  addLines,
  type Dispersion,
  isCovered,
  pixelToWavelength,
  raisePeak,
} from "./spectrum.ts";

/** Brightness of the sky background. */
interface SkyBackground {
  /** Electrons at the peak of a night-sky line of strength 1. */
  readonly lines: number;
  /** Electrons at the peak of a city-light line of strength 1. */
  readonly cityLines: number;
  /** Electrons per pixel between the lines, at 6000 Å. */
  readonly continuum: number;
}

/** @param lines Electrons at the peak of a night-sky line of strength 1. */
function sampleSkyBackground(random: Random, lines: number): SkyBackground {
  return {
    lines,
    cityLines: random.chance(0.4) ? lines * random.logUniform(0.1, 2) : 0,
    continuum: lines * random.logUniform(0.03, 2),
  };
}

function addSkyBackground(
  spectrum: Float32Array,
  dispersion: Dispersion,
  { lines, cityLines, continuum }: SkyBackground,
  random: Random,
): void {
  addLines(
    spectrum,
    dispersion,
    NIGHT_SKY,
    () => lines * random.uniform(0.5, 1.6),
  );
  if (cityLines > 0) addLines(spectrum, dispersion, CITY, () => cityLines);
  addContinuum(spectrum, dispersion, 6000, continuum);
}

/**
 * Samples the light of a standard: a hot or solar-type star far above the sky,
 * whose lines are weak because the exposure is short; occasionally with
 * twilight, or with a faint neighbour or ghost of the star.
 *
 * @param readNoise Read noise in electrons, which sets the scale of brightness.
 */
export function sampleStandardLight(
  random: Random,
  readNoise: number,
): LightSource {
  const sky = sampleSkyBackground(
    random,
    random.chance(0.3) ? 0 : random.logUniform(0.02, 60),
  );
  const noise = Math.hypot(readNoise, Math.sqrt(sky.continuum));
  const level = noise *
    (random.chance(0.25)
      ? random.logUniform(10, 150)
      : random.logUniform(150, 2e4));
  const twilight = random.chance(0.05)
    ? level * random.logUniform(0.002, 0.05)
    : 0;
  const temperature = random.logUniform(5000, 30000);
  const isHot = random.chance(0.75);
  const position = random.uniform(0.2, 0.8);
  const neighbour = random.chance(0.12)
    ? {
      position: random.uniform(0.1, 0.9),
      level: random.logUniform(0.003, 0.1),
    }
    : undefined;
  return (dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    addSkyBackground(extended, dispersion, sky, random);
    if (twilight > 0) addContinuum(extended, dispersion, 7000, twilight);
    const spectrum = new Float32Array(dispersion.columns);
    addContinuum(spectrum, dispersion, temperature, level);
    addAbsorption(spectrum, dispersion, isHot, random);
    const traces: Trace[] = [{ spectrum, position, width: 1 }];
    if (neighbour) {
      traces.push({
        spectrum: spectrum.map((electrons) => electrons * neighbour.level),
        position: neighbour.position,
        width: 1,
      });
    }
    return { extended, traces };
  };
}

/** A target on the slit, with a continuum, emission lines or both. */
interface Target {
  /** Position along the slit, 0 to 1. */
  readonly position: number;
  /** Standard deviation along the slit, in units of the seeing. */
  readonly width: number;
  /** Electrons per pixel of the continuum at 6000 Å. */
  readonly level: number;
  /** Temperature of the continuum, in kelvin. */
  readonly temperature: number;
  /** Whether its absorption lines are those of a hot star. */
  readonly isHot: boolean;
  /** Peak of an emission line of strength 1, in units of `level`; 0 for none. */
  readonly emission: number;
  readonly hasContinuum: boolean;
}

/**
 * Samples the light of a science frame: a sky with emission lines and one or more
 * faint or bright targets on it, or light that fills the slit, from a nebula,
 * the Moon or a planet.
 *
 * @param readNoise Read noise in electrons, which sets the scale of brightness.
 */
export function sampleScienceLight(
  random: Random,
  readNoise: number,
): LightSource {
  const draw = random.uniform();
  const isNebula = draw < 0.24;
  const sky = sampleSkyBackground(
    random,
    random.chance(isNebula ? 0.6 : 0.12)
      ? 0
      : random.chance(0.45)
      ? random.logUniform(200, 2e4)
      : random.logUniform(0.3, 400),
  );
  const noise = Math.hypot(readNoise, Math.sqrt(sky.continuum));
  const nebula = isNebula ? noise * random.logUniform(0.5, 60) : 0;
  const moon = draw > 0.93 ? noise * random.logUniform(3, 300) : 0;
  const redshift = random.chance(0.5)
    ? random.uniform(0, 0.02)
    : random.uniform(0, 0.6);
  const targetCount = nebula > 0 || moon > 0
    ? random.integer(0, 1)
    : random.pick([1, 1, 1, 1, 2, 2, 3, 4]);
  const targets = Array.from(
    { length: targetCount },
    () => sampleTarget(random, noise),
  );
  // Bright knots of the nebula.
  const knots = random.chance(0.7)
    ? Array.from({ length: random.integer(1, 4) }, () => ({
      position: random.uniform(0, 1),
      width: random.logUniform(2, 20),
      level: random.logUniform(0.2, 5),
    }))
    : [];
  return (dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    if (moon > 0) {
      addContinuum(extended, dispersion, 5800, moon);
      addAbsorption(extended, dispersion, false, random);
    }
    addSkyBackground(extended, dispersion, sky, random);
    const traces: Trace[] = [];
    if (nebula > 0) {
      const emission = new Float32Array(dispersion.columns);
      addLines(
        emission,
        dispersion,
        selectLines(NEBULA, dispersion, random),
        () => nebula * random.uniform(0.3, 1.5),
      );
      raisePeak(emission, noise);
      for (let x = 0; x < emission.length; x++) extended[x]! += emission[x]!;
      for (const { position, width, level } of knots) {
        const spectrum = emission.map((electrons) => electrons * level);
        traces.push({ spectrum, position, width });
      }
    }
    const lines = selectLines(
      NEBULA.map((
        [wavelength, strength],
      ): SpectralLine => [wavelength * (1 + redshift), strength]),
      dispersion,
      random,
    );
    traces.push(
      ...targets.map((target) =>
        createTrace(target, lines, dispersion, random)
      ),
    );
    return { extended, traces };
  };
}

/**
 * Returns the lines that fall on the detector, or random lines if there are none,
 * so that a target without a continuum is always visible.
 */
function selectLines(
  lines: readonly SpectralLine[],
  dispersion: Dispersion,
  random: Random,
): readonly SpectralLine[] {
  const covered = lines.filter(([wavelength]) =>
    isCovered(dispersion, wavelength)
  );
  if (covered.length > 0) return covered;
  return Array.from({ length: random.integer(1, 5) }, (): SpectralLine => [
    pixelToWavelength(dispersion, random.uniform(0, dispersion.columns)),
    random.logUniform(0.5, 10),
  ]);
}

function sampleTarget(random: Random, noise: number): Target {
  const hasContinuum = random.chance(0.82);
  const isExtended = random.chance(hasContinuum ? 0.2 : 0.6);
  return {
    position: random.uniform(0.08, 0.92),
    width: isExtended ? random.logUniform(1.5, 12) : 1,
    level: noise *
      (random.chance(0.3)
        ? random.logUniform(10, 8000)
        : random.logUniform(0.3, 25)),
    temperature: random.logUniform(3000, 30000),
    isHot: random.chance(0.3),
    emission: !hasContinuum || random.chance(0.35) ? random.uniform(0.1, 1) : 0,
    hasContinuum,
  };
}

function createTrace(
  { position, width, level, temperature, isHot, emission, hasContinuum }:
    Target,
  lines: readonly SpectralLine[],
  dispersion: Dispersion,
  random: Random,
): Trace {
  const spectrum = new Float32Array(dispersion.columns);
  if (hasContinuum) {
    addContinuum(spectrum, dispersion, temperature, level);
    addAbsorption(spectrum, dispersion, isHot, random);
  }
  if (emission > 0) {
    addLines(spectrum, dispersion, lines, () => emission * level, 1.5);
  }
  return { spectrum, position, width };
}
