import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { median } from "../../lib/preprocess/median.ts";

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
      // Halves of the smallest numbers are rounded: equal ones are not halved.
      const wanted = lower === upper ? upper : lower / 2 + upper / 2;
      // What follows the values that count has no say.
      const all = Float64Array.from([...given, ...Array(beyond).fill(-1e300)]);
      assertEquals(median(all, n) + 0, wanted + 0);
    }),
    { examples: [[[0, -1.5e-323, -1.5e-323, -1.5e-323], 0]] },
  );
});

Deno.test("sorted, reversed and equal columns take no longer than random ones", () => {
  const n = 200_000;
  const shapes = [
    Float64Array.from({ length: n }, (_, k) => k),
    Float64Array.from({ length: n }, (_, k) => n - 1 - k),
    Float64Array.from({ length: n }, (_, k) => Math.min(k, n - 1 - k)),
    new Float64Array(n).fill(7),
  ];
  const medians = shapes.map((values) => median(values, n));
  // A selection gone quadratic would take minutes here, not milliseconds.
  assertEquals(medians, [(n - 1) / 2, (n - 1) / 2, (n / 2 - 1) / 2, 7]);
});
