/**
 * Standards: one bright star.
 *
 * @module
 */
import type { Random } from "./random.ts";
import { addSky, sampleSky } from "./sky.ts";
import type { SlitLightAt, Trace } from "./slit_light.ts";
import { absorb, addContinuum } from "./spectrum.ts";

/**
 * Light of a standard: a hot or solar star far above the sky, whose lines are
 * weak for want of time; now and then twilight, a faint neighbour or
 * a ghost of the star itself.
 *
 * @param noise Electrons of read-out noise, which sets what is faint.
 */
export function standardLight(random: Random, noise: number): SlitLightAt {
  const sky = sampleSky(
    random,
    random.chance(0.3) ? 0 : random.logUniform(0.02, 60),
  );
  const background = Math.hypot(noise, Math.sqrt(sky.continuum));
  const level = background *
    (random.chance(0.25)
      ? random.logUniform(10, 150)
      : random.logUniform(150, 2e4));
  const twilight = random.chance(0.05)
    ? level * random.logUniform(0.002, 0.05)
    : 0;
  const temperature = random.logUniform(5000, 30000);
  const isHot = random.chance(0.75);
  const place = random.uniform(0.2, 0.8);
  const neighbour = random.chance(0.12)
    ? { place: random.uniform(0.1, 0.9), level: random.logUniform(0.003, 0.1) }
    : undefined;
  return (dispersion) => {
    const fill = new Float32Array(dispersion.columns);
    addSky(fill, dispersion, sky, random);
    if (twilight > 0) addContinuum(fill, dispersion, 7000, twilight);
    const spectrum = new Float32Array(dispersion.columns);
    addContinuum(spectrum, dispersion, temperature, level);
    absorb(spectrum, dispersion, isHot, random);
    const traces: Trace[] = [{ spectrum, place, width: 1 }];
    if (neighbour) {
      const faint = spectrum.map((electrons) => electrons * neighbour.level);
      traces.push({ spectrum: faint, place: neighbour.place, width: 1 });
    }
    return { fill, traces };
  };
}
