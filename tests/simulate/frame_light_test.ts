import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  applyShade,
  computeDarkNoise,
  measureVisibility,
  pickKind,
} from "../../lib/simulate/frame_light.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { createPlainInstrument } from "./helpers.ts";

const ROWS = 120;
const COLUMNS = 700;
const NOISE = { variance: 36, patternVariance: 0 };

function createLight(
  electrons: (row: number, column: number) => number,
): Float32Array {
  return Float32Array.from(
    { length: ROWS * COLUMNS },
    (_, k) => electrons(Math.floor(k / COLUMNS), k % COLUMNS),
  );
}

Deno.test("frame light: kinds are picked as often as their weights say", () => {
  const random = makeRandom(1);
  const counts = { common: 0, rare: 0, never: 0 };
  for (let k = 0; k < 4000; k++) {
    counts[pickKind(random, { common: 3, rare: 1, never: 0 })]++;
  }
  assertEquals(counts.never, 0);
  assertAlmostEquals(counts.common / 4000, 0.75, 0.03);
});

Deno.test("frame light: a shade multiplies rows of the slit and columns", () => {
  const instrument = {
    ...createPlainInstrument(),
    slices: [{ ...createPlainInstrument().slices[0]!, from: 20, to: 100 }],
  };
  const light = createLight(() => 100);
  applyShade(light, instrument, {
    alongSlit: (position) => 1 - position,
    alongDispersion: (position) => position < 0.5 ? 1 : 0.5,
  });
  const at = (row: number, column: number) => light[row * COLUMNS + column]!;
  assertAlmostEquals(at(20, 0), 100, 1e-3);
  assertAlmostEquals(at(60, 0), 50, 1e-3);
  assertAlmostEquals(at(60, 600), 25, 1e-3);
  assertEquals(at(110, 0), 0);
});

Deno.test("visibility: no light and a gradient have no detail, and even light is lit", () => {
  const none = measureVisibility(createLight(() => 0), COLUMNS, NOISE);
  assertEquals(none, { lit: 0, detail: 0, lines: 0 });
  const gradient = measureVisibility(
    createLight((row) => 1000 + 10 * row),
    COLUMNS,
    NOISE,
  );
  assertEquals(gradient.lit, 1);
  // The neighbour of a cell at the edge is a cell at the edge.
  assert(gradient.detail < 0.07, `${gradient.detail}`);
  assertEquals(gradient.lines, 0);
});

Deno.test("visibility: counts lines along the dispersion, and the cells of a trace", () => {
  const lines = createLight((_, x) => x % 100 === 50 ? 400 : 0);
  assertEquals(measureVisibility(lines, COLUMNS, NOISE).lines, 7);
  const faint = lines.map((electrons) => electrons / 40);
  assertEquals(measureVisibility(faint, COLUMNS, NOISE).lines, 0);
  const trace = createLight((row) => row === 60 ? 400 : 0);
  const { detail, lines: peaks } = measureVisibility(trace, COLUMNS, NOISE);
  assertAlmostEquals(detail, 1 / ROWS, 1e-3);
  assertEquals(peaks, 0);
});

Deno.test("visibility: a pattern of the detector hides light that its noise does not", () => {
  const light = createLight((_, x) => x % 100 === 50 ? 60 : 0);
  assertEquals(measureVisibility(light, COLUMNS, NOISE).lines, 7);
  const patterned = { ...NOISE, patternVariance: 400 };
  assertEquals(measureVisibility(light, COLUMNS, patterned).lines, 0);
});

Deno.test("dark noise: read noise and dark current count per pixel, column noise as a pattern", () => {
  const random = makeRandom(3);
  const { detector } = createPlainInstrument({
    gain: 2,
    readNoise: 6,
    darkCurrent: 0.1,
    columnPattern: Float32Array.from({ length: 2000 }, () => random.normal()),
  });
  const { variance, patternVariance } = computeDarkNoise(detector, 300);
  assertAlmostEquals(variance, 36 + 30 + 4 / 12, 1e-3);
  assertAlmostEquals(patternVariance, 4, 0.6);
});
