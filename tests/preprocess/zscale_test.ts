import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { zscale } from "../../lib/preprocess/zscale.ts";

Deno.test("the limits of a ramp are its ends", () => {
  const ramp = Float64Array.from({ length: 900 }, (_, k) => 10 + k);
  assertEquals(zscale(ramp, 30, 30), { z1: 10, z2: 909 });
});

Deno.test("a few bright samples do not change the slope", () => {
  // 1000 samples: 900 rise by 1 each, 100 far above.
  const image = Float64Array.from(
    { length: 1000 },
    (_, k) => k < 900 ? k : 50_000 + 1000 * k,
  );
  const { z1, z2 } = zscale(image, 40, 25);
  assertEquals(z1, 0);
  // median 499.5, centre 499: 499.5 + (1000 - 499) · 1 / 0.25
  assertAlmostEquals(z2, 499.5 + 501 * 4, 1e-6);
});

/** A line of slope 1 through 0, with `levels` of 40 samples at each end, each 1000 times farther out. */
function outliers(levels: number): Float64Array {
  return Float64Array.from({ length: 1000 }, (_, k) => {
    const value = k - 499.5;
    const depth = levels - Math.floor(Math.min(k, 999 - k) / 40);
    return depth > 0 ? Math.sign(value) * 10 * 1000 ** depth : value;
  });
}

Deno.test("each round rejects the farthest samples", () => {
  const { z1, z2 } = zscale(outliers(4), 1000, 1);
  // median 0, centre 499: (499 - 1) and (1000 - 499) steps of 1 / 0.25
  assertAlmostEquals(z1, -498 * 4, 1e-6);
  assertAlmostEquals(z2, 501 * 4, 1e-6);
});

Deno.test("the fit stops after five rounds, and half of the samples are enough", () => {
  // The fifth fit still includes the fifth level; the limits are those of make_reference.py.
  const { z1, z2 } = zscale(outliers(5), 1000, 1);
  assertAlmostEquals(z1, -19274.4138208, 1e-6);
  assertAlmostEquals(z2, 19390.5247475, 1e-6);
});

Deno.test("at most the first 1000 samples of a grid are taken", () => {
  // Stride 2: odd rows and columns are not sampled, nor anything after sample 1000.
  const image = new Float64Array(70 * 70);
  for (let row = 0; row < 70; row++) {
    for (let k = 0; k < 70; k++) {
      const seen = row % 2 === 0 && k % 2 === 0 && row / 2 * 35 + k / 2 < 1000;
      image[row * 70 + k] = seen ? row / 2 * 35 + k / 2 : 1e9;
    }
  }
  assertEquals(zscale(image, 70, 70), { z1: 0, z2: 999 });
});

Deno.test("with too few good samples the limits are the extremes", () => {
  assertEquals(zscale(Float64Array.of(4, 1, NaN, 9), 2, 2), { z1: 1, z2: 9 });
  assertEquals(zscale(Float64Array.of(6), 1, 1), { z1: 6, z2: 6 });
});

Deno.test("no finite sample gives 0 and 0, equal samples give their value", () => {
  assertEquals(zscale(new Float64Array(50).fill(NaN), 10, 5), { z1: 0, z2: 0 });
  assertEquals(zscale(new Float64Array(900).fill(0.1), 30, 30), {
    z1: 0.1,
    z2: 0.1,
  });
});

Deno.test("the limits are in order and within the samples", () => {
  const values = fc.array(
    fc.oneof(
      fc.integer({ min: -50, max: 50 }),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    ),
    { minLength: 1, maxLength: 200 },
  );
  fc.assert(fc.property(values, (given) => {
    const { z1, z2 } = zscale(Float64Array.from(given), given.length, 1);
    assert(Math.min(...given) <= z1 && z1 <= z2 && z2 <= Math.max(...given));
  }));
});
