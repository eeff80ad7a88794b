/**
 * The binary table that holds compressed tiles: a row for each tile, its bytes
 * in the heap behind the rows.
 *
 * @module
 */
import { SpitError } from "../../errors.ts";
import { cardNumber, cardString, type Header } from "../header.ts";

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
