import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { resize } from "../../lib/preprocess/resize.ts";
import { planeBy } from "./planes.ts";

Deno.test("a plane of the size of an input image is not changed", () => {
  const plane = planeBy(
    650,
    212,
    (row, column) => (row * 31 + column * 17) % 97,
  );
  const image = resize(plane, { first: 1, end: 211 });
  assertEquals(image, (plane.pixels as Float64Array).slice(650, 211 * 650));
});

Deno.test("a linear plane stays linear, between samples and beyond the last one", () => {
  const side = fc.integer({ min: 2, max: 900 });
  fc.assert(
    fc.property(side, side, fc.nat(1), (width, height, first) => {
      if (height - first < 2) first = 0;
      const plane = planeBy(
        width,
        height,
        (row, column) => 3 * row - 2 * column,
      );
      const image = resize(plane, { first, end: height });
      for (const i of [0, 1, 77, 208, 209]) {
        for (const j of [0, 1, 333, 648, 649]) {
          const row = first + i * (height - first) / 210;
          const column = j * width / 650;
          assertAlmostEquals(image[i * 650 + j]!, 3 * row - 2 * column, 1e-6);
        }
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("a single row and a single column are repeated", () => {
  const row = resize(planeBy(650, 3, (i, j) => 1000 * i + j), {
    first: 1,
    end: 2,
  });
  assertEquals([row[0], row[649], row[209 * 650], row[209 * 650 + 649]], [
    1000,
    1649,
    1000,
    1649,
  ]);
  const pixel = resize(planeBy(1, 1, () => 42), { first: 0, end: 1 });
  assert(pixel.every((value) => value === 42));
});

Deno.test("only pixels interpolated from one that is not finite are not finite", () => {
  for (const hole of [NaN, Infinity, -Infinity]) {
    const plane = planeBy(
      1300,
      420,
      (i, j) => i === 100 && j === 400 ? hole : 1,
    );
    const image = resize(plane, { first: 0, end: 420 });
    const holes = [...image.keys()].filter((k) => !Number.isFinite(image[k]));
    assertEquals(holes, [50 * 650 + 200]);
    assert(image.every((value) => value === 1 || !Number.isFinite(value)));
  }
});
