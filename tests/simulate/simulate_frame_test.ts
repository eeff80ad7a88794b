import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import type { Instrument } from "../../lib/simulate/instrument.ts";
import { namedInstrument } from "../../lib/simulate/named_instrument.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

/** An instrument without any fault, so that physics shows. */
function plainInstrument(
  detector: Partial<Instrument["detector"]> = {},
): Instrument {
  const base = namedInstrument("longslit", 5)!;
  const rows = 120;
  const columns = 700;
  return {
    ...base,
    rows,
    dispersion: { columns, start: 5000, step: 2, lineWidth: 4 },
    tilt: 0,
    smile: 0,
    slices: [{ from: -10, to: rows + 10, transmission: 1 }],
    softness: 1,
    jaws: new Float32Array(rows).fill(1),
    throughput: new Float32Array(columns).fill(1),
    scatter: 0,
    fringes: { amplitude: 0, period: 10, slant: 0 },
    turned: false,
    detector: {
      ...base.detector,
      gain: 2,
      readNoise: 6,
      biasLevel: 1000,
      amplifiers: [0],
      overscan: 0,
      pedestal: 0,
      rowPattern: 0,
      columnPattern: new Float32Array(columns),
      slope: [0, 0],
      badColumns: [],
      response: 0.005,
      saturation: 65535,
      darkCurrent: 0,
      glow: { electrons: 0, isAllRound: false, row: 0, column: 0, reach: 1 },
      warmShare: 0,
      stuckShare: 0,
      blankBorder: undefined,
      ...detector,
    },
  };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k]!;
  return sum / values.length;
}

function deviation(values: ArrayLike<number>): number {
  const centre = mean(values);
  return Math.sqrt(
    mean(Float64Array.from(values, (value) => (value - centre) ** 2)),
  );
}

Deno.test("simulate: every type gives frames with contrast, at many seeds and layouts", () => {
  const layouts = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const type = FRAME_TYPES[seed % FRAME_TYPES.length]!;
    const { plane, type: given } = simulateFrame({ seed, type });
    layouts.add(plane.height > plane.width ? "turned" : "straight");
    assertEquals(given, type);
    assertEquals(plane.pixels.length, plane.width * plane.height);
    assert(deviation(plane.pixels) > 0.5, `seed ${seed}: ${type} is blank`);
    const picture = preprocess(plane);
    assert(picture.z2 > picture.z1, `seed ${seed}: ${type} has no picture`);
  }
  assertEquals(layouts.size, 2);
});

Deno.test("simulate: the same seed gives the same frame, another one another", () => {
  const one = simulateFrame({ seed: 3, type: "science" });
  assertEquals(simulateFrame({ seed: 3, type: "science" }), one);
  assert(
    simulateFrame({ seed: 4, type: "science" }).plane.pixels.some((value, k) =>
      value !== one.plane.pixels[k]
    ),
  );
});

Deno.test("simulate: a bias has its level, and the read noise in counts", () => {
  const { plane } = simulateFrame({
    seed: 1,
    type: "bias",
    instrument: plainInstrument(),
  });
  assertAlmostEquals(mean(plane.pixels), 1000, 0.1);
  // 6 electrons at 2 electrons a count, and the rounding to whole counts.
  assertAlmostEquals(deviation(plane.pixels), Math.sqrt(9 + 1 / 12), 0.05);
});

Deno.test("simulate: shot noise goes with the square root of the light", () => {
  const instrument = plainInstrument({ darkCurrent: 50, response: 0 });
  const { plane, exposure } = simulateFrame({
    seed: 2,
    type: "dark",
    instrument,
  });
  const electrons = 50 * exposure;
  const median = plane.pixels.slice().sort()[plane.pixels.length >> 1]!;
  assertAlmostEquals(median, 1000 + electrons / 2, 0.01 * electrons + 2);
  const core = plane.pixels.filter((value) =>
    Math.abs(value - median) < 6 * Math.sqrt(electrons)
  );
  assertAlmostEquals(
    deviation(core) / (Math.sqrt(electrons + 36) / 2),
    1,
    0.05,
  );
});

Deno.test("simulate: flats are smooth along the slit, with the pixels' response", () => {
  const instrument = plainInstrument({ readNoise: 0.1, gain: 0.5 });
  const { plane } = simulateFrame({ seed: 9, type: "flat", instrument });
  const column = Float64Array.from(
    { length: plane.height },
    (_, row) => plane.pixels[row * plane.width + 350]! - 1000,
  );
  const light = mean(column) * 0.5;
  const expected = Math.hypot(Math.sqrt(light), 0.005 * light) / light;
  assertAlmostEquals(deviation(column) / mean(column) / expected, 1, 0.25);
});

Deno.test("simulate: the header says what the frame is, or on request something else", () => {
  const claimOf = (lyingHeader: boolean, seed: number) =>
    simulateFrame({
      seed,
      type: "arc",
      lyingHeader,
      instrument: plainInstrument(),
    })
      .cards.find((card) => card.keyword === "IMAGETYP")!.value;
  for (let seed = 0; seed < 5; seed++) {
    assertEquals(claimOf(false, seed), "ARC");
    assert(claimOf(true, seed) !== "ARC");
  }
});

Deno.test("simulate: stuck pixels stay where they are; a blank border is 0", () => {
  const instrument = plainInstrument({
    stuckShare: 1e-3,
    blankBorder: { side: "left", share: 0.1 },
  });
  const places = [1, 2].map((seed) => {
    const { plane } = simulateFrame({ seed, type: "bias", instrument });
    const { width, pixels } = plane;
    assert(
      pixels.every((value, k) => k % width >= 0.1 * width || value === 0),
    );
    const far: number[] = [];
    pixels.forEach((value, k) => {
      if (k % width >= 0.1 * width && Math.abs(value - 1000) > 20) far.push(k);
    });
    return far;
  });
  assert(places[0]!.length > 10);
  assertEquals(places[0], places[1]);
});
