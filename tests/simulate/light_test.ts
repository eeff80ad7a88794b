import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { addCosmicRays } from "../../lib/simulate/cosmic_rays.ts";
import { LAMPS } from "../../lib/simulate/lamp_lines.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import {
  absorb,
  addContinuum,
  addLines,
  pixelOf,
} from "../../lib/simulate/spectrum.ts";

const DISPERSION = { columns: 1000, start: 5800, step: 1.5, lineWidth: 3 };

Deno.test("spectrum: lines stand where the dispersion puts them, as wide as they should be", () => {
  const alone = LAMPS.NE.filter(([wavelength]) => wavelength === 6929.47);
  const spectrum = new Float32Array(DISPERSION.columns);
  addLines(spectrum, DISPERSION, alone, () => 100);
  const sum = spectrum.reduce((a, b) => a + b, 0);
  const centroid = spectrum.reduce((a, b, x) => a + b * x, 0) / sum;
  assertAlmostEquals(centroid, pixelOf(DISPERSION, 6929.47), 0.05);
  const peak = Math.max(...spectrum);
  const half = spectrum.filter((value) => value > peak / 2).length;
  assert(Math.abs(half - DISPERSION.lineWidth) <= 1, `${half} pixels wide`);
});

Deno.test("spectrum: falling wavelengths mirror a spectrum", () => {
  const { columns, start, step } = DISPERSION;
  const mirrored = {
    ...DISPERSION,
    start: start + step * (columns - 1),
    step: -step,
  };
  const [rising, falling] = [DISPERSION, mirrored].map((dispersion) => {
    const spectrum = new Float32Array(columns);
    addContinuum(spectrum, dispersion, 4000, 10);
    addLines(spectrum, dispersion, LAMPS.NE, () => 5);
    return spectrum;
  });
  rising!.forEach((value, x) =>
    assertAlmostEquals(value, falling![columns - 1 - x]!, 1e-3)
  );
});

Deno.test("spectrum: a black body is bluer when hotter, and absorption only takes away", () => {
  const slope = (temperature: number) => {
    const spectrum = new Float32Array(DISPERSION.columns);
    addContinuum(spectrum, DISPERSION, temperature, 1);
    return spectrum[0]! / spectrum.at(-1)!;
  };
  assert(slope(20000) > slope(5000) && slope(5000) > slope(3000));
  const star = new Float32Array(DISPERSION.columns).fill(100);
  absorb(star, DISPERSION, true, makeRandom(1));
  assert(star.every((value) => value >= 0 && value <= 100));
  const hydrogen = Math.round(pixelOf(DISPERSION, 6562.8));
  assert(star[hydrogen]! < 99, "no H alpha");
});

Deno.test("cosmic rays: their number grows with the exposure, not with the seed", () => {
  const hits = (exposure: number) => {
    let sum = 0;
    for (let seed = 0; seed < 20; seed++) {
      sum += addCosmicRays(
        new Float32Array(500 * 400),
        500,
        exposure,
        1,
        makeRandom(seed),
      );
    }
    return sum;
  };
  assertEquals(hits(0), 0);
  assertAlmostEquals(hits(3000) / hits(300), 10, 1);
});
