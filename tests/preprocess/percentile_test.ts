import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  median,
  percentile,
  selectNearEnd,
  selectPercentile,
  sortFinite,
} from "../../lib/preprocess/percentile.ts";

Deno.test("the median is the middle of the sorted values, whatever their order", () => {
  const values = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 80 }),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 80,
    }),
  );
  fc.assert(
    fc.property(values, fc.nat(5), (given, beyond) => {
      const sorted = Float64Array.from(given).sort();
      const n = sorted.length;
      const upper = sorted[n >> 1]!;
      const lower = n % 2 === 1 ? upper : sorted[n / 2 - 1]!;
      // Halving the smallest numbers rounds them, so equal values are not halved.
      const wanted = lower === upper ? upper : lower / 2 + upper / 2;
      // The values after the first n must not matter.
      const all = Float64Array.from([...given, ...Array(beyond).fill(-1e300)]);
      assertEquals(median(all, n) + 0, wanted + 0);
    }),
    { examples: [[[0, -1.5e-323, -1.5e-323, -1.5e-323], 0]] },
  );
});

Deno.test("the median of 200,000 sorted, reversed or equal values takes linear time", () => {
  const n = 200_000;
  const shapes = [
    Float64Array.from({ length: n }, (_, k) => k),
    Float64Array.from({ length: n }, (_, k) => n - 1 - k),
    Float64Array.from({ length: n }, (_, k) => Math.min(k, n - 1 - k)),
    new Float64Array(n).fill(7),
  ];
  const medians = shapes.map((values) => median(values, n));
  // A quadratic selection would take minutes here.
  assertEquals(medians, [(n - 1) / 2, (n - 1) / 2, (n / 2 - 1) / 2, 7]);
});

Deno.test("a value selected near the end is that of sorting, and the values keep their order", () => {
  const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1 });
  fc.assert(fc.property(values, fc.nat(), (given, seed) => {
    const rank = seed % given.length;
    const all = Float64Array.from(given);
    assertEquals(selectNearEnd(all, rank), all.toSorted()[rank]);
    assertEquals([...all], given);
  }));
});

Deno.test("a percentile is the value at the rank below, and 0 without values", () => {
  const sorted = [1, 2, 3, 4, 5];
  assertEquals(
    [0, 0.24, 0.25, 0.5, 0.99, 1].map((part) => percentile(sorted, part)),
    [1, 1, 2, 3, 4, 5],
  );
  assertEquals([percentile([], 0.5), percentile([], 1)], [0, 0]);
});

Deno.test("selecting a percentile gives that of the sorted values", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 40 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    (values, fraction) => {
      const sorted = sortFinite([NaN, ...values, Infinity]);
      assertEquals(sorted, Float64Array.from(values).sort());
      assertEquals(
        selectPercentile(Float64Array.from(values), fraction),
        percentile(sorted, fraction),
      );
    },
  ));
});
