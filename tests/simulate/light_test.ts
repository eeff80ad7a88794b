import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { addCosmicRays } from "../../lib/simulate/cosmic_rays.ts";
import { LAMPS } from "../../lib/simulate/lamp_lines.ts";
import { namedInstrument } from "../../lib/simulate/named_instrument.ts";
import { addReflection } from "../../lib/simulate/reflection.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import {
  absorb,
  addContinuum,
  addLines,
  brighten,
  pixelOf,
} from "../../lib/simulate/spectrum.ts";

const kast = namedInstrument("kast-blue", 1)!;
const COLD = {
  ...kast,
  detector: { ...kast.detector, darkCurrent: 0.001, warmShare: 0 },
};

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

Deno.test("spectrum: brighten lifts a faint one to its least, and leaves bright and empty ones", () => {
  const faint = Float32Array.of(1, 4, 2);
  brighten(faint, 8);
  assertEquals([...faint], [2, 8, 4]);
  const bright = Float32Array.of(1, 40);
  brighten(bright, 8);
  assertEquals([...bright], [1, 40]);
  const empty = new Float32Array(3);
  brighten(empty, 8);
  assertEquals([...empty], [0, 0, 0]);
});

Deno.test("reflection: an arch of its level, in units of the frame's mean, and nothing elsewhere", () => {
  const [rows, columns] = [100, 300];
  const light = new Float32Array(rows * columns).fill(10);
  const ring = { row: 0.5, column: 0.5, radius: 0.3, thickness: 0.02 };
  addReflection(light, columns, { ...ring, level: 2 });
  assertAlmostEquals(light[50 * columns + 180]!, 30, 1e-3); // 30 pixels off the middle
  assertEquals(light[50 * columns + 150], 10); // the middle
  assertEquals(light[50 * columns], 10); // far outside
});

Deno.test("simulate: a cold detector's darks are long, an arc's brightest line shows, at any seed", () => {
  for (let seed = 0; seed < 40; seed++) {
    const dark = simulateFrame({ seed, type: "dark", instrument: COLD });
    assert(dark.exposure >= 240, `seed ${seed}: ${dark.exposure} s`);
    const arc = simulateFrame({ seed, type: "arc", instrument: COLD });
    const { gain, biasLevel } = COLD.detector;
    const brightest = arc.plane.pixels.reduce((a, b) => Math.max(a, b), 0);
    assert((brightest - biasLevel) * gain > 200, `seed ${seed}: ${brightest}`);
  }
});
