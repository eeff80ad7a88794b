import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { LAMPS } from "../../lib/simulate/lamp_lines.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import {
  addAbsorption,
  addContinuum,
  addHydroxylForest,
  addLines,
  addThermalContinuum,
  isCovered,
  pixelToWavelength,
  raisePeak,
  wavelengthToPixel,
} from "../../lib/simulate/spectrum.ts";

const DISPERSION = { columns: 1000, start: 5800, step: 1.5, lineWidth: 3 };

Deno.test("spectrum: a line has the position and width that the dispersion gives", () => {
  const line = LAMPS.NE.filter(([wavelength]) => wavelength === 6929.47);
  assertEquals(line.length, 1);
  const spectrum = new Float32Array(DISPERSION.columns);
  addLines(spectrum, DISPERSION, line, () => 100);
  const sum = spectrum.reduce((a, b) => a + b, 0);
  const centroid = spectrum.reduce((a, b, x) => a + b * x, 0) / sum;
  assertAlmostEquals(centroid, wavelengthToPixel(DISPERSION, 6929.47), 0.05);
  const peak = Math.max(...spectrum);
  const width = spectrum.filter((value) => value > peak / 2).length;
  assert(Math.abs(width - DISPERSION.lineWidth) <= 1, `${width} pixels wide`);
});

Deno.test("spectrum: wavelengths and pixels convert both ways", () => {
  assertEquals(pixelToWavelength(DISPERSION, 100), 5950);
  assertEquals(wavelengthToPixel(DISPERSION, 5950), 100);
  assert(isCovered(DISPERSION, 5801) && isCovered(DISPERSION, 7299));
  assert(!isCovered(DISPERSION, 5799) && !isCovered(DISPERSION, 7301));
});

Deno.test("spectrum: a negative step mirrors a spectrum", () => {
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

Deno.test("spectrum: a hotter black body is bluer, and has its level at 6000 Å", () => {
  const spectra = [3000, 5000, 20000].map((temperature) => {
    const spectrum = new Float32Array(DISPERSION.columns);
    addContinuum(spectrum, DISPERSION, temperature, 7);
    return spectrum;
  });
  const [cool, warm, hot] = spectra.map((spectrum) =>
    spectrum[0]! / spectrum.at(-1)!
  );
  assert(hot! > warm! && warm! > cool!);
  const reference = Math.round(wavelengthToPixel(DISPERSION, 6000));
  for (const spectrum of spectra) {
    assertAlmostEquals(spectrum[reference]!, 7, 0.02);
  }
});

Deno.test("spectrum: absorption only removes light, and a hot star shows H alpha", () => {
  const star = new Float32Array(DISPERSION.columns).fill(100);
  addAbsorption(star, DISPERSION, true, makeRandom(1));
  assert(star.every((value) => value >= 0 && value <= 100));
  const hydrogen = Math.round(wavelengthToPixel(DISPERSION, 6562.8));
  assert(star[hydrogen]! < 99, "no H alpha");
});

Deno.test("spectrum: raisePeak scales faint spectra, and leaves bright and empty ones", () => {
  const faint = Float32Array.of(1, 4, 2);
  raisePeak(faint, 8);
  assertEquals([...faint], [2, 8, 4]);
  const bright = Float32Array.of(1, 40);
  raisePeak(bright, 8);
  assertEquals([...bright], [1, 40]);
  const empty = new Float32Array(3);
  raisePeak(empty, 8);
  assertEquals([...empty], [0, 0, 0]);
});

Deno.test("spectrum: a thermal continuum rises to the red end, along either direction", () => {
  const rising = new Float32Array(DISPERSION.columns);
  addThermalContinuum(rising, DISPERSION, 50, 4);
  assertAlmostEquals(rising.at(-1)!, 50, 0.3);
  assertAlmostEquals(rising[0]!, 50 * Math.exp(-4), 1e-2);
  const falling = new Float32Array(DISPERSION.columns);
  addThermalContinuum(falling, { ...DISPERSION, step: -1.5 }, 50, 4);
  assertAlmostEquals(falling[0]!, 50, 0.3);
  assert(falling.at(-1)! < 1);
});

Deno.test("spectrum: a hydroxyl forest has many lines, about as strong as its peak", () => {
  for (let seed = 0; seed < 10; seed++) {
    const spectrum = new Float32Array(DISPERSION.columns);
    addHydroxylForest(spectrum, DISPERSION, 200, makeRandom(seed));
    const maxima = spectrum.filter((value, x) =>
      value > 10 && value > (spectrum[x - 1] ?? 0) &&
      value > (spectrum[x + 1] ?? 0)
    ).length;
    assert(maxima >= 4, `seed ${seed}: ${maxima} lines`);
    assert(Math.max(...spectrum) < 1000, `seed ${seed}`);
  }
});
