/**
 * How an image is cut into tiles and how those are packed.
 *
 * @module
 */
import { SpitError } from "../../errors.ts";
import { cardNumber, cardString, type Header } from "../header.ts";
import type { Dithering } from "./decode_tile.ts";

/** No compression packs a pixel into less than a thousandth of it. */
const HIGHEST_RATIO = 1100;

/** All that decoding a tile takes, read once from the header. */
export interface Tiling {
  /** The table with a row for each tile. */
  readonly table: Table;
  /** ZBITPIX, BITPIX of the image. */
  readonly bitpix: number;
  /** Columns of a tile that is not cut off by the edge. */
  readonly tileWidth: number;
  /** Rows of such a tile. */
  readonly tileHeight: number;
  /** ZCMPTYPE. */
  readonly compression: string;
  /** Pixels of a Rice block. */
  readonly blocksize: number;
  /** Bytes of a pixel in Rice code. */
  readonly bytepix: number;
  /** Receives the pixels of one tile after another in Rice code. */
  readonly scratch: Int32Array;
  /** ZQUANTIZ. */
  readonly dithering: Dithering;
  /** ZDITHER0. */
  readonly dither0: number;
  /** Scale of quantised floats, of the tile or of all; absent when the floats are exact. */
  readonly scale?: Column | number;
  /** Zero point of quantised floats. */
  readonly zero?: Column | number;
  /** Quantised value of NaN. */
  readonly blank?: Column | number;
}

/**
 * Reads the layout of a tiled image from its header.
 *
 * @param width Columns of the image.
 * @param height Rows of the image.
 * @param bytes Rows and heap of the table.
 * @throws {SpitError} `bad_header`, `unsupported_compression` (of quantised floats),
 * `absurd_axis`: more pixels than the bytes can hold.
 */
export function describeTiling(
  header: Header,
  width: number,
  height: number,
  bytes: Uint8Array,
): Tiling {
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
  const unpacked = width * height * Math.abs(bitpix) / 8;
  if (unpacked > HIGHEST_RATIO * Math.max(1, blocksize / 32) * bytes.length) {
    throw new SpitError(
      "absurd_axis",
      `${bytes.length} bytes cannot hold an image of ${width} x ${height}`,
    );
  }
  const compression = cardString(header, "ZCMPTYPE")!;
  const tileWidth = tileSide(header, 1, width);
  const tileHeight = tileSide(header, 2, height);
  const isRice = compression.startsWith("RICE");
  return {
    table,
    bitpix,
    tileWidth,
    tileHeight,
    compression,
    scratch: new Int32Array(isRice ? tileWidth * tileHeight : 0),
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

/** A column of a binary table. */
export interface Column {
  /** Letter of its values: B, I, J, K, E, D…; of those in the heap for P and Q. */
  readonly letter: string;
  /** Bytes of a value. */
  readonly size: number;
  /** P or Q when the row holds a descriptor of bytes in the heap. */
  readonly descriptor?: "P" | "Q";
  /** Offset in the row. */
  readonly offset: number;
}

/** A binary table in memory. */
export interface Table {
  /** Rows. */
  readonly rows: number;
  /** Bytes of a row. */
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
 * Describes a table from its header (FITS Standard 4.0, section 7.3).
 *
 * @throws {SpitError} `bad_header`: columns that do not fit the row, or a heap that
 * does not fit the data unit.
 */
export function describeTable(header: Header, bytes: Uint8Array): Table {
  const rowBytes = cardNumber(header, "NAXIS1") ?? 0;
  const rows = cardNumber(header, "NAXIS2") ?? 0;
  const heap = cardNumber(header, "THEAP") ?? rowBytes * rows;
  if (!(heap >= rowBytes * rows && heap <= bytes.length)) {
    throw new SpitError(
      "bad_header",
      `a heap at ${heap} is outside its table`,
      {
        card: "THEAP",
      },
    );
  }
  const columns = new Map<string, Column>();
  const fields = cardNumber(header, "TFIELDS") ?? 0;
  let offset = 0;
  for (let i = 1; i <= fields && offset <= rowBytes; i++) {
    const form = cardString(header, `TFORM${i}`) ?? "";
    const match = /^ *(\d*)([A-Z])([A-Z]?)/.exec(form);
    const size = SIZES[match?.[2] ?? ""] ?? (match?.[2] === "X" ? 1 / 8 : NaN);
    if (match === null || Number.isNaN(size)) {
      throw badForm(i, form);
    }
    const [, times, letter] = match;
    const descriptor = letter === "P" || letter === "Q" ? letter : undefined;
    const stored = descriptor === undefined ? letter! : match[3]!;
    const name = cardString(header, `TTYPE${i}`)?.toUpperCase();
    const column = { letter: stored, size: SIZES[stored] ?? 1, offset };
    const width = Math.ceil((times === "" ? 1 : Number(times)) * size);
    if (name !== undefined && width > 0) {
      columns.set(
        name,
        descriptor === undefined ? column : { ...column, descriptor },
      );
    }
    offset += width;
    if (offset > rowBytes) throw badForm(i, form);
  }
  return { rows, rowBytes, columns, bytes, heap };
}

function badForm(column: number, form: string): SpitError {
  return new SpitError(
    "bad_header",
    `the column format "${form}" is none, or does not fit the row`,
    { card: `TFORM${column}` },
  );
}

/**
 * Bytes in the heap that a row points at.
 *
 * @throws {SpitError} `bad_tile`: they lie outside the heap.
 */
export function heapBytes(
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
      `tile ${row} points at bytes ${start} to ${end} of a table of ${bytes.length}`,
    );
  }
  return count === 0 ? new Uint8Array() : bytes.subarray(start, end);
}

/** Number in a row, of a column of J, K, I, B, E or D. */
export function tableNumber(table: Table, column: Column, row: number): number {
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
