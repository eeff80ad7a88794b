/**
 * Light of calibration lamps: arcs and flats.
 *
 * @module
 */
import { type FrameLight, pickKind, type Shade } from "./frame_light.ts";
import type { Instrument } from "./instrument.ts";
import { LAMP_SETS, LAMPS } from "./lamp_lines.ts";
import type { SpectralLine } from "./lines.ts";
import type { Random } from "./random.ts";
import {
  addContinuum,
  addLines,
  type Dispersion,
  findPeak,
  isCovered,
  pixelToWavelength,
  raisePeak,
} from "./spectrum.ts";

/**
 * Kinds of arcs and how often they occur.
 *
 * - `full`: lamps with many lines.
 * - `continuum`: lines on a bright continuum of the lamp or the dome.
 * - `element`: a lamp of one element, which may have few lines in the range.
 * - `weak`: lines at 10 to 150 times the read noise, as of a lamp that warms up.
 * - `dense`: thorium or iron, with a line in every few resolution elements.
 * - `defocused`: lines widened by a focus that is off, as in a focus series.
 * - `hartmann`: lines doubled by a mask with two holes.
 * - `sparse`: two to five lines, as of a lamp of one element in a narrow range.
 * - `comb`: evenly spaced lines, as of an etalon or a laser frequency comb.
 */
const ARC_KINDS = {
  full: 0.48,
  continuum: 0.1,
  element: 0.13,
  weak: 0.09,
  dense: 0.08,
  defocused: 0.03,
  hartmann: 0.03,
  sparse: 0.04,
  comb: 0.02,
} as const;

type ArcKind = keyof typeof ARC_KINDS;

/** Number of lines that a lamp must have in the range of the spectrograph. */
const MIN_LINES: Readonly<Record<ArcKind, number>> = {
  full: 10,
  continuum: 4,
  element: 4,
  weak: 8,
  dense: 3,
  defocused: 4,
  hartmann: 4,
  sparse: 2,
  comb: 0,
};

/**
 * Samples the light of an arc: lamps with enough lines in the range of the
 * spectrograph, often with a continuum of the lamp or the dome and with the second
 * order of the grating.
 *
 * Where no lamp has enough lines, as in an order of an echelle or at a high
 * resolution, random lines stand in for those of a dense lamp (thorium, iron).
 */
export function sampleArcLight(
  random: Random,
  { layout, orders, dispersion: whole, detector }: Instrument,
): FrameLight {
  const sampled = pickKind(random, ARC_KINDS);
  const kind = layout === "echelle" && random.chance(0.8)
    ? (random.chance(0.15) ? "comb" : "dense")
    : sampled === "continuum" && orders.length > 0
    // Lines in narrow orders on a bright continuum could not be seen.
    ? "full"
    : sampled;
  const lamps = sampleLamps(random, kind, whole);
  const isWeak = kind === "weak";
  // The electrons of the strongest line, for weak lines in units of the read noise.
  const peak = isWeak
    ? detector.readNoise * random.logUniform(10, 150)
    : random.chance(0.1)
    ? random.logUniform(1e3, 5e3)
    // The lines of a comb are equally bright, so none needs to be overexposed.
    : random.logUniform(5e3, kind === "comb" ? 1.5e5 : 8e5);
  const randomLineCount = kind === "dense"
    ? random.logUniform(40, 200)
    : kind === "sparse"
    ? random.integer(2, 4)
    : random.logUniform(5, 40);
  const fullWell = detector.gain * (detector.saturation - detector.biasLevel);
  const relative = kind === "continuum"
    ? random.logUniform(0.03, 0.3)
    : kind !== "sparse" && random.chance(isWeak ? 0.15 : 0.3)
    ? random.logUniform(0.002, 0.05)
    : 0;
  const continuum = {
    // Limited, as lines on a saturated continuum would not be seen.
    level: Math.min(peak * relative, 0.3 * fullWell),
    temperature: random.uniform(2500, 8000),
  };
  const secondOrder = kind !== "sparse" && kind !== "comb" &&
      random.chance(0.15)
    ? random.uniform(0.02, 0.3)
    : 0;
  const sparseLineCount = random.integer(2, 5);
  const comb = sampleComb(random);
  const images = sampleLineImages(random, kind);
  const contrast = kind === "comb"
    ? random.uniform(1, 1.3)
    : random.uniform(1.5, 3);
  const source = (dispersion: Dispersion) => {
    let lines = kind === "comb"
      ? comb(dispersion)
      : lamps.filter(([wavelength]) => isCovered(dispersion, wavelength));
    if (kind === "sparse") {
      lines = lines.sort((a, b) => b[1] - a[1]).slice(0, sparseLineCount);
    }
    if (kind === "dense" || lines.length < MIN_LINES[kind]) {
      for (let count = randomLineCount; count > 0; count--) {
        lines.push(sampleLine(random, dispersion));
      }
    }
    if (secondOrder > 0) {
      for (const [wavelength, strength] of lamps) {
        lines.push([2 * wavelength, secondOrder * strength]);
      }
    }
    const strengths = lines.map(([wavelength, strength]): SpectralLine => [
      wavelength,
      strength * random.logUniform(1 / contrast, contrast),
    ]);
    const extended = new Float32Array(dispersion.columns);
    for (const { offset, width } of images) {
      const shift = offset * dispersion.lineWidth;
      const shifted = {
        ...dispersion,
        start: dispersion.start - shift * dispersion.step,
      };
      addLines(extended, shifted, strengths, () => 0.1 * peak, width);
    }
    // Lamps are chosen and exposed for the lines in the range.
    const strongest = findPeak(extended);
    if (strongest > 0) raisePeak(extended, 0.3 * peak);
    if (continuum.level > 0) {
      addContinuum(
        extended,
        dispersion,
        continuum.temperature,
        continuum.level,
      );
    }
    return { extended, traces: [] };
  };
  // Lamps with many weak lines are exposed longest.
  const longest = kind === "full" || kind === "dense" ? 900 : 300;
  return { kind, source, exposures: [0.5, longest] };
}

/** Samples lamps with enough lines in the range, if eight tries find them. */
function sampleLamps(
  random: Random,
  kind: ArcKind,
  dispersion: Dispersion,
): readonly SpectralLine[] {
  const isElement = kind === "element" || kind === "sparse" ||
    kind === "weak" && random.chance(0.5);
  let lamps: readonly SpectralLine[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    lamps = isElement
      ? random.pick(Object.values(LAMPS))
      : kind === "dense"
      ? [...random.pick([LAMPS.TH, LAMPS.FE]), ...LAMPS.AR]
      : [
        random.pick(LAMP_SETS),
        ...random.chance(0.3) ? [random.pick(LAMP_SETS)] : [],
      ].flat();
    const count = lamps.reduce(
      (sum, [wavelength]) => sum + (isCovered(dispersion, wavelength) ? 1 : 0),
      0,
    );
    if (count >= MIN_LINES[kind]) break;
  }
  return lamps;
}

/** Samples evenly spaced lines, whose brightness changes slowly along the dispersion. */
function sampleComb(
  random: Random,
): (dispersion: Dispersion) => SpectralLine[] {
  const lineWidths = random.logUniform(1.8, 12);
  const stretch = random.uniform(-0.15, 0.15);
  const slope = random.uniform(-0.8, 0.8);
  return (dispersion) => {
    const { columns, lineWidth } = dispersion;
    const lines: SpectralLine[] = [];
    let pixel = 0;
    while (pixel < columns) {
      const along = pixel / columns - 0.5;
      lines.push([
        pixelToWavelength(dispersion, pixel),
        10 * (1 + slope * along),
      ]);
      pixel += Math.max(3, lineWidth * lineWidths) * (1 + stretch * along);
    }
    return lines;
  };
}

/** An image of the slit that a line forms, with units of the instrument's line width. */
interface LineImage {
  readonly offset: number;
  readonly width: number;
}

/** Samples the images of a line: one, two through a mask, or a row of them out of focus. */
function sampleLineImages(random: Random, kind: ArcKind): LineImage[] {
  if (kind === "hartmann") {
    const offset = random.uniform(0.8, 4) / 2;
    // One hole is closed in half of the exposures: the lines are shifted only.
    const offsets = random.chance(0.5) ? [offset] : [-offset, offset];
    return offsets.map((offset) => ({ offset, width: 0.9 }));
  }
  if (kind === "defocused") {
    // Out of focus, the lines have the shape of the pupil.
    const reach = random.logUniform(0.8, 5);
    const count = Math.ceil(2 * reach) + 1;
    return Array.from({ length: count }, (_, k) => ({
      offset: reach * (2 * k / (count - 1) - 1),
      width: 1,
    }));
  }
  return [{ offset: 0, width: 1 }];
}

function sampleLine(random: Random, dispersion: Dispersion): SpectralLine {
  const wavelength = pixelToWavelength(
    dispersion,
    random.uniform(0, dispersion.columns),
  );
  return [wavelength, 0.1 + 3 * random.uniform() ** 3];
}

/**
 * Kinds of flats and how often they occur.
 *
 * - `lamp`: an evenly illuminated slit and a filament.
 * - `dome`: light that fades along the slit or along the dispersion, as of a screen
 *   that the lamp illuminates from the side, or with a vignetted slit.
 * - `glass`: broad absorption or ripples of filters and diffusers.
 * - `lines`: a few lines on the continuum, as of a deuterium lamp.
 */
const FLAT_KINDS = {
  lamp: 0.62,
  dome: 0.18,
  glass: 0.12,
  lines: 0.08,
} as const;

/**
 * Samples the light of a flat. The peak varies from faint to 0.9 of full well, and
 * occasionally exceeds full well a little; a flat that is saturated all over is not
 * a flat.
 */
export function sampleFlatLight(
  random: Random,
  { detector: { gain, saturation, biasLevel } }: Instrument,
): FrameLight {
  const kind = pickKind(random, FLAT_KINDS);
  const intendedPeak = random.chance(0.1)
    ? random.logUniform(300, 5e3)
    : random.logUniform(5e3, 1.5e5);
  const maxPeak = gain * (saturation - biasLevel) *
    (random.chance(0.95) ? random.uniform(0.4, 0.9) : 1.3);
  const peak = Math.min(intendedPeak, maxPeak);
  const temperature = random.chance(0.2) ? 7000 : random.uniform(2300, 4500);
  const lineCount = kind === "lines" ? random.integer(1, 6) : 0;
  const bands = kind === "glass"
    ? Array.from({ length: random.integer(1, 6) }, () => ({
      position: random.uniform(-0.05, 1.05),
      // Narrower ones would look like the absorption lines of a star.
      width: random.logUniform(0.03, 0.15),
      depth: random.uniform(0.05, 0.7),
    }))
    : [];
  const source = (dispersion: Dispersion) => {
    const extended = new Float32Array(dispersion.columns);
    addContinuum(extended, dispersion, temperature, 1);
    const scale = peak / findPeak(extended);
    for (let x = 0; x < extended.length; x++) extended[x]! *= scale;
    for (const { position, width, depth } of bands) {
      for (let x = 0; x < extended.length; x++) {
        const offset = (x / extended.length - position) / width;
        extended[x]! *= 1 - depth * Math.exp(-0.5 * offset * offset);
      }
    }
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
    return { extended, traces: [] };
  };
  return {
    kind,
    source,
    exposures: [0.5, 600],
    shade: kind === "dome" ? sampleFade(random) : undefined,
  };
}

/** Samples light that fades along the slit, along the dispersion or along both. */
function sampleFade(random: Random): Shade {
  const draw = random.uniform();
  const even = () => 1;
  return {
    alongSlit: draw < 0.75 ? sampleFadeAlongAxis(random) : even,
    alongDispersion: draw > 0.6 ? sampleFadeAlongAxis(random) : even,
  };
}

/** Samples a fade to 0.02 to 0.7 of the light: even, or as the edge of a shadow. */
function sampleFadeAlongAxis(random: Random): (position: number) => number {
  const darkest = random.logUniform(0.02, 0.7);
  const isReversed = random.chance(0.5);
  const edge = random.chance(0.5)
    ? { middle: random.uniform(0.2, 0.9), width: random.logUniform(0.02, 0.2) }
    : undefined;
  const power = random.uniform(0.6, 2.5);
  return (position) => {
    const from = isReversed ? 1 - position : position;
    const shadow = edge
      ? 1 / (1 + Math.exp((edge.middle - from) / edge.width))
      : from ** power;
    return 1 - (1 - darkest) * shadow;
  };
}
