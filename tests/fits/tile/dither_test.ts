import { assertEquals } from "@std/assert";
import {
  ditherSequence,
  unquantise,
} from "../../../lib/fits/tile/decode_tile.ts";

Deno.test("the random sequence ends on the seed that the FITS standard gives", () => {
  const sequence = ditherSequence();
  assertEquals(sequence.length, 10000);
  assertEquals(sequence[9999], Math.fround(1043618065 / 2147483647));
});

Deno.test("the sequence is entered at the tile's place and goes round at its end", () => {
  const random = ditherSequence();
  const floats = new Float64Array(10001);
  const seed = 9999;
  unquantise(new Int32Array(10001), floats, {
    scale: 1,
    zero: 0,
    dithering: "SUBTRACTIVE_DITHER_1",
    seed,
  });
  const first = Math.trunc(random[9999]! * 500);
  assertEquals(floats[0], 0.5 - random[first]!);
  const turned = 10000 - first;
  assertEquals(floats[turned], 0.5 - random[Math.trunc(random[0]! * 500)]!);
});

Deno.test("blanks are NaN, exact zeros stay zero under the second method alone", () => {
  const quantised = new Int32Array([-2147483647, -2147483646]);
  const read = (dithering: "SUBTRACTIVE_DITHER_1" | "SUBTRACTIVE_DITHER_2") => {
    const floats = new Float32Array(2);
    unquantise(quantised, floats, {
      scale: 2,
      zero: 5,
      blank: -2147483647,
      dithering,
      seed: 0,
    });
    return floats;
  };
  assertEquals(read("SUBTRACTIVE_DITHER_2"), new Float32Array([NaN, 0]));
  assertEquals(read("SUBTRACTIVE_DITHER_1")[1]! < -4e9, true);
});
