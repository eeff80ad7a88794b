import { assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { SpitError } from "../../../lib/errors.ts";
import {
  decodeRows,
  decodeTile,
  inflateTile,
  makeDitherSequence,
  unquantise,
} from "../../../lib/fits/tile/decode_tile.ts";
import {
  asUnsigned,
  flipSign,
  STORED_ARRAYS,
} from "../../../lib/fits/pixels.ts";
import { makeRandom } from "../../../lib/simulate/random.ts";
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

/** Returns a tiling of one row a tile whose tiles have these bytes, with a gap between them. */
function makeRowTiling(
  compression: string,
  bitpix: number,
  width: number,
  tiles: readonly Uint8Array[],
  gap = 0,
): Tiling {
  const heap = 8 * tiles.length;
  const length = tiles.reduce((sum, tile) => sum + tile.length + gap, heap);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = heap;
  tiles.forEach((tile, row) => {
    bytes.set(tile, at);
    view.setUint32(8 * row, tile.length);
    view.setUint32(8 * row + 4, at - heap);
    at += tile.length + gap;
  });
  const numberBytes = Math.max(4, Math.abs(bitpix) / 8);
  const [single] = tiles;
  const { table, ...others } = makeTiling(compression, single!);
  return {
    ...others,
    table: { ...table, rows: tiles.length, bytes, heap },
    bitpix,
    tileWidth: width,
    numberBytes,
    scratch: new ArrayBuffer(width * numberBytes),
  };
}

Deno.test("decodeRows() gives the pixels of decodeTile() for GZIP_1 and GZIP_2, or leaves the image to it", () => {
  const width = 5, height = 300;
  const random = makeRandom(1);
  for (const compression of ["GZIP_1", "GZIP_2"]) {
    for (
      const [bitpix, zero] of [[8, -128], [16, 2 ** 15], [32, 0], [-32, 0]]
    ) {
      const size = Math.abs(bitpix!) / 8;
      const tiles = Array.from({ length: height }, () => {
        // Finite floats, because NaN has many patterns of bits.
        const bytes = Uint8Array.from(
          { length: width * size },
          () => 64 * random.uniform(),
        );
        return new Uint8Array(gzipSync(bytes));
      });
      const image = { width, height };
      const Stored = STORED_ARRAYS[bitpix!]!;
      const makeStored = () =>
        new Stored(new ArrayBuffer(width * height * size), 0, width * height);
      const tiling = makeRowTiling(compression, bitpix!, width, tiles);
      const expected = makeStored() as Int16Array;
      for (let row = 0; row < height; row++) {
        const tile = decodeTile(tiling, row, width, width) as Int16Array;
        expected.set(tile, row * width);
      }
      const stored = makeStored();
      assertEquals(decodeRows(tiling, image, stored, 0), true);
      assertEquals(stored, expected);
      if (zero !== 0) {
        decodeRows(tiling, image, stored, zero!);
        assertEquals(asUnsigned(stored), flipSign(expected));
      }

      // With a gap, a damaged tile, and a tile of another length.
      const long = gzipSync(new Uint8Array(width * size + 1));
      const damaged = tiles[7]!.map((byte, k) => k === 14 ? ~byte : byte);
      for (
        const [others, gap] of [
          [tiles, 1],
          [tiles.with(7, damaged), 0],
          [tiles.with(7, new Uint8Array(long)), 0],
        ] as const
      ) {
        const other = makeRowTiling(compression, bitpix!, width, others, gap);
        assertEquals(decodeRows(other, image, makeStored(), 0), false);
      }
    }
  }
});
