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
  bias: "1043 × 366 9c78caec1cec",
  dark: "1043 × 366 13fdc7ad720d",
  arc: "1043 × 366 7815983a3908",
  flat: "1043 × 366 3cb69bd341c2",
  standard: "1043 × 366 e025678374b0",
  science: "1043 × 366 6e6159cdb42d",
};

const GOLDEN_ARCS: Readonly<Record<typeof INSTRUMENTS[number], string>> = {
  "kast-blue": "2080 × 330 ecc639934b87",
  "kast-red": "250 × 1232 f4179c771995",
  longslit: "3706 × 41 3a688fe045c5",
  window: "1001 × 968 a79def0e49bd",
  slitlets: "2760 × 102 d2a02daaefe2",
  fibres: "1204 × 859 0481f10af98d",
  slitless: "88 × 2215 c8929f80a469",
  slices: "607 × 1648 054094689a78",
  beams: "1403 × 636 1fcd71f97906",
  echelle: "535 × 1683 e239a993b670",
  orders: "264 × 1912 554476d86396",
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
