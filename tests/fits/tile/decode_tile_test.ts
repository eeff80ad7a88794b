import { assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { SpitError } from "../../../lib/errors.ts";
import {
  inflateTile,
  makeDitherSequence,
  unquantise,
} from "../../../lib/fits/tile/decode_tile.ts";

Deno.test("inflateTile() throws for a damaged tile, and for one that is too long", () => {
  const packed = new Uint8Array(gzipSync(new Uint8Array(65)));
  assertEquals(inflateTile(packed, 9, 8).length, 65);
  const cases: [tile: Uint8Array, pixels: number, says: string][] = [
    [packed, 8, "a gzip tile of 8 pixels has more than 8 bytes per pixel"],
    [packed.subarray(1), 9, "a gzip tile is damaged: incorrect header check"],
  ];
  for (const [tile, pixels, says] of cases) {
    const error = assertThrows(() => inflateTile(tile, pixels, 8), SpitError);
    assertEquals([error.code, error.message], ["bad_tile", says]);
  }
});

Deno.test("the dither sequence ends with the seed that the FITS standard states", () => {
  const sequence = makeDitherSequence();
  assertEquals(sequence.length, 10000);
  assertEquals(sequence[9999], Math.fround(1043618065 / 2147483647));
});

Deno.test("the dither sequence starts at the position of the tile and wraps around", () => {
  const random = makeDitherSequence();
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

Deno.test("blank values are NaN, and only SUBTRACTIVE_DITHER_2 restores exact zeros", () => {
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
