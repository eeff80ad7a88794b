import { SpitError } from "../../errors.ts";
import {
  cardString,
  type Header,
  layoutNumber,
  quotedNumber,
} from "../header.ts";
import { needsTooMuch } from "../pixels.ts";
import type { Dithering } from "./decode_tile.ts";

/**
 * Largest plausible compression ratio. That of gzip is at most 1032. Rice code with blocks
 * of more than 160 pixels can exceed it, but no software writes such blocks.
 */
const MAX_RATIO = 1100;
/** The same for PLIO_1, which stores 4096 equal pixels in two bytes, and HCOMPRESS_1. */
const MAX_RUN_RATIO = 16_384;

/** Copies of a tile that are in memory at once: decompressed, ordered and scaled. */
const TILE_COPIES = 3;
/** The same for HCOMPRESS_1, whose coefficients are float64. */
const HCOMPRESS_COPIES = 5;

export interface Tiling {
  readonly table: Table;
  readonly bitpix: number;
  /** Columns of a tile, except at the edge of the image. */
  readonly tileWidth: number;
  /** Rows of a tile, except at the edge of the image. */
  readonly tileHeight: number;
  readonly compression: string;
  /** Pixels of a Rice block. */
  readonly blocksize: number;
  /** Bytes of a pixel in Rice code. */
  readonly bytepix: number;
  /** Subtracted from the values of a PLIO_1 tile. */
  readonly listZero: number;
  /** Largest size of a number in a tile, bytes: quantised floats are 4-byte integers. */
  readonly numberBytes: number;
  /** Memory for the numbers of one tile. */
  readonly scratch: ArrayBuffer;
  readonly dithering: Dithering;
  readonly dither0: number;
  /** Scale of quantised floats, of each tile or of all; absent for exact floats. */
  readonly scale?: Column | number;
  /** Zero point of quantised floats. */
  readonly zero?: Column | number;
  /** Quantised value of NaN. */
  readonly blank?: Column | number;
}

/**
 * Reads the layout of a tile-compressed image from its header.
 *
 * @param bytes Data unit of the table: its rows and heap.
 * @param maxBytes Memory that the pixels and the copies of a tile may take together.
 * @throws {SpitError} `bad_header`; `unsupported_compression`, for an unknown
 *   quantisation; `absurd_axis`, for more pixels than the bytes can contain; `too_large`.
 */
export function describeTiling(
  header: Header,
  width: number,
  height: number,
  bytes: Uint8Array,
  maxBytes: number,
): Tiling {
  const table = describeTable(header, bytes);
  const optional = (name: string) =>
    table.columns.get(name) ?? layoutNumber(header, name);
  const bitpix = layoutNumber(header, "ZBITPIX")!;
  const blocksize = readParameter(header, "BLOCKSIZE") ?? 32;
  const bytepix = readParameter(header, "BYTEPIX") ?? 4;
  if (
    !Number.isInteger(blocksize) || blocksize < 1 ||
    ![1, 2, 4].includes(bytepix)
  ) {
    const what =
      `Rice blocks of ${blocksize} pixels of ${bytepix} bytes are invalid`;
    throw new SpitError("bad_header", what);
  }
  const compression = cardString(header, "ZCMPTYPE")!;
  const isRuns = compression === "PLIO_1" || compression === "HCOMPRESS_1";
  if (compression === "HCOMPRESS_1" && readParameter(header, "SMOOTH")) {
    throw new SpitError(
      "unsupported_compression",
      "HCOMPRESS_1 with smoothing is not supported: decompress the file with funpack",
    );
  }
  const maxRatio = isRuns ? MAX_RUN_RATIO : MAX_RATIO;
  const unpacked = width * height * Math.abs(bitpix) / 8;
  if (unpacked > maxRatio * bytes.length) {
    const what =
      `${bytes.length} bytes cannot contain an image of ${width} x ${height}`;
    throw new SpitError("absurd_axis", what);
  }
  const tileWidth = readTileSize(header, 1, width);
  const tileHeight = readTileSize(header, 2, height);
  const numberBytes = Math.max(4, Math.abs(bitpix) / 8);
  const tileBytes = tileWidth * tileHeight * numberBytes;
  const copies = compression === "HCOMPRESS_1" ? HCOMPRESS_COPIES : TILE_COPIES;
  const needed = unpacked + copies * tileBytes;
  if (needed > maxBytes) {
    const what = `an image in tiles of ${tileWidth} x ${tileHeight}`;
    throw needsTooMuch(what, needed);
  }
  return {
    table,
    bitpix,
    tileWidth,
    tileHeight,
    compression,
    numberBytes,
    scratch: new ArrayBuffer(tileBytes),
    blocksize,
    bytepix,
    // Such a tile has no negative values: CFITSIO stores unsigned pixels without their zero.
    listZero: layoutNumber(header, "BZERO") === 2 ** 15 ? 2 ** 15 : 0,
    dithering: readDithering(header),
    dither0: layoutNumber(header, "ZDITHER0") ?? 1,
    scale: optional("ZSCALE"),
    zero: optional("ZZERO"),
    blank: optional("ZBLANK") ?? layoutNumber(header, "BLANK"),
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
    `the quantisation ${name} is not supported: decompress the file with funpack`,
    { card: "ZQUANTIZ" },
  );
}

/** Reads a parameter of the compression from a pair of cards ZNAMEi and ZVALi. */
function readParameter(header: Header, name: string): number | undefined {
  for (let i = 1; header.values.has(`ZNAME${i}`); i++) {
    const found = cardString(header, `ZNAME${i}`)?.toUpperCase();
    if (found === name) return layoutNumber(header, `ZVAL${i}`);
  }
  return undefined;
}

function readTileSize(header: Header, axis: 1 | 2, length: number): number {
  const card = `ZTILE${axis}`;
  const side = quotedNumber(header, card) ?? (axis === 1 ? length : 1);
  if (Number.isInteger(side) && side > 0) {
    return Math.min(side, length);
  }
  const stated = header.values.get(card);
  const what = `${card} is ${stated}, not an integer above 0`;
  throw new SpitError("bad_header", what, { card });
}

export interface Column {
  /** Type of its values (B, I, J, K, E, D …); of those in the heap for P and Q. */
  readonly letter: string;
  /** Bytes per value. */
  readonly size: number;
  /** P or Q, if the column contains descriptors of bytes in the heap. */
  readonly descriptor?: "P" | "Q";
  /** Offset in the row, bytes. */
  readonly offset: number;
}

export interface Table {
  readonly rows: number;
  /** Bytes per row. */
  readonly rowBytes: number;
  /** Columns by name, upper case. */
  readonly columns: ReadonlyMap<string, Column>;
  /** Rows and heap. */
  readonly bytes: Uint8Array;
  /** Offset of the heap in `bytes`. */
  readonly heap: number;
}

const SIZES: Readonly<Record<string, number>> = {
  L: 1,
  B: 1,
  A: 1,
  I: 2,
  J: 4,
  K: 8,
  E: 4,
  D: 8,
  C: 8,
  M: 16,
  P: 8,
  Q: 16,
};

/**
 * Describes a binary table from its header (FITS Standard 4.0, section 7.3).
 *
 * @throws {SpitError} `bad_header`: invalid columns, columns outside the row, or a heap
 *   outside the data unit.
 */
function describeTable(header: Header, bytes: Uint8Array): Table {
  const rowBytes = layoutNumber(header, "NAXIS1") ?? 0;
  const rows = layoutNumber(header, "NAXIS2") ?? 0;
  const heap = layoutNumber(header, "THEAP") ?? rowBytes * rows;
  if (!(heap >= rowBytes * rows && heap <= bytes.length)) {
    const what = `the heap at byte ${heap} is outside its table`;
    throw new SpitError("bad_header", what, { card: "THEAP" });
  }
  const columns = new Map<string, Column>();
  const fields = layoutNumber(header, "TFIELDS") ?? 0;
  let offset = 0;
  for (let i = 1; i <= fields && offset <= rowBytes; i++) {
    const form = cardString(header, `TFORM${i}`) ?? "";
    const match = /^ *(\d*)([A-Z])([A-Z]?)/.exec(form);
    const size = SIZES[match?.[2] ?? ""] ?? (match?.[2] === "X" ? 1 / 8 : NaN);
    if (match === null || Number.isNaN(size)) throw badColumn(i, form);
    const [, times, letter] = match;
    const descriptor = letter === "P" || letter === "Q" ? letter : undefined;
    const stored = descriptor === undefined ? letter! : match[3]!;
    const name = cardString(header, `TTYPE${i}`)?.toUpperCase();
    const width = Math.ceil((times === "" ? 1 : Number(times)) * size);
    if (name !== undefined && width > 0) {
      const size = SIZES[stored] ?? 1;
      columns.set(name, { letter: stored, size, descriptor, offset });
    }
    offset += width;
    if (offset > rowBytes) throw badColumn(i, form);
  }
  return { rows, rowBytes, columns, bytes, heap };
}

function badColumn(column: number, form: string): SpitError {
  const what =
    `the column format "${form}" is invalid, or the column exceeds the row`;
  return new SpitError("bad_header", what, { card: `TFORM${column}` });
}

/**
 * Returns the bytes in the heap that a row refers to.
 *
 * @throws {SpitError} `bad_tile`: they are outside the table.
 */
export function readHeap(
  table: Table,
  column: Column,
  row: number,
): Uint8Array {
  const { bytes, heap, rowBytes } = table;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = row * rowBytes + column.offset;
  const isLong = column.descriptor === "Q";
  const count = isLong ? Number(view.getBigUint64(at)) : view.getUint32(at);
  const start = heap +
    (isLong ? Number(view.getBigUint64(at + 8)) : view.getUint32(at + 4));
  const end = start + count * column.size;
  if (count > 0 && end > bytes.length) {
    throw new SpitError(
      "bad_tile",
      `tile ${row} refers to bytes ${start} to ${end} of a table of ${bytes.length} bytes`,
    );
  }
  return count === 0 ? new Uint8Array() : bytes.subarray(start, end);
}

/** Reads a number from a column of type B, I, J, K, E or D. */
export function readNumber(table: Table, column: Column, row: number): number {
  const { bytes, rowBytes } = table;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = row * rowBytes + column.offset;
  switch (column.letter) {
    case "B":
      return view.getUint8(at);
    case "I":
      return view.getInt16(at);
    case "J":
      return view.getInt32(at);
    case "K":
      return Number(view.getBigInt64(at));
    case "E":
      return view.getFloat32(at);
    default:
      return view.getFloat64(at);
  }
}
