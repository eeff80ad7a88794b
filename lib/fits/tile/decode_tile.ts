/**
 * The bytes of one tile to its pixels.
 *
 * @module
 */
import { SpitError } from "../../errors.ts";
import type { StoredPixels } from "../scale_pixels.ts";
import { unquantise } from "./dither.ts";
import { inflateTile, plainPixels, unshuffle } from "./plain_tile.ts";
import { decodeRice } from "./rice.ts";
import { type Column, heapBytes, type Table, tableNumber } from "./table.ts";
import type { Tiling } from "./tiling.ts";

/**
 * Decodes a tile from the column that holds it: COMPRESSED_DATA, or, for floats
 * that quantise badly, GZIP_COMPRESSED_DATA or UNCOMPRESSED_DATA.
 *
 * @param row Row of the tile in the table, from 0.
 * @param pixels Pixels of the tile.
 * @returns The pixels, in memory that the next tile may use again.
 * @throws {SpitError} `bad_tile`
 */
export function decodeTile(
  tiling: Tiling,
  row: number,
  pixels: number,
): StoredPixels {
  const { table } = tiling;
  const isFloat = tiling.bitpix < 0;
  const packed = columnBytes(table, "COMPRESSED_DATA", row);
  if (packed !== undefined) {
    const isQuantised = isFloat && tiling.scale !== undefined;
    const values = unpack(tiling, packed, pixels, isFloat && !isQuantised);
    return isQuantised ? floatTile(tiling, row, values) : values;
  }
  const gzipped = columnBytes(table, "GZIP_COMPRESSED_DATA", row);
  if (gzipped !== undefined) {
    return plainPixels(inflateTile(gzipped, pixels), pixels, isFloat);
  }
  const plain = columnBytes(table, "UNCOMPRESSED_DATA", row);
  if (plain !== undefined) return plainPixels(plain, pixels, isFloat);
  throw new SpitError("bad_tile", `tile ${row} has no bytes`);
}

function columnBytes(
  table: Table,
  name: string,
  row: number,
): Uint8Array | undefined {
  const column = table.columns.get(name);
  if (column?.descriptor === undefined) return undefined;
  const bytes = heapBytes(table, column, row);
  return bytes.length === 0 ? undefined : bytes;
}

function unpack(
  { compression, blocksize, bytepix, scratch }: Tiling,
  packed: Uint8Array,
  pixels: number,
  isFloat: boolean,
): StoredPixels {
  switch (compression) {
    case "NOCOMPRESS":
      return plainPixels(packed, pixels, isFloat);
    case "GZIP_1":
      return plainPixels(inflateTile(packed, pixels), pixels, isFloat);
    case "GZIP_2": {
      const shuffled = inflateTile(packed, pixels);
      return plainPixels(unshuffle(shuffled, pixels), pixels, isFloat);
    }
    default: {
      const values = scratch.subarray(0, pixels);
      decodeRice(packed, values, bytepix, blocksize);
      return values;
    }
  }
}

function floatTile(
  { table, bitpix, scale, zero, blank, dithering, dither0 }: Tiling,
  row: number,
  values: StoredPixels,
): StoredPixels {
  const ofTile = (source: Column | number) =>
    typeof source === "number" ? source : tableNumber(table, source, row);
  const quantised = values instanceof BigInt64Array
    ? Float64Array.from(values, Number)
    : values;
  const floats = bitpix === -32
    ? new Float32Array(values.length)
    : new Float64Array(values.length);
  unquantise(quantised, floats, {
    scale: ofTile(scale!),
    zero: ofTile(zero ?? 0),
    ...(blank !== undefined && { blank: ofTile(blank) }),
    dithering,
    seed: row + dither0 - 1,
  });
  return floats;
}
