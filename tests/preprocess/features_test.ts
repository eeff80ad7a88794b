import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Plane } from "../../lib/fits/frame.ts";
import {
  frameStatistics,
  STATISTICS,
} from "../../lib/preprocess/features.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

type Name = typeof STATISTICS[number];

function statistic(plane: Plane, name: Name): number {
  return frameStatistics(plane)[STATISTICS.indexOf(name)]!;
}

/** A bias: a level and normal noise, in counts. */
function bias(width: number, height: number, noise: number): Plane {
  const random = makeRandom(3);
  return {
    width,
    height,
    pixels: Float32Array.from(
      { length: width * height },
      () => 1000 + noise * random.normal(),
    ),
  };
}

/** The same with every 500th pixel raised by some noises. */
function warm(plane: Plane, counts: number): Plane {
  const pixels = Float32Array.from(plane.pixels);
  for (let k = 250; k < pixels.length; k += 499) pixels[k]! += counts;
  return { ...plane, pixels };
}

Deno.test("statistics: the noise is found whatever light lies on the frame", () => {
  const plane = bias(600, 300, 8);
  assertAlmostEquals(10 ** statistic(plane, "log noise"), 8, 0.8);
  const slope = {
    ...plane,
    pixels: Float32Array.from(plane.pixels, (v, k) => v + 2 * (k % 600)),
  };
  assertAlmostEquals(10 ** statistic(slope, "log noise"), 8, 0.8);
});

Deno.test("statistics: noise of whole numbers is not quantised", () => {
  // The quieter blocks are taken, hence the margin.
  for (const noise of [1, 1.7, 3]) {
    const { pixels, ...shape } = bias(600, 300, noise);
    const whole = { ...shape, pixels: Int16Array.from(pixels, Math.round) };
    // Rounding adds a variance of 1/12.
    const expected = Math.sqrt(noise ** 2 + 1 / 12);
    assertAlmostEquals(
      10 ** statistic(whole, "log noise"),
      expected,
      0.12 * expected,
    );
  }
});

Deno.test("statistics: warm pixels are counted, whichever way the frame lies", () => {
  const cold = bias(600, 300, 5);
  const hits: Name = "log hits of one pixel, 6 noises";
  assertEquals(statistic(cold, hits), 0);
  const expected = Math.log10(1 + 1e6 / 499);
  assertAlmostEquals(statistic(warm(cold, 60), hits), expected, 0.1);
  const high: Name = "log hits of one pixel, 30 noises";
  assertAlmostEquals(statistic(warm(cold, 300), high), expected, 0.1);
  assertEquals(statistic(warm(cold, 60), high), 0);
});

Deno.test("statistics: a frame on its side has the same", () => {
  const { plane } = simulateFrame({ seed: 5, type: "science" });
  const { width, height, pixels } = plane;
  if (width === height) return;
  const turned = new Uint16Array(pixels.length);
  for (let row = 0; row < height; row++) {
    for (let x = 0; x < width; x++) {
      turned[x * height + row] = pixels[row * width + x]!;
    }
  }
  assertEquals(
    frameStatistics({ width: height, height: width, pixels: turned }),
    frameStatistics(plane),
  );
});

Deno.test("statistics: gain and bias level change only what is in counts", () => {
  const plane = bias(500, 260, 5);
  const scaled = {
    ...plane,
    pixels: Float32Array.from(plane.pixels, (v) => 3 * v - 700),
  };
  const before = frameStatistics(plane);
  const after = frameStatistics(scaled);
  STATISTICS.forEach((name, k) => {
    if (name === "log noise" || name.startsWith("asinh counts")) return;
    if (name === "asinh variance against level") return;
    assertAlmostEquals(after[k]!, before[k]!, 1e-3, name);
  });
  assertAlmostEquals(after[0]!, before[0]! + Math.log10(3), 1e-4);
});

Deno.test("statistics: an arc varies along the dispersion, a trace along the slit", () => {
  const along: Name = "asinh dispersion profile: roughness";
  const across: Name = "asinh slit profile: roughness";
  const stripes = (byColumn: boolean): Plane => {
    const plane = bias(600, 300, 5);
    return {
      ...plane,
      pixels: Float32Array.from(plane.pixels, (v, k) => {
        const place = byColumn ? k % 600 : Math.floor(k / 600);
        return place % 50 < 3 ? v + 500 : v;
      }),
    };
  };
  assert(statistic(stripes(true), along) > 2);
  assert(statistic(stripes(true), across) < 0.5);
  assert(statistic(stripes(false), across) > 2);
  assert(statistic(stripes(false), along) < 0.5);
});

Deno.test("statistics: any plane gives finite numbers", () => {
  const value = fc.oneof(
    fc.double(),
    fc.constantFrom(NaN, Infinity, -Infinity, 0),
    fc.integer({ min: -5, max: 70000 }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.array(value, { minLength: 1, maxLength: 20 }),
      (width, height, values) => {
        const pixels = Float64Array.from(
          { length: width * height },
          (_, k) => values[k % values.length]!,
        );
        const statistics = frameStatistics({ width, height, pixels });
        assertEquals(statistics.length, STATISTICS.length);
        assert(statistics.every(Number.isFinite), String(statistics));
      },
    ),
    { numRuns: 60 },
  );
});
