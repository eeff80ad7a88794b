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
import { measureVisibility } from "../../lib/simulate/frame_light.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { sampleInstrument } from "../../lib/simulate/sample_instrument.ts";
import {
  exposeLight,
  showsType,
  simulateFrame,
} from "../../lib/simulate/simulate_frame.ts";
import {
  computeDeviation,
  computeMean,
  createPlainInstrument,
  describePlane,
} from "./helpers.ts";

// If these change, datasets and published scores can no longer be reproduced from their seeds.
const GOLDEN: Readonly<Record<FrameType, string>> = {
  bias: "1265 × 1286 3d7526559816",
  dark: "1265 × 1286 84226ea897ac",
  arc: "1265 × 1286 10c31ee19971",
  flat: "1265 × 1286 67ededc13148",
  standard: "1265 × 1286 6937e7788df8",
  science: "1265 × 1286 68ca0c1fd5a3",
};

const GOLDEN_ARCS: Readonly<Record<typeof INSTRUMENTS[number], string>> = {
  "kast-blue": "2080 × 330 ce1cb97593db",
  "kast-red": "250 × 1232 fe9da4480a01",
  longslit: "258 × 692 9360fb63b1d0",
  window: "768 × 1089 1b4603e17e16",
  slitlets: "1834 × 534 d9ff47fca923",
  fibres: "1313 × 1140 55fb2104046a",
  slitless: "1856 × 482 f96960cd5311",
  slices: "765 × 1318 84632afdd1b7",
  beams: "1329 × 627 82620fe9fb5d",
  echelle: "1381 × 642 48a4a6805272",
  orders: "1316 × 283 943982e6b8dc",
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

Deno.test("simulate: darks of a cold detector are long", () => {
  const kast = createInstrument("kast-blue", 1)!;
  const instrument = {
    ...kast,
    detector: { ...kast.detector, darkCurrent: 0.001, warmFraction: 0 },
  };
  for (let seed = 0; seed < 40; seed++) {
    const dark = simulateFrame({ seed, type: "dark", instrument });
    assert(dark.exposure >= 240, `seed ${seed}: ${dark.exposure} s`);
  }
});

Deno.test("simulate: the light of every frame stands out from the read noise", () => {
  const kinds = new Set<string>();
  for (let seed = 0; seed < 80; seed++) {
    const type = (["arc", "flat", "standard", "science"] as const)[seed % 4]!;
    const random = makeRandom(1000 + seed);
    const instrument = sampleInstrument(random.fork());
    const { light, kind } = exposeLight(type, instrument, random);
    const { dispersion: { columns }, detector: { readNoise } } = instrument;
    const visibility = measureVisibility(light, columns, {
      variance: readNoise ** 2,
      patternVariance: 0,
    });
    assert(
      showsType(type, visibility),
      `${seed}: ${kind} ${type}: ${JSON.stringify(visibility)}`,
    );
    kinds.add(`${kind} ${type}`);
  }
  for (
    const kind of [
      "full arc",
      "dense arc",
      "lamp flat",
      "dome flat",
      "star standard",
      "bright science",
      "faint science",
    ]
  ) assert(kinds.has(kind), `no ${kind}`);
});

Deno.test("simulate: the exposures of a nebula and of a deep field are long, those of the Moon and planets short", () => {
  const instrument = createPlainInstrument();
  const exposures = new Map<string, number[]>();
  for (let seed = 0; seed < 120; seed++) {
    const { kind, exposure } = exposeLight(
      "science",
      instrument,
      makeRandom(seed),
    );
    exposures.set(kind, [...exposures.get(kind) ?? [], exposure]);
  }
  assert(exposures.get("nebula")!.every((seconds) => seconds >= 120));
  assert(exposures.get("deep")!.every((seconds) => seconds >= 300));
  assert(exposures.get("solar")!.every((seconds) => seconds <= 120));
  assertEquals(exposures.size, 7);
});
