import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { orient } from "../../lib/preprocess/orient.ts";
import { planeBy, planes, rawValues } from "./planes.ts";

Deno.test("a plane that is higher than wide is turned as by numpy.rot90", () => {
  // Larger than a tile, with sides that are not multiples of a tile.
  const high = planeBy(37, 71, (row, column) => 100 * row + column);
  const { plane, rotated } = orient(high);
  assert(rotated);
  assertEquals([plane.width, plane.height], [71, 37]);
  const wanted = planeBy(71, 37, (i, j) => 100 * j + (37 - 1 - i));
  assertEquals(plane.pixels, wanted.pixels);
});

Deno.test("any oriented plane is at least as wide as high", () => {
  fc.assert(fc.property(planes(rawValues, 40), (given) => {
    const { plane, rotated } = orient(given);
    assertEquals(rotated, given.height > given.width);
    assert(plane.width >= plane.height);
    if (!rotated) return assertStrictEquals(plane, given);
    for (let i = 0; i < plane.height; i++) {
      for (let j = 0; j < plane.width; j++) {
        const from = given.pixels[j * given.width + given.width - 1 - i];
        assert(Object.is(plane.pixels[i * plane.width + j], from));
      }
    }
  }));
});

Deno.test("pixels of every type are moved unchanged", () => {
  const kinds = [
    Uint8Array,
    Int8Array,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ];
  for (const Kind of kinds) {
    // A view of the middle of a buffer, as a reader may return.
    const pixels = Kind.of(0, -1, 2, 3, -4, 5, 6).subarray(1);
    const { plane } = orient({ width: 2, height: 3, pixels });
    assertEquals(plane.pixels, Kind.of(2, -4, 6, -1, 3, 5));
  }
});
