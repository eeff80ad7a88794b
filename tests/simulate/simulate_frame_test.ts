import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
} from "@std/assert";
import { FRAME_TYPES, type FrameType } from "../../lib/frame_type.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import {
  createInstrument,
  INSTRUMENTS,
} from "../../lib/simulate/named_instrument.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import {
  computeDeviation,
  computeMean,
  createPlainInstrument,
  describePlane,
} from "./helpers.ts";

// If these change, datasets and published scores can no longer be reproduced from their seeds.
const GOLDEN: Readonly<Record<FrameType, string>> = {
  bias: "1037 × 430 a4459263de52",
  dark: "1037 × 430 b2aa890715ff",
  arc: "1037 × 430 3cb9dd298d18",
  flat: "1037 × 430 eb0f6f9bc89a",
  standard: "1037 × 430 294bea2c1eca",
  science: "1037 × 430 6d0e55734920",
};

const GOLDEN_ARCS: Readonly<Record<typeof INSTRUMENTS[number], string>> = {
  "kast-blue": "2080 × 330 cba8ba89ebd2",
  "kast-red": "250 × 1232 368c39413a1c",
  longslit: "1400 × 525 ad66f335d9d0",
  window: "2003 × 432 515265b20141",
  slitlets: "2760 × 138 3de6630f5176",
  fibres: "95 × 404 79f96304499b",
  slitless: "1568 × 2110 c6ba070e88ad",
  slices: "428 × 1368 9fec74b6e1bc",
  echelle: "761 × 91 31afa94f492d",
  orders: "700 × 921 d0c68166113d",
};

Deno.test("simulate: a seed gives the same pixels in every version", async () => {
  const actual: Record<string, string> = {};
  for (const type of FRAME_TYPES) {
    actual[type] = await describePlane(simulateFrame({ seed: 21, type }).plane);
  }
  assertEquals(actual, GOLDEN);
});

Deno.test("simulate: a named instrument gives the same pixels in every version", async () => {
  const actual: Record<string, string> = {};
  for (const name of INSTRUMENTS) {
    const instrument = createInstrument(name, 3);
    assertEquals(instrument?.name, name);
    const { plane } = simulateFrame({ seed: 21, type: "arc", instrument });
    actual[name] = await describePlane(plane);
  }
  assertEquals(actual, GOLDEN_ARCS);
  assertEquals(createInstrument("hubble", 3), undefined);
});

Deno.test("simulate: every type has contrast, for many seeds and both orientations", () => {
  const orientations = new Set<boolean>();
  for (let seed = 0; seed < 60; seed++) {
    const requested = FRAME_TYPES[seed % FRAME_TYPES.length]!;
    const { plane, type } = simulateFrame({ seed, type: requested });
    orientations.add(plane.height > plane.width);
    assertEquals(type, requested);
    assertEquals(plane.pixels.length, plane.width * plane.height);
    assert(
      computeDeviation(plane.pixels) > 0.5,
      `seed ${seed}: ${type} is blank`,
    );
    const { z1, z2 } = preprocess(plane);
    assert(z2 > z1, `seed ${seed}: ${type} has an empty input image`);
  }
  assertEquals(orientations.size, 2);
});

Deno.test("simulate: the same seed repeats a frame, another seed changes it", () => {
  const frame = simulateFrame({ seed: 3, type: "science" });
  assertEquals(simulateFrame({ seed: 3, type: "science" }), frame);
  const other = simulateFrame({ seed: 4, type: "science" });
  assertNotEquals(
    other.plane.pixels.slice(0, 999),
    frame.plane.pixels.slice(0, 999),
  );
});

Deno.test("simulate: flats are smooth along the slit, with the response of the pixels", () => {
  const instrument = createPlainInstrument({ readNoise: 0.1, gain: 0.5 });
  const { plane } = simulateFrame({ seed: 9, type: "flat", instrument });
  const column = Float64Array.from(
    { length: plane.height },
    (_, row) => plane.pixels[row * plane.width + 350]! - 1000,
  );
  const electrons = computeMean(column) * 0.5;
  const expected = Math.hypot(Math.sqrt(electrons), 0.005 * electrons) /
    electrons;
  assertAlmostEquals(
    computeDeviation(column) / computeMean(column) / expected,
    1,
    0.25,
  );
});

Deno.test("simulate: the header names the type, or another one if it lies", () => {
  const readType = (lyingHeader: boolean, seed: number) =>
    simulateFrame({
      seed,
      type: "arc",
      lyingHeader,
      instrument: createPlainInstrument(),
    })
      .cards.find((card) => card.keyword === "IMAGETYP")!.value;
  for (let seed = 0; seed < 5; seed++) {
    assertEquals(readType(false, seed), "ARC");
    assertNotEquals(readType(true, seed), "ARC");
  }
});

Deno.test("simulate: darks of a cold detector are long, and arcs have a bright line", () => {
  const kast = createInstrument("kast-blue", 1)!;
  const instrument = {
    ...kast,
    detector: { ...kast.detector, darkCurrent: 0.001, warmFraction: 0 },
  };
  const { gain, biasLevel } = instrument.detector;
  for (let seed = 0; seed < 40; seed++) {
    const dark = simulateFrame({ seed, type: "dark", instrument });
    assert(dark.exposure >= 240, `seed ${seed}: ${dark.exposure} s`);
    const arc = simulateFrame({ seed, type: "arc", instrument });
    const maximum = arc.plane.pixels.reduce((a, b) => Math.max(a, b), 0);
    assert((maximum - biasLevel) * gain > 200, `seed ${seed}: ${maximum}`);
  }
});
