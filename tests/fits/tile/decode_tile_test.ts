import { assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { SpitError } from "../../../lib/errors.ts";
import {
  decodeTile,
  inflateTile,
  makeDitherSequence,
  unquantise,
} from "../../../lib/fits/tile/decode_tile.ts";
import type { Column, Tiling } from "../../../lib/fits/tile/tiling.ts";

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

/** Returns a tiling whose only tile has these bytes. */
function makeTiling(compression: string, tile: Uint8Array): Tiling {
  const bytes = new Uint8Array(8 + tile.length);
  bytes.set(tile, 8);
  new DataView(bytes.buffer).setUint32(0, tile.length);
  const descriptor = { letter: "B", size: 1, descriptor: "P", offset: 0 };
  const columns = new Map([["COMPRESSED_DATA", descriptor as Column]]);
  return {
    table: { rows: 1, rowBytes: 8, columns, bytes, heap: 8 },
    bitpix: 16,
    tileWidth: 3,
    tileHeight: 1,
    compression,
    blocksize: 32,
    bytepix: 2,
    listZero: 0,
    numberBytes: 4,
    scratch: new ArrayBuffer(12),
    dithering: "NO_DITHER",
    dither0: 1,
  };
}

Deno.test("decodeTile() decodes numbers of another size than the pixels of the image", () => {
  const short = [0, 1, 0, 2, 1, 0];
  const long = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 1, 0];
  const shuffled = [0, 0, 1, 1, 2, 0];
  const cases: [compression: string, numbers: number[], packed: boolean][] = [
    ["NOCOMPRESS", short, false],
    ["NOCOMPRESS", long, false],
    ["GZIP_1", short, true],
    ["GZIP_1", long, true],
    ["GZIP_2", shuffled, true],
  ];
  for (const [compression, numbers, packed] of cases) {
    const bytes = new Uint8Array(numbers);
    const tile = packed ? new Uint8Array(gzipSync(bytes)) : bytes;
    const tiling = makeTiling(compression, tile);
    const values = Array.from(decodeTile(tiling, 0, 3, 3), Number);
    assertEquals(values, [1, 2, 256], compression);
    // The bytes of the file are not overwritten: another tile may refer to them.
    assertEquals(tiling.table.bytes.subarray(8), tile);
  }
});

Deno.test("decodeTile() throws for more bytes than a tile of its pixels can have", () => {
  const cases: [compression: string, tile: Uint8Array][] = [
    ["NOCOMPRESS", new Uint8Array(24)],
    ["GZIP_1", new Uint8Array(gzipSync(new Uint8Array(24)))],
    ["RICE_1", new Uint8Array(5000)],
  ];
  for (const [compression, tile] of cases) {
    const tiling = makeTiling(compression, tile);
    const error = assertThrows(() => decodeTile(tiling, 0, 3, 3), SpitError);
    assertEquals(error.code, "bad_tile", compression);
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
