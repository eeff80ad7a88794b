/**
 * Pixels of an image in compressed tiles.
 *
 * @module
 */
import { SpitError, withPlace } from "../../errors.ts";
import type { ByteSource } from "../byte_source.ts";
import type { Pixels } from "../frame.ts";
import type { Hdu } from "../hdu.ts";
import { cardNumber, cardString, type Header } from "../header.ts";
import {
  readScaling,
  scalePixels,
  storedArray,
  type StoredPixels,
} from "../scale_pixels.ts";
import { type Dithering, unquantise } from "./dither.ts";
import { inflateTile, plainPixels, unshuffle } from "./plain_tile.ts";
import { decodeRice } from "./rice.ts";
import {
  type Column,
  describeTable,
  heapBytes,
  type Table,
  tableNumber,
} from "./table.ts";

/** No compression packs a pixel into less than a thousandth of it. */
const HIGHEST_RATIO = 1100;

/** All that decoding a tile takes, read once from the header. */
interface Tiling {
  readonly table: Table;
  readonly compression: string;
  readonly isFloat: boolean;
  readonly blocksize: number;
  readonly bytepix: number;
  readonly dithering: Dithering;
  readonly dither0: number;
  /** Scale of quantised floats, of the tile or of all; absent when the floats are exact. */
  readonly scale?: Column | number;
  readonly zero?: Column | number;
  readonly blank?: Column | number;
}

/**
 * Reads and decodes a tiled image (FITS Standard 4.0, section 10): RICE_1, GZIP_1,
 * GZIP_2, NOCOMPRESS; quantised floats; tiles of any shape. In memory are the
 * compressed bytes and one copy of the pixels.
 *
 * @throws {SpitError} `bad_tile`, `bad_header`, `absurd_axis`, `truncated_data`, and
 * what the source throws.
 */
export async function readTiled(source: ByteSource, hdu: Hdu): Promise<Pixels> {
  const { header, width, height, index, dataStart, dataBytes } = hdu;
  const bytes = new Uint8Array(dataBytes);
  const count = await source.readInto(dataStart, bytes);
  if (count < dataBytes) {
    throw new SpitError("truncated_data", "the tiles end early", {
      hdu: index,
      byte: dataStart + count,
    });
  }
  try {
    return decodeTiles(header, width, height, bytes);
  } catch (error) {
    throw withPlace(error, { hdu: index });
  }
}

function decodeTiles(
  header: Header,
  width: number,
  height: number,
  bytes: Uint8Array,
): Pixels {
  const tiling = describeTiling(header, bytes);
  const tileWidth = tileSide(header, 1, width);
  const tileHeight = tileSide(header, 2, height);
  const across = Math.ceil(width / tileWidth);
  const tiles = across * Math.ceil(height / tileHeight);
  const bitpix = cardNumber(header, "ZBITPIX")!;
  const { table } = tiling;
  if (table.rows < tiles) {
    throw new SpitError(
      "bad_tile",
      `${tiles} tiles are needed and the table has ${table.rows}`,
    );
  }
  const unpacked = width * height * Math.abs(bitpix) / 8;
  const ratio = HIGHEST_RATIO * Math.max(1, tiling.blocksize / 32);
  if (unpacked > ratio * bytes.length) {
    throw new SpitError(
      "absurd_axis",
      `${bytes.length} bytes cannot hold an image of ${width} x ${height}`,
    );
  }
  const stored = storedArray(bitpix, width * height);
  for (let row = 0; row < tiles; row++) {
    const left = (row % across) * tileWidth;
    const top = Math.floor(row / across) * tileHeight;
    const columns = Math.min(tileWidth, width - left);
    const rows = Math.min(tileHeight, height - top);
    const tile = decodeTile(tiling, row, columns * rows, bitpix);
    if (columns === width) {
      copyRow(tile, stored, top * width);
      continue;
    }
    for (let y = 0; y < rows; y++) {
      const line = tile.subarray(y * columns, (y + 1) * columns);
      copyRow(line, stored, (top + y) * width + left);
    }
  }
  const blankCard = header.values.has("ZBLANK") ? "ZBLANK" : "BLANK";
  return scalePixels(stored, readScaling(header, blankCard));
}

function describeTiling(header: Header, bytes: Uint8Array): Tiling {
  const table = describeTable(header, bytes);
  const optional = (name: string) =>
    table.columns.get(name) ?? cardNumber(header, name);
  const scale = optional("ZSCALE");
  const zero = optional("ZZERO");
  const blank = optional("ZBLANK") ?? cardNumber(header, "BLANK");
  const bitpix = cardNumber(header, "ZBITPIX")!;
  const blocksize = parameter(header, "BLOCKSIZE") ?? 32;
  const bytepix = parameter(header, "BYTEPIX") ?? 4;
  if (
    !Number.isInteger(blocksize) || blocksize < 1 ||
    ![1, 2, 4].includes(bytepix)
  ) {
    throw new SpitError(
      "bad_header",
      `Rice blocks of ${blocksize} pixels of ${bytepix} bytes are not defined`,
    );
  }
  return {
    table,
    compression: cardString(header, "ZCMPTYPE")!,
    isFloat: bitpix < 0,
    blocksize,
    bytepix,
    dithering: readDithering(header),
    dither0: cardNumber(header, "ZDITHER0") ?? 1,
    ...(scale !== undefined && { scale }),
    ...(zero !== undefined && { zero }),
    ...(blank !== undefined && { blank }),
  };
}

function readDithering(header: Header): Dithering {
  const name = cardString(header, "ZQUANTIZ") ?? "NO_DITHER";
  if (name === "SUBTRACTIVE_DITHER_1" || name === "SUBTRACTIVE_DITHER_2") {
    return name;
  }
  if (name === "NO_DITHER" || name === "NONE") return "NO_DITHER";
  throw new SpitError(
    "unsupported_compression",
    `floats are quantised by ${name}, which is not supported: unpack the file with funpack`,
    { card: "ZQUANTIZ" },
  );
}

/** Parameter of the compression, kept in a pair of cards ZNAMEi and ZVALi. */
function parameter(header: Header, name: string): number | undefined {
  for (let i = 1; header.values.has(`ZNAME${i}`); i++) {
    const found = cardString(header, `ZNAME${i}`)?.toUpperCase();
    if (found === name) return cardNumber(header, `ZVAL${i}`);
  }
  return undefined;
}

function tileSide(header: Header, axis: 1 | 2, length: number): number {
  const card = `ZTILE${axis}`;
  const side = header.values.get(card) ?? (axis === 1 ? length : 1);
  if (typeof side === "number" && Number.isInteger(side) && side > 0) {
    return Math.min(side, length);
  }
  throw new SpitError("bad_header", `${card} is ${side}`, { card });
}

function decodeTile(
  tiling: Tiling,
  row: number,
  pixels: number,
  bitpix: number,
): StoredPixels {
  const { table, isFloat } = tiling;
  const packed = columnBytes(table, "COMPRESSED_DATA", row);
  if (packed !== undefined) {
    const isQuantised = isFloat && tiling.scale !== undefined;
    const values = unpack(tiling, packed, pixels, isFloat && !isQuantised);
    return isQuantised ? floatTile(tiling, row, values, bitpix) : values;
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
  { compression, blocksize, bytepix }: Tiling,
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
      const values = new Int32Array(pixels);
      decodeRice(packed, values, bytepix, blocksize);
      return values;
    }
  }
}

function floatTile(
  { table, scale, zero, blank, dithering, dither0 }: Tiling,
  row: number,
  values: StoredPixels,
  bitpix: number,
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

/** Copies pixels, which may be wider or narrower than their place. */
function copyRow(from: StoredPixels, to: StoredPixels, at: number): void {
  if (to instanceof BigInt64Array) {
    for (let i = 0; i < from.length; i++) to[at + i] = BigInt(from[i]!);
  } else if (from instanceof BigInt64Array) {
    for (let i = 0; i < from.length; i++) to[at + i] = Number(from[i]!);
  } else {
    to.set(from, at);
  }
}
