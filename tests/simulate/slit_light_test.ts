import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Instrument } from "../../lib/simulate/instrument.ts";
import {
  addReflection,
  type LightSource,
  projectLight,
} from "../../lib/simulate/slit_light.ts";
import { createPlainInstrument } from "./helpers.ts";

const STRAIGHT = { rise: 0, bend: 0 };

/** Light in column 300 only: 100 electrons along the slit, or 100 in a star at its middle. */
function createSource(kind: "extended" | "star"): LightSource {
  return ({ columns }) => {
    const spectrum = new Float32Array(columns);
    spectrum[300] = 100;
    return kind === "extended" ? { extended: spectrum, traces: [] } : {
      extended: new Float32Array(columns),
      traces: [{ spectrum, position: 0.5, width: 1 }],
    };
  };
}

function project(
  instrument: Instrument,
  source: LightSource,
): (row: number, column: number) => number {
  const light = projectLight(instrument, source, STRAIGHT);
  return (row, column) => light[row * instrument.dispersion.columns + column]!;
}

Deno.test("slit light: extended light fills the slit, a star has the seeing's width", () => {
  const instrument = { ...createPlainInstrument(), seeing: 3 };
  const extended = project(instrument, createSource("extended"));
  assertAlmostEquals(extended(10, 300), 100, 0.1);
  assertAlmostEquals(extended(110, 300), 100, 0.1);
  assertEquals(extended(60, 310), 0);
  const star = project(instrument, createSource("star"));
  assertAlmostEquals(star(60, 300), 100, 0.1);
  assertAlmostEquals(star(63, 300) / star(60, 300), 0.59, 0.02);
  assert(star(90, 300) < 1);
});

Deno.test("slit light: tilt moves a line by its columns per row", () => {
  const instrument = { ...createPlainInstrument(), tilt: 0.1 };
  const at = project(instrument, createSource("extended"));
  assertAlmostEquals(at(60, 300), 100, 0.1);
  assertAlmostEquals(at(100, 296), 100, 0.1);
  assertEquals(at(100, 300), 0);
});

Deno.test("slit light: an image slicer spreads a star over the slit", () => {
  const instrument = { ...createPlainInstrument(), scramblesLight: true };
  const at = project(instrument, createSource("star"));
  assertAlmostEquals(at(10, 300), 100, 0.1);
  assertAlmostEquals(at(110, 300), 100, 0.1);
});

Deno.test("slit light: only the rows of a slice are lit, at its transmission", () => {
  const instrument = {
    ...createPlainInstrument(),
    slices: [{ from: 20, to: 50, transmission: 0.8, shift: 0 }],
    softness: 0.5,
  };
  const at = project(instrument, createSource("extended"));
  assertAlmostEquals(at(35, 300), 80, 0.1);
  assertEquals(at(70, 300), 0);
});

Deno.test("slit light: a reflection is a ring in units of the mean light, and nothing elsewhere", () => {
  const [rows, columns] = [100, 300];
  const light = new Float32Array(rows * columns).fill(10);
  const ring = { row: 0.5, column: 0.5, radius: 0.3, thickness: 0.02 };
  addReflection(light, columns, { ...ring, level: 2 });
  assertAlmostEquals(light[50 * columns + 180]!, 30, 1e-3); // on the ring
  assertEquals(light[50 * columns + 150], 10); // at its centre
  assertEquals(light[50 * columns], 10); // outside
});
