/**
 * Light of exposures on the sky: standard stars and science targets.
 *
 * @module
 */
import { type FrameLight, pickKind, type Shade } from "./frame_light.ts";
import type { Instrument } from "./instrument.ts";
import { CITY, NEBULA, NIGHT_SKY, type SpectralLine } from "./lines.ts";
import type { Random } from "./random.ts";
import type { LightSource, Trace } from "./slit_light.ts";
import {
  addAbsorption,
  addContinuum,
  addHydroxylForest,
  addLines,
  addThermalContinuum,
  type Dispersion,
  findPeak,
  isCovered,
  pixelToWavelength,
} from "./spectrum.ts";

/** Brightness of the sky background. */
interface SkyBackground {
  /** Electrons at the peak of a night-sky line of strength 1. */
  readonly lines: number;
  /** Electrons at the peak of a city-light line of strength 1. */
  readonly cityLines: number;
  /** Electrons per pixel between the lines, at 6000 Å. */
  readonly continuum: number;
  /** Whether the continuum has the absorption lines of the Moon or of the twilight. */
  readonly isSolar: boolean;
}

/** @param lines Electrons at the peak of a night-sky line of strength 1. */
function sampleSkyBackground(random: Random, lines: number): SkyBackground {
  return {
    lines,
    cityLines: random.chance(0.4) ? lines * random.logUniform(0.1, 2) : 0,
    continuum: lines * random.logUniform(0.03, 2),
    isSolar: random.chance(0.2),
  };
}

function addSkyBackground(
  spectrum: Float32Array,
  dispersion: Dispersion,
  { lines, cityLines, continuum, isSolar }: SkyBackground,
  random: Random,
): void {
  addContinuum(spectrum, dispersion, 6000, continuum);
  if (isSolar) addAbsorption(spectrum, dispersion, false, random);
  addLines(
    spectrum,
    dispersion,
    NIGHT_SKY,
    () => lines * random.uniform(0.5, 1.6),
  );
  if (cityLines > 0) addLines(spectrum, dispersion, CITY, () => cityLines);
}

/**
 * Samples the light of a standard: a hot or solar-type star far above the sky,
 * whose lines are weak because the exposure is short; occasionally with
 * twilight, or with a faint neighbour or ghost of the star.
 *
 * The read noise sets the scale of brightness.
 */
export function sampleStandardLight(
  random: Random,
  { detector: { readNoise }, seeing }: Instrument,
): FrameLight {
  const width = sampleTraceWidth(random, seeing);
  const sky = sampleSkyBackground(
    random,
    random.chance(0.3) ? 0 : random.logUniform(0.02, 60),
  );
  const noise = Math.hypot(readNoise, Math.sqrt(sky.continuum));
  const level = noise * sampleStandardLevel(random);
  const twilight = random.chance(0.05)
    ? level * random.logUniform(0.002, 0.05)
    : 0;
  const temperature = random.logUniform(5000, 30000);
  const isHot = random.chance(0.75);
  const position = random.uniform(0.2, 0.8);
  const trail = sampleTrail(random);
  const neighbour = random.chance(0.12)
    ? {
      position: random.uniform(0.1, 0.9),
      level: random.logUniform(0.003, 0.1),
    }
    : undefined;
  const source: LightSource = (dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    addSkyBackground(extended, dispersion, sky, random);
    if (twilight > 0) addContinuum(extended, dispersion, 7000, twilight);
    const spectrum = new Float32Array(dispersion.columns);
    addContinuum(spectrum, dispersion, temperature, level);
    addAbsorption(spectrum, dispersion, isHot, random);
    const traces: Trace[] = [{ spectrum, position, width, trail }];
    if (neighbour) {
      traces.push({
        spectrum: spectrum.map((electrons) => electrons * neighbour.level),
        position: neighbour.position,
        width,
        trail,
      });
    }
    return { extended, traces };
  };
  return { kind: "star", source, exposures: [1, 400] };
}

/**
 * Samples the width of a star's trace in units of the instrument's seeing: nights
 * differ, and many are better.
 *
 * @param seeing Standard deviation of a star's image, in rows.
 */
function sampleTraceWidth(random: Random, seeing: number): number {
  return Math.max(0.8 / seeing, random.logUniform(0.3, 1.1));
}

/**
 * Samples the fraction of the slit along which a bright star is moved to spread its light.
 */
function sampleTrail(random: Random): number {
  return random.chance(0.05) ? random.logUniform(0.05, 0.7) : 0;
}

/** Samples the brightness of a standard, in units of the noise. */
function sampleStandardLevel(random: Random): number {
  return random.chance(0.15)
    ? random.logUniform(20, 150)
    : random.logUniform(150, 2e4);
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
 * Kinds of science frames and how often they occur.
 *
 * - `bright`: a star, nova or supernova as bright as a standard.
 * - `faint`: one or more faint traces between the lines of the sky.
 * - `deep`: a faint or extended trace below a bright sky full of lines, in a long exposure.
 * - `galaxy`: an extended trace with emission lines.
 * - `nebula`: lines that fill the slit, or a large part of it, in a long exposure.
 * - `solar`: the Moon, a planet or the twilight: a solar spectrum along the slit.
 * - `infrared`: hydroxyl lines that fill the slit, a thermal continuum, often a trace.
 */
const SCIENCE_KINDS = {
  bright: 0.2,
  faint: 0.24,
  deep: 0.19,
  galaxy: 0.08,
  nebula: 0.16,
  solar: 0.09,
  infrared: 0.04,
} as const;

/**
 * Samples the light of a science frame. The read noise sets the scale of
 * brightness.
 */
export function sampleScienceLight(
  random: Random,
  instrument: Instrument,
): FrameLight {
  const kind = pickKind(random, SCIENCE_KINDS);
  switch (kind) {
    case "nebula":
      return sampleNebulaLight(random, instrument);
    case "solar":
      return sampleSolarLight(random, instrument);
    case "infrared":
      return sampleInfraredLight(random, instrument);
    default:
      return sampleTargetLight(random, instrument, kind);
  }
}

type TargetKind = "bright" | "faint" | "deep" | "galaxy";

/** Samples the strength of the night-sky lines, in electrons. */
function sampleSkyLines(random: Random, kind: TargetKind): number {
  if (kind === "deep") return random.logUniform(100, 1e4);
  if (random.chance(kind === "bright" ? 0.25 : 0.08)) return 0;
  return random.chance(kind === "bright" ? 0.15 : 0.38)
    ? random.logUniform(60, 5e3)
    : random.logUniform(0.2, 100);
}

function sampleTargetLight(
  random: Random,
  { detector: { readNoise }, seeing }: Instrument,
  kind: TargetKind,
): FrameLight {
  const sky = sampleSkyBackground(random, sampleSkyLines(random, kind));
  const noise = Math.hypot(readNoise, Math.sqrt(sky.continuum));
  const redshift = random.chance(0.5)
    ? random.uniform(0, 0.02)
    : random.uniform(0, 0.6);
  const width = sampleTraceWidth(random, seeing);
  const targetCount = kind === "bright"
    ? random.pick([1, 1, 1, 1, 1, 2])
    : random.pick([1, 1, 1, 1, 1, 2, 2, 3, 4]);
  const targets = Array.from(
    { length: targetCount },
    (_, index) => sampleTarget(random, noise, width, kind, index === 0),
  );
  const trail = kind === "bright" ? sampleTrail(random) : 0;
  const source: LightSource = (dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    addSkyBackground(extended, dispersion, sky, random);
    const lines = selectLines(
      NEBULA.map((
        [wavelength, strength],
      ): SpectralLine => [wavelength * (1 + redshift), strength]),
      dispersion,
      random,
    );
    const traces = targets.map((target) => ({
      ...createTrace(target, lines, dispersion, random),
      trail,
    }));
    return { extended, traces };
  };
  const exposures = kind === "bright"
    ? [2, 2400] as const
    : kind === "deep"
    ? [300, 3600] as const
    : [60, 3600] as const;
  return { kind, source, exposures };
}

/**
 * Samples the light of a nebula: an H II region or supernova remnant that fills the
 * slit, or a planetary nebula that covers a part of it. Its strongest line is 3 to
 * 100 times the noise, or brighter for two in five: those of a planetary nebula are as
 * bright as the lines of many arcs.
 */
function sampleNebulaLight(
  random: Random,
  { detector: { readNoise }, seeing, orders }: Instrument,
): FrameLight {
  const sky = sampleSkyBackground(
    random,
    random.chance(0.65) ? 0 : random.logUniform(0.3, 100),
  );
  const noise = Math.hypot(readNoise, Math.sqrt(sky.continuum));
  const peak = noise *
    (random.chance(0.4)
      ? random.logUniform(60, 2e3)
      : random.logUniform(3, 100));
  const isPlanetary = random.chance(0.3);
  const filling = isPlanetary ? random.pick([0, random.uniform(0, 0.3)]) : 1;
  const continuum = random.chance(0.35)
    ? peak * random.logUniform(0.01, 0.3)
    : 0;
  const temperature = random.logUniform(5000, 30000);
  const knotCount = isPlanetary
    ? random.integer(1, 3)
    : random.chance(0.4)
    ? random.integer(1, 4)
    : 0;
  const middle = random.uniform(0.3, 0.7);
  const knots = Array.from({ length: knotCount }, () => ({
    position: isPlanetary
      ? middle + 0.06 * random.normal()
      : random.uniform(0, 1),
    width: random.logUniform(2, 15),
    level: random.logUniform(0.3, isPlanetary ? 1.2 : 4),
  }));
  const star = random.chance(0.25)
    ? sampleTarget(
      random,
      noise,
      sampleTraceWidth(random, seeing),
      "faint",
      true,
    )
    : undefined;
  const source: LightSource = (dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    const emission = new Float32Array(dispersion.columns);
    const lines = selectLines(NEBULA, dispersion, random);
    addLines(
      emission,
      dispersion,
      lines,
      () => 0.1 * peak * random.logUniform(0.5, 2),
    );
    // Of an echelle's orders, those with strong lines remain the brighter ones.
    const strongest = findPeak(emission);
    if (orders.length === 0 && strongest > 0) {
      for (let x = 0; x < emission.length; x++) {
        emission[x]! *= peak / strongest;
      }
    }
    if (continuum > 0) {
      addContinuum(emission, dispersion, temperature, continuum);
    }
    addSkyBackground(extended, dispersion, sky, random);
    for (let x = 0; x < emission.length; x++) {
      extended[x]! += filling * emission[x]!;
    }
    const traces: Trace[] = knots.map(({ position, width, level }) => ({
      spectrum: emission.map((electrons) => electrons * level),
      position,
      width,
    }));
    if (star) traces.push(createTrace(star, [], dispersion, random));
    return { extended, traces };
  };
  return { kind: "nebula", source, exposures: [120, 3600] };
}

/**
 * Samples the light of the Moon, a planet or the twilight: a solar spectrum with its
 * absorption lines, along the whole slit or between the edges of a disc.
 */
function sampleSolarLight(
  random: Random,
  { detector, layout }: Instrument,
): FrameLight {
  const { readNoise, gain, saturation, biasLevel } = detector;
  const fullWell = gain * (saturation - biasLevel);
  const level = Math.min(
    readNoise * random.logUniform(15, 3000),
    fullWell * random.uniform(0.3, 0.9),
  );
  const weakLineCount = random.integer(20, 120);
  const temperature = random.uniform(5000, 7000);
  const hasDisc = (layout === "longslit" || layout === "window") &&
    random.chance(0.6);
  const source: LightSource = (dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    addContinuum(extended, dispersion, temperature, 1);
    const scale = level / findPeak(extended);
    for (let x = 0; x < extended.length; x++) extended[x]! *= scale;
    addAbsorption(extended, dispersion, false, random, weakLineCount);
    return { extended, traces: [] };
  };
  return {
    kind: "solar",
    source,
    exposures: [0.05, 120],
    shade: hasDisc ? sampleDisc(random) : undefined,
  };
}

/** Samples the part of the slit that a disc covers: a planet, or a limb of the Moon. */
function sampleDisc(random: Random): Shade {
  const isPlanet = random.chance(0.6);
  const radius = isPlanet ? random.logUniform(0.06, 0.4) : 1;
  const middle = isPlanet
    ? random.uniform(0.25, 0.75)
    : random.pick([-1, 2]) + random.uniform(-0.6, 0.6);
  const softness = random.logUniform(0.002, 0.03);
  const halo = random.chance(0.5) ? random.logUniform(0.002, 0.1) : 0;
  const belts = random.chance(0.5) ? random.uniform(0, 0.2) : 0;
  const beltCount = random.uniform(1, 6);
  return {
    alongSlit: (position) => {
      const distance = Math.abs(position - middle);
      const open = 1 / (1 + Math.exp((distance - radius) / softness));
      const texture = 1 - belts * Math.sin(beltCount * 6 * position) ** 2;
      return halo + (1 - halo) * open * texture;
    },
    alongDispersion: () => 1,
  };
}

/** Samples the light of a near-infrared exposure. */
function sampleInfraredLight(
  random: Random,
  { detector: { readNoise }, seeing }: Instrument,
): FrameLight {
  const peak = readNoise * random.logUniform(8, 600);
  const thermal = random.chance(0.5)
    ? {
      level: peak * random.logUniform(0.05, 3),
      steepness: random.uniform(2, 12),
    }
    : undefined;
  const continuum = peak * random.logUniform(0.005, 0.1);
  const noise = Math.hypot(readNoise, Math.sqrt(continuum));
  const targets = random.chance(0.65)
    ? [sampleTarget(
      random,
      noise,
      sampleTraceWidth(random, seeing),
      random.pick(["bright", "faint"]),
      true,
    )]
    : [];
  const source: LightSource = (dispersion) => {
    const extended = new Float32Array(dispersion.columns).fill(continuum);
    addHydroxylForest(extended, dispersion, peak, random);
    if (thermal) {
      addThermalContinuum(
        extended,
        dispersion,
        thermal.level,
        thermal.steepness,
      );
    }
    const traces = targets.map((target) =>
      createTrace(target, [], dispersion, random)
    );
    return { extended, traces };
  };
  return { kind: "infrared", source, exposures: [10, 1200] };
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

/**
 * @param noise Noise of the sky and the read-out, in electrons.
 * @param starWidth Width of a star's trace, in units of the seeing.
 * @param isMain Whether the slit was centred on the target.
 */
function sampleTarget(
  random: Random,
  noise: number,
  starWidth: number,
  kind: TargetKind,
  isMain: boolean,
): Target {
  const isGalaxy = kind === "galaxy" || kind === "deep" && random.chance(0.5);
  const hasContinuum = random.chance(isGalaxy ? 0.75 : 0.95);
  const isExtended = random.chance(isGalaxy ? 0.7 : 0.08);
  return {
    position: isMain && random.chance(0.7)
      ? random.uniform(0.25, 0.75)
      : random.uniform(0.06, 0.94),
    width: starWidth *
      (isExtended ? random.logUniform(1.5, isGalaxy ? 12 : 4) : 1),
    level: noise *
      (kind === "bright" && isMain
        ? sampleStandardLevel(random)
        : kind === "deep"
        ? random.logUniform(0.6, 12)
        : random.logUniform(1.2, 120)),
    temperature: random.logUniform(3000, 30000),
    isHot: random.chance(kind === "bright" ? 0.5 : 0.3),
    emission: isGalaxy || !hasContinuum || random.chance(0.12)
      ? random.logUniform(0.1, 1)
      : 0,
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
