import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  addCosmicRays,
  addDarkCurrent,
  readOut,
  transpose,
} from "../../lib/simulate/detector.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";
import {
  computeDeviation,
  computeMean,
  createPlainInstrument,
} from "./helpers.ts";

Deno.test("detector: cosmic rays are proportional to the exposure time", () => {
  const countHits = (exposure: number) => {
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
  assertEquals(countHits(0), 0);
  assertAlmostEquals(countHits(3000) / countHits(300), 10, 1);
});

Deno.test("detector: a bias has its level and the read noise in counts", () => {
  const { plane } = simulateFrame({
    seed: 1,
    type: "bias",
    instrument: createPlainInstrument(),
  });
  assertAlmostEquals(computeMean(plane.pixels), 1000, 0.1);
  // 6 electrons at 2 electrons per count, and rounding to integers.
  assertAlmostEquals(
    computeDeviation(plane.pixels),
    Math.sqrt(9 + 1 / 12),
    0.05,
  );
});

Deno.test("detector: shot noise is the square root of the light", () => {
  const { plane, exposure } = simulateFrame({
    seed: 2,
    type: "dark",
    instrument: createPlainInstrument({ darkCurrent: 50, prnu: 0 }),
  });
  const electrons = 50 * exposure;
  const median = plane.pixels.slice().sort()[plane.pixels.length >> 1]!;
  assertAlmostEquals(median, 1000 + electrons / 2, 0.01 * electrons + 2);
  const core = plane.pixels.filter((value) =>
    Math.abs(value - median) < 6 * Math.sqrt(electrons)
  );
  assertAlmostEquals(
    computeDeviation(core) / (Math.sqrt(electrons + 36) / 2),
    1,
    0.05,
  );
});

Deno.test("detector: glow from the edges is weakest in the centre", () => {
  const { detector } = createPlainInstrument({
    glow: {
      electrons: 10,
      isFromEdges: true,
      row: 0,
      column: 0,
      scaleLength: 0.2,
    },
  });
  const light = new Float32Array(60 * 80);
  addDarkCurrent(light, 80, detector, 0, makeRandom(1));
  assertAlmostEquals(light[0]!, 20, 1e-3);
  assertAlmostEquals(light[30 * 80 + 40]!, 20 * Math.exp(-5), 0.02);
});

Deno.test("detector: the overscan receives no light and lies on the chosen side", () => {
  for (const isPrescan of [true, false]) {
    const { detector } = createPlainInstrument({
      overscan: 50,
      isPrescan,
      overscanOffset: 30,
      columnPattern: new Float32Array(150),
    });
    const light = new Float32Array(100 * 100).fill(4000);
    const { width, height, pixels } = readOut(
      light,
      100,
      detector,
      makeRandom(1),
    );
    assertEquals([width, height], [150, 100]);
    const isOverscan = (k: number) => isPrescan ? k % 150 < 50 : k % 150 >= 100;
    const overscan = pixels.filter((_, k) => isOverscan(k));
    const image = pixels.filter((_, k) => !isOverscan(k));
    assertAlmostEquals(computeMean(overscan), 1030, 0.5);
    assertAlmostEquals(computeMean(image), 3000, 5);
  }
});

Deno.test("detector: four amplifiers add their offsets to the four quadrants", () => {
  const { detector } = createPlainInstrument({
    amplifierOffsets: [0, 100, 200, 300],
    readNoise: 0.1,
    columnPattern: new Float32Array(20),
  });
  const { pixels } = readOut(
    new Float32Array(200),
    20,
    detector,
    makeRandom(1),
  );
  assertEquals(
    [pixels[0], pixels[19], pixels[180], pixels[199]],
    [1000, 1100, 1200, 1300],
  );
});

Deno.test("detector: the strips of a mosaic have offsets, gains, overscans and gaps", () => {
  const strips = [
    { from: 0, to: 40, offset: 0, gain: 1, noise: 1 },
    { from: 45, to: 100, offset: 50, gain: 2, noise: 1 },
  ];
  for (const along of ["dispersion", "slit"] as const) {
    for (const isOverscanAtEnd of [true, false]) {
      const { detector } = createPlainInstrument({
        mosaic: { along, strips, overscan: 10, isOverscanAtEnd, gapLevel: 7 },
        columnPattern: new Float32Array(120),
        prnu: 0,
      });
      const light = new Float32Array(100 * 100).fill(4000);
      const plane = readOut(light, 100, detector, makeRandom(1));
      const { width, height } = plane;
      assertEquals(
        [width, height],
        along === "dispersion" ? [120, 100] : [100, 120],
      );
      const { pixels } = along === "dispersion" ? transpose(plane) : plane;
      const meanOf = (from: number, to: number) =>
        computeMean(pixels.subarray(from * 100, to * 100));
      const [gap, second, firstOverscan] = isOverscanAtEnd
        ? [40, 45, 100]
        : [50, 55, 40];
      assertAlmostEquals(meanOf(0, 40), 3000, 3);
      assertEquals(meanOf(gap, gap + 5), 7);
      assertAlmostEquals(meanOf(second, second + 55), 2050, 3);
      assertAlmostEquals(meanOf(firstOverscan, firstOverscan + 10), 1000, 1);
      assertAlmostEquals(meanOf(110, 120), 1050, 1);
    }
  }
});

Deno.test("detector: the reset changes the first rows, and reference pixels receive no light", () => {
  const { detector } = createPlainInstrument({
    reset: { counts: 200, scaleLength: 0.05, isFromBothEnds: true },
    referenceBorder: 4,
    readNoise: 0.1,
    columnPattern: new Float32Array(100),
  });
  const light = new Float32Array(100 * 100).fill(4000);
  const { pixels } = readOut(light, 100, detector, makeRandom(1));
  assertEquals([pixels[50], pixels[99 * 100 + 2]], [1200, 1000 + 164]);
  assertEquals(pixels[50 * 100 + 1], 1000);
  assertAlmostEquals(pixels[50 * 100 + 50]!, 3000, 150);
});

Deno.test("detector: earlier stars leave an afterglow, except in a bias", () => {
  const { detector } = createPlainInstrument({
    persistence: [{ row: 0.5, column: 0.25, radius: 3, electrons: 40 }],
  });
  for (const exposure of [0, 10]) {
    const light = new Float32Array(60 * 80);
    addDarkCurrent(light, 80, detector, exposure, makeRandom(1));
    assertAlmostEquals(light[30 * 80 + 20]!, exposure > 0 ? 40 : 0, 1e-3);
    assertEquals(light[30 * 80 + 60], 0);
  }
});

Deno.test("detector: stuck pixels keep their positions, and a blank border is 0", () => {
  const instrument = createPlainInstrument({
    stuckFraction: 1e-3,
    blankBorder: { side: "left", fraction: 0.1 },
  });
  const positions = [1, 2].map((seed) => {
    const { width, pixels } =
      simulateFrame({ seed, type: "bias", instrument }).plane;
    assert(
      pixels.every((value, k) => k % width >= 0.1 * width || value === 0),
    );
    const outliers: number[] = [];
    pixels.forEach((value, k) => {
      if (k % width >= 0.1 * width && Math.abs(value - 1000) > 20) {
        outliers.push(k);
      }
    });
    return outliers;
  });
  assert(positions[0]!.length > 10);
  assertEquals(positions[0], positions[1]);
});

Deno.test("detector: transpose swaps rows and columns", () => {
  const pixels = Uint16Array.of(1, 2, 3, 4, 5, 6);
  const transposed = transpose({ width: 3, height: 2, pixels });
  assertEquals(transposed, {
    width: 2,
    height: 3,
    pixels: Uint16Array.of(1, 4, 2, 5, 3, 6),
  });
  assertEquals(transpose(transposed).pixels, pixels);
});

Deno.test("detector: the overscan extends the rows, the columns or both, on one side or on both", () => {
  for (
    const [overscanAlong, isOverscanOnBothSides, width, height] of [
      ["slit", false, 60, 50],
      ["slit", true, 60, 60],
      ["dispersion", true, 80, 40],
      ["both", false, 70, 50],
    ] as const
  ) {
    const { detector } = createPlainInstrument({
      overscan: 10,
      overscanAlong,
      isOverscanOnBothSides,
    });
    const light = new Float32Array(60 * 40).fill(4000);
    const plane = readOut(light, 60, detector, makeRandom(1));
    assertEquals([plane.width, plane.height], [width, height]);
    const lit = plane.pixels.filter((counts) => counts > 2000).length;
    assertEquals(lit, 60 * 40);
  }
});

Deno.test("detector: a converter of 12 bits has steps of 16 counts", () => {
  const { detector } = createPlainInstrument({
    countStep: 16,
    biasLevel: 960,
    readNoise: 60,
    saturation: 65520,
  });
  const light = new Float32Array(100 * 100);
  light[0] = 1e9;
  const { pixels } = readOut(light, 100, detector, makeRandom(1));
  assert(pixels.every((counts) => counts % 16 === 0));
  assert(new Set(pixels).size > 5);
  assertEquals(pixels[0], 65520);
  assertAlmostEquals(computeMean(pixels.subarray(1)), 960, 2);
});

Deno.test("detector: the charge of saturated pixels bleeds along one axis only", () => {
  const read = (bleeds: boolean, along: "slit" | "dispersion") => {
    const { detector } = createPlainInstrument({
      saturation: 11_000,
      charge: { along, bleeds, smear: 0 },
    });
    // Full well is 20,000 electrons, so that the charge of the pixel fills five.
    const light = new Float32Array(50 * 50);
    light[25 * 50 + 25] = 100_000;
    const { pixels } = readOut(light, 50, detector, makeRandom(1));
    const filled = (step: number) =>
      [-3, -2, -1, 0, 1, 2, 3]
        .filter((n) => pixels[25 * 50 + 25 + n * step]! > 9000);
    return [filled(50), filled(1)];
  };
  assertEquals(read(false, "slit"), [[0], [0]]);
  assertEquals(read(true, "slit"), [[-2, -1, 0, 1, 2], [0]]);
  assertEquals(read(true, "dispersion"), [[0], [-2, -1, 0, 1, 2]]);
});

Deno.test("detector: without a shutter each column is smeared by a part of its mean light", () => {
  const { detector } = createPlainInstrument({
    charge: { along: "slit", bleeds: false, smear: 0.1 },
  });
  const light = new Float32Array(100 * 100);
  for (let row = 0; row < 50; row++) light[row * 100 + 30] = 20_000;
  const { pixels } = readOut(light, 100, detector, makeRandom(1));
  const below = (column: number) =>
    computeMean(
      Array.from({ length: 50 }, (_, k) => pixels[(50 + k) * 100 + column]!),
    );
  assertAlmostEquals(below(30), 1500, 10);
  assertAlmostEquals(below(31), 1000, 4);
});
