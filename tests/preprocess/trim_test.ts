import { assert, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { trim } from "../../lib/preprocess/trim.ts";

const cases: [string, number[], [number, number]][] = [
  ["a lit slit is found by the rise", [1, 1, 9, 9, 9, 9, 1, 1], [2, 6]],
  // The first of many dark rows is near the median.
  ["unlit rows in the majority stay", [1, 1, 1, 9, 9, 1, 1, 1], [1, 7]],
  // Median 100: 80 and 120 differ from it by exactly 20 %.
  ["20 % itself is near enough", [9, 80, 100, 100, 100, 120, 9], [1, 6]],
  // Median 100: only the rows of 100 are near it.
  ["beyond 20 % is not", [79.8, 79.8, 100, 100, 120.2, 120.2], [2, 4]],
  ["a rise of 10 % itself is none", [50, 55, 60.6, 99, 99, 99, 99], [2, 6]],
  ["rows at 0 are no part of the median", [0, 0, 0, 0, 0, 10, 10, 0], [5, 7]],
  ["below 0 a row of equal maximum is a rise", [-9, -9, -9, -9], [1, 3]],
  ["nothing above 0, nothing rising: nothing is dropped", [0, 0, 0], [0, 3]],
  ["ends that cross drop nothing", [100, 1, 1, 100], [0, 4]],
  ["a row without a maximum fits nowhere", [5, NaN, 5, 5, NaN, 5], [2, 4]],
  ["no row has a maximum: nothing is dropped", [NaN, NaN, NaN], [0, 3]],
  ["one row", [7], [0, 1]],
  ["two equal rows: the ends cross", [7, 7], [0, 2]],
];

for (const [name, maxima, [first, end]] of cases) {
  Deno.test(`trim: ${name}`, () => {
    assertEquals(trim(Float64Array.from(maxima)), { first, end });
  });
}

Deno.test("at least one row is kept, and the maxima are not changed", () => {
  const maxima = fc.array(
    fc.oneof(fc.double(), fc.integer({ min: -2, max: 12 })),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(fc.property(maxima, (given) => {
    const values = Float64Array.from(given);
    const { first, end } = trim(values);
    assert(0 <= first && first < end && end <= given.length);
    assertEquals(values, Float64Array.from(given));
  }));
});

Deno.test("trimming a frame upside down keeps the same rows", () => {
  const maxima = fc.array(fc.integer({ min: 1, max: 30 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(fc.property(maxima, (given) => {
    const n = given.length;
    const up = trim(Float64Array.from(given));
    const down = trim(Float64Array.from(given).reverse());
    assertEquals(down, { first: n - up.end, end: n - up.first });
  }));
});
