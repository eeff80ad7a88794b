import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Instrument } from "../../lib/simulate/instrument.ts";
import { createInstrument } from "../../lib/simulate/named_instrument.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import {
  addReflection,
  type FieldStar,
  type LightSource,
  projectLight,
  sampleField,
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

Deno.test("slit light: a displaced slitlet has its lines in other columns", () => {
  const instrument: Instrument = {
    ...createPlainInstrument(),
    layout: "slitlets",
    slices: [
      { from: 10, to: 40, transmission: 1, shift: 0 },
      { from: 60, to: 100, transmission: 1, shift: 40 },
    ],
    softness: 0.5,
  };
  const at = project(instrument, ({ columns, start, step }) => {
    const extended = new Float32Array(columns);
    // The column of 5600 Å, whose light falls on column 300 without a displacement.
    extended[(5600 - start) / step] = 100;
    return { extended, traces: [] };
  });
  assertAlmostEquals(at(25, 300), 100, 0.1);
  assertAlmostEquals(at(80, 260), 100, 0.1);
  assertEquals([at(80, 300), at(25, 260), at(50, 300)], [0, 0, 0]);
});

Deno.test("slit light: each star of the field lies in a slitlet of its own", () => {
  const slices = [0, 1, 2].map((k) => ({
    from: 40 * k,
    to: 40 * k + 30,
    transmission: 1,
    shift: 0,
  }));
  const instrument: Instrument = {
    ...createPlainInstrument(),
    layout: "slitlets",
    slices,
    seeing: 2,
  };
  const sumSlitlets = (field: FieldStar[]) => {
    const light = projectLight(instrument, createSource("star"), {
      ...STRAIGHT,
      field,
    });
    return slices.map(({ from }) =>
      light.subarray(from * 700, (from + 30) * 700)
        .reduce((sum, value) => sum + value, 0)
    );
  };
  const star = { position: 0.5, shift: 0, level: 1 };
  const [first, middle, last] = sumSlitlets([star]);
  assert(middle! > 400 && first === 0 && last === 0);
  const sums = sumSlitlets([star, star, { ...star, level: 0.5 }]);
  assertAlmostEquals(sums[2]! / sums[1]!, 1, 0.02);
  assertAlmostEquals(sums[0]! / sums[1]!, 0.5, 0.02);
});

Deno.test("slit light: without a slit, spectra start at the columns of their stars", () => {
  const instrument: Instrument = {
    ...createPlainInstrument(),
    layout: "slitless",
    seeing: 2,
    spectrumLength: 200,
  };
  const source: LightSource = ({ columns }) => ({
    extended: new Float32Array(columns).fill(10),
    traces: [{
      spectrum: new Float32Array(columns).fill(100),
      position: 0.5,
      width: 1,
    }],
  });
  const field = [
    { position: 0.5, shift: 0, level: 1 },
    { position: 0.25, shift: 0.5, level: 0.5 },
  ];
  const light = projectLight(instrument, source, { ...STRAIGHT, field });
  const at = (row: number, column: number) => light[row * 700 + column]!;
  assertAlmostEquals(at(60, 350), 110, 0.1);
  assertAlmostEquals(at(60, 200), 10, 0.1);
  assertAlmostEquals(at(30, 500), 60, 0.1);
  assertAlmostEquals(at(30, 380), 10, 0.5);
  // The sky has no edge, and a lamp shines through a slit.
  assertAlmostEquals(at(0, 0), 10, 0.1);
  assertEquals(project(instrument, createSource("extended"))(60, 310), 0);
});

Deno.test("slit light: a lamp lights all fibres except broken ones, a star lights one", () => {
  const instrument: Instrument = {
    ...createPlainInstrument(),
    layout: "fibres",
    fibres: {
      rows: [15, 45, 75, 105],
      transmissions: [1, 0.8, 0, 1],
      sigma: 3,
      power: 2,
      rise: 0,
      bend: 0,
      isBundle: false,
    },
  };
  const lamp = project(instrument, createSource("extended"));
  assertAlmostEquals(lamp(15, 300), 100, 0.5);
  assertAlmostEquals(lamp(45, 300), 80, 0.5);
  assertEquals([lamp(75, 300), lamp(30, 300), lamp(15, 310)], [0, 0, 0]);
  const star = project(instrument, ({ columns }) => ({
    extended: new Float32Array(columns),
    traces: [{
      spectrum: new Float32Array(columns).fill(100),
      position: 0.3,
      width: 1,
    }],
  }));
  assertAlmostEquals(star(45, 300), 80, 0.5);
  assertEquals([star(15, 300), star(105, 300)], [0, 0]);
});

Deno.test("slit light: a bundle of fibres images a star onto several of them", () => {
  const fibres = createInstrument("fibres", 1)!.fibres!;
  const instrument: Instrument = {
    ...createPlainInstrument(),
    fibres: {
      ...fibres,
      rows: Array.from({ length: 36 }, (_, k) => 3 * k + 6),
      transmissions: new Array(36).fill(1),
      sigma: 0.6,
      rise: 0,
      bend: 0,
      isBundle: true,
    },
  };
  const at = project(instrument, createSource("star"));
  const lit = Array.from({ length: 36 }, (_, k) => at(3 * k + 6, 300))
    .filter((value) => value > 1);
  assert(lit.length > 2 && lit.length < 18, `${lit.length} fibres`);
});

Deno.test("slit light: an order follows its parabola, with blaze and tilted lines", () => {
  const { dispersion } = createPlainInstrument();
  const instrument: Instrument = {
    ...createPlainInstrument(),
    layout: "orders",
    orders: [{
      row: 40,
      rise: 0,
      bend: 50,
      height: 14,
      tilt: 0.5,
      blaze: { peak: 0.5, width: 0.25 },
      dispersion,
    }],
  };
  const lamp = project(instrument, ({ columns }) => ({
    extended: new Float32Array(columns).fill(100),
    traces: [],
  }));
  assertAlmostEquals(lamp(40, 350), 100, 0.5);
  assertAlmostEquals(lamp(90, 0), 100 * Math.exp(-2), 0.5);
  assertEquals([lamp(40, 0), lamp(90, 350)], [0, 0]);
  const line = project({
    ...instrument,
    orders: [{
      ...instrument.orders[0]!,
      bend: 0,
    }],
  }, createSource("extended"));
  const blaze = Math.exp(-0.5 * ((300 / 700 - 0.5) / 0.25) ** 2);
  assertAlmostEquals(line(40, 300), 100 * blaze, 1);
  assert(line(44, 298) > 80 && line(44, 300) === 0);
});

Deno.test("slit light: a science field is crowded, a standard outshines its neighbours", () => {
  for (let seed = 0; seed < 30; seed++) {
    const science = sampleField(makeRandom(seed), true);
    const standard = sampleField(makeRandom(seed), false);
    assert(science.length >= 4 && standard.length <= 5);
    assert(standard.slice(1).every(({ level }) => level <= 0.05));
    for (const { position, shift } of [...science, ...standard]) {
      assert(position > 0 && position < 1 && Math.abs(shift) <= 1);
    }
  }
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

Deno.test("slit light: the lines of staggered slices lie in different columns", () => {
  const instrument: Instrument = {
    ...createPlainInstrument(),
    layout: "slices",
    slices: [
      { from: 10, to: 50, transmission: 1, shift: -20 },
      { from: 70, to: 110, transmission: 1, shift: 20 },
    ],
  };
  const line: LightSource = ({ columns, start, step }) => {
    const extended = new Float32Array(columns);
    extended[Math.round((5600 - start) / step)] = 100;
    return { extended, traces: [] };
  };
  const at = project(instrument, line);
  assertAlmostEquals(at(30, 320), 100, 0.1);
  assertAlmostEquals(at(90, 280), 100, 0.1);
  assertEquals(at(30, 280), 0);
  assertEquals(at(90, 320), 0);
});

Deno.test("slit light: each beam shows the star at the same place of the slit", () => {
  const instrument: Instrument = {
    ...createPlainInstrument(),
    layout: "beams",
    seeing: 2,
    slices: [
      { from: 10, to: 50, transmission: 1, shift: 0 },
      { from: 70, to: 110, transmission: 0.8, shift: 0 },
    ],
  };
  const star = project(instrument, createSource("star"));
  assertAlmostEquals(star(30, 300), 100, 1);
  assertAlmostEquals(star(90, 300), 80, 1);
  assert(star(60, 300) < 1);
  const lamp = project(instrument, createSource("extended"));
  assertAlmostEquals(lamp(20, 300), 100, 0.1);
  assertAlmostEquals(lamp(100, 300), 80, 0.1);
  assert(lamp(60, 300) < 0.1);
});

Deno.test("slit light: a trailed star is even along its trail", () => {
  const instrument = { ...createPlainInstrument(), seeing: 2 };
  const at = project(instrument, (dispersion) => {
    const { extended, traces } = createSource("star")(dispersion);
    return { extended, traces: [{ ...traces[0]!, trail: 0.5 }] };
  });
  for (const row of [40, 60, 80]) assertAlmostEquals(at(row, 300), 100, 0.1);
  assert(at(105, 300) < 2);
});

Deno.test("slit light: filters of a colour camera repeat every two rows and columns", () => {
  const instrument = createPlainInstrument({ hasColourFilters: true });
  const at = project({
    ...instrument,
    dispersion: { ...instrument.dispersion, start: 6500, step: 0.5 },
  }, ({ columns }) => ({
    extended: new Float32Array(columns).fill(100),
    traces: [],
  }));
  assertAlmostEquals(at(60, 300), 100, 1);
  for (const [row, column] of [[60, 301], [61, 300], [61, 301]] as const) {
    assert(at(row, column) < 10);
  }
  assertAlmostEquals(at(62, 302), 100, 1);
});
