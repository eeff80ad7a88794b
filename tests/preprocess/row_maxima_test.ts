import { assertEquals } from "@std/assert";
import { rowMaxima } from "../../lib/preprocess/row_maxima.ts";
import { planeOf } from "./planes.ts";

Deno.test("each row has its largest surviving value; the bounds are included", () => {
  const plane = planeOf([
    [1, 9, 3], // 9 is clipped in its column
    [-5, -7, -6], // below 0
    [2, 8, 4], // on the bounds
    [NaN, Infinity, 99], // nothing survives
    [-10, -10, -Infinity], // nothing survives, from below
  ]);
  const survivors = {
    low: Float64Array.of(-9, -9, -9),
    high: Float64Array.of(2, 8, 4),
  };
  assertEquals(Array.from(rowMaxima(plane, survivors)), [3, -5, 8, NaN, NaN]);
});

Deno.test("a column without surviving values does not contribute", () => {
  const survivors = {
    low: Float64Array.of(Infinity, 0),
    high: Float64Array.of(-Infinity, 9),
  };
  assertEquals(Array.from(rowMaxima(planeOf([[7, 1]]), survivors)), [1]);
});
