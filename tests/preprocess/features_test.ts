import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { computeFeatures, FEATURES } from "../../lib/preprocess/features.ts";
import { subtractRunningMedian } from "../../lib/preprocess/features_profiles.ts";
import { median } from "../../lib/preprocess/percentile.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { simulateFrame } from "../../lib/simulate/simulate_frame.ts";

type Name = typeof FEATURES[number];

function feature(plane: Plane, name: Name): number {
  return computeFeatures(plane)[FEATURES.indexOf(name)]!;
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

/** The plane with every 499th pixel raised by some counts. */
function warm(plane: Plane, counts: number): Plane {
  const pixels = Float32Array.from(plane.pixels);
  for (let k = 250; k < pixels.length; k += 499) pixels[k]! += counts;
  return { ...plane, pixels };
}

Deno.test("features: the noise does not depend on slowly varying light", () => {
  const plane = bias(600, 300, 8);
  assertAlmostEquals(10 ** feature(plane, "log noise"), 8, 0.8);
  const slope = {
    ...plane,
    pixels: Float32Array.from(plane.pixels, (v, k) => v + 2 * (k % 600)),
  };
  assertAlmostEquals(10 ** feature(slope, "log noise"), 8, 0.8);
});

Deno.test("features: the noise of integers is not quantised", () => {
  // The noise is that of the quiet blocks, hence the margin.
  for (const noise of [1, 1.7, 3]) {
    const { pixels, ...shape } = bias(600, 300, noise);
    const whole = { ...shape, pixels: Int16Array.from(pixels, Math.round) };
    // Rounding adds a variance of 1/12.
    const expected = Math.sqrt(noise ** 2 + 1 / 12);
    assertAlmostEquals(
      10 ** feature(whole, "log noise"),
      expected,
      0.12 * expected,
    );
  }
});

Deno.test("features: warm pixels are counted", () => {
  const cold = bias(600, 300, 5);
  const hits: Name = "log hits of one pixel, 6 noises";
  assertEquals(feature(cold, hits), 0);
  const expected = Math.log10(1 + 1e6 / 499);
  assertAlmostEquals(feature(warm(cold, 60), hits), expected, 0.1);
  const high: Name = "log hits of one pixel, 30 noises";
  assertAlmostEquals(feature(warm(cold, 300), high), expected, 0.1);
  assertEquals(feature(warm(cold, 60), high), 0);
});

Deno.test("features: a turned frame has the same features", () => {
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
    computeFeatures({ width: height, height: width, pixels: turned }),
    computeFeatures(plane),
  );
});

Deno.test("features: gain and bias level change only the features in counts", () => {
  const plane = bias(500, 260, 5);
  const scaled = {
    ...plane,
    pixels: Float32Array.from(plane.pixels, (v) => 3 * v - 700),
  };
  const before = computeFeatures(plane);
  const after = computeFeatures(scaled);
  FEATURES.forEach((name, k) => {
    if (name === "log noise" || name.startsWith("asinh counts")) return;
    if (name === "asinh variance against level") return;
    assertAlmostEquals(after[k]!, before[k]!, 1e-3, name);
  });
  assertAlmostEquals(after[0]!, before[0]! + Math.log10(3), 1e-4);
});

Deno.test("features: an arc varies along the dispersion, a trace along the slit", () => {
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
  assert(feature(stripes(true), along) > 2);
  assert(feature(stripes(true), across) < 0.5);
  assert(feature(stripes(false), across) > 2);
  assert(feature(stripes(false), along) < 0.5);
});

Deno.test("features: any plane gives finite numbers", () => {
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
        const features = computeFeatures({ width, height, pixels });
        assertEquals(features.length, FEATURES.length);
        assert(features.every(Number.isFinite), String(features));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("the running median is that of the points within six, fewer at the ends", () => {
  const values = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 40 });
  fc.assert(fc.property(values, (given) => {
    const points = Float64Array.from(given);
    const expected = points.map((point, k) => {
      const window = points.slice(Math.max(0, k - 6), k + 7);
      return point - median(window, window.length);
    });
    assertEquals(subtractRunningMedian(points), expected);
  }));
});
