import { SpitError } from "../../errors.ts";

const MAGIC = 0xdd99;
const HEADER_LENGTH = 25;
/** Bit planes that exact arithmetic with float64 allows. */
const MAX_BIT_PLANES = 52;
/** A tile that needs more than about 230 MB while it is decoded is refused. */
const MAX_PIXELS = 1 << 24;

/** Huffman codes of the values 0 to 15, with their numbers of bits. */
const CODES: readonly (readonly [code: number, bits: number])[] = [
  ...[[0x3e, 6], [0x00, 3], [0x01, 3], [0x08, 4], [0x02, 3]] as const,
  ...[[0x09, 4], [0x1a, 5], [0x1b, 5], [0x03, 3], [0x1c, 5]] as const,
  ...[[0x0a, 4], [0x1d, 5], [0x0b, 4], [0x1e, 5], [0x3f, 6]] as const,
  [0x0c, 4],
];
const LONGEST_CODE = 6;

/** By the next six bits: 8 × the value + the number of bits of its code. */
const CODE_TABLE = new Uint8Array(1 << LONGEST_CODE);
CODES.forEach(([code, bits], value) => {
  const unused = LONGEST_CODE - bits;
  const start = code << unused;
  CODE_TABLE.fill(8 * value + bits, start, start + (1 << unused));
});

/**
 * Decodes an HCOMPRESS_1 tile: the coefficients of an H-transform (a two-dimensional Haar
 * transform of integers), whose bit planes are coded as quadtrees. Lossy compression, by
 * a scale above 1, is decoded without smoothing.
 *
 * Source of the format: FITS Standard 4.0, section 10.4; R. White, M. Postman and
 * M. Lattanzi, "Compression of the Guide Star digitised Schmidt plates", 1992; CFITSIO's
 * fits_hdecompress.c, with which the pixels agree.
 *
 * @param width Columns of the tile, at least 2.
 * @param height Rows of the tile, at least 2.
 * @returns The pixels, row by row.
 * @throws {SpitError} `bad_tile`: the bytes end early, or are not such a tile;
 *   `unsupported_compression`: the tile has more than 2^24 pixels.
 */
export function decodeHcompress(
  bytes: Uint8Array,
  width: number,
  height: number,
): Int32Array {
  if (width * height > MAX_PIXELS) {
    throw new SpitError(
      "unsupported_compression",
      `an HCOMPRESS_1 tile of ${width} x ${height} pixels is too large: decompress the file with funpack`,
    );
  }
  if (bytes.length < HEADER_LENGTH) throw damaged("ends in its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const rows = view.getInt32(2), columns = view.getInt32(6);
  if (view.getUint16(0) !== MAGIC) throw damaged("has a wrong first word");
  if (rows !== height || columns !== width || width < 2 || height < 2) {
    throw damaged(`of ${width} x ${height} pixels states ${columns} x ${rows}`);
  }
  const planes = [...bytes.subarray(22, HEADER_LENGTH)];
  if (Math.max(...planes) > MAX_BIT_PLANES) {
    throw damaged(`has ${Math.max(...planes)} bit planes`);
  }
  const coefficients = new Float64Array(width * height);
  const reader = new BitReader(bytes, HEADER_LENGTH);
  const left = Math.ceil(width / 2), right = width - left;
  const top = Math.ceil(height / 2), bottom = height - top;
  const quadrants = [
    [0, left, top, planes[0]!],
    [left, right, top, planes[1]!],
    [top * width, left, bottom, planes[1]!],
    [top * width + left, right, bottom, planes[2]!],
  ] as const;
  for (const [start, columns, rows, planes] of quadrants) {
    const quadrant = { start, columns, rows, stride: width };
    decodeQuadrant(reader, coefficients, quadrant, planes);
  }
  if (reader.take(4) !== 0) throw damaged("has wrong bit planes");
  reader.skipToByte();
  for (let i = 0; i < coefficients.length; i++) {
    if (coefficients[i] !== 0 && reader.take(1) === 1) {
      coefficients[i] = -coefficients[i]!;
    }
  }
  coefficients[0] = Number(view.getBigInt64(14));
  const scale = view.getInt32(10);
  if (scale > 1) {
    for (let i = 0; i < coefficients.length; i++) coefficients[i]! *= scale;
  }
  return invertTransform(coefficients, width, height);
}

/** A quarter of the coefficients. */
interface Quadrant {
  readonly start: number;
  readonly columns: number;
  readonly rows: number;
  /** Coefficients from one row to the next. */
  readonly stride: number;
}

const DIRECT = 0;
const QUADTREE = 0xf;

/** Adds the bit planes of a quadrant to its coefficients, the highest plane first. */
function decodeQuadrant(
  reader: BitReader,
  coefficients: Float64Array,
  quadrant: Quadrant,
  planes: number,
): void {
  const { start, columns, rows, stride } = quadrant;
  const levels = Math.ceil(Math.log2(Math.max(columns, rows)));
  const width = Math.ceil(columns / 2), height = Math.ceil(rows / 2);
  // Codes of 2 x 2 bits, and the space that the next level needs.
  let codes = new Uint8Array(width * height);
  let spare = new Uint8Array(width * height);
  for (let plane = planes - 1; plane >= 0; plane--) {
    const format = reader.take(4);
    if (format === DIRECT) {
      for (let i = 0; i < codes.length; i++) codes[i] = reader.take(4);
    } else if (format === QUADTREE) {
      codes[0] = reader.takeCode();
      if (codes[0] === 0) continue;
      for (let level = levels - 1; level >= 1; level--) {
        const columnsNow = Math.ceil(columns / 2 ** level);
        const rowsNow = Math.ceil(rows / 2 ** level);
        expandCodes(codes, spare, columnsNow, rowsNow);
        [codes, spare] = [spare, codes];
        for (let i = columnsNow * rowsNow - 1; i >= 0; i--) {
          if (codes[i] !== 0) codes[i] = reader.takeCode();
        }
      }
    } else throw damaged(`has a bit plane of the unknown format ${format}`);
    const value = 2 ** plane;
    for (let y = 0; y < rows; y++) {
      const from = (y >> 1) * width;
      for (let x = 0; x < columns; x++) {
        if (isSet(codes[from + (x >> 1)]!, x, y)) {
          coefficients[start + y * stride + x]! += value;
        }
      }
    }
  }
}

/** Returns whether the bit of a row and column is set in a code of 2 x 2 bits. */
function isSet(code: number, x: number, y: number): boolean {
  return (code >> (3 - 2 * (y & 1) - (x & 1)) & 1) === 1;
}

/** Expands codes of 2 x 2 bits to an array of bits of the given size. */
function expandCodes(
  codes: Uint8Array,
  bits: Uint8Array,
  columns: number,
  rows: number,
): void {
  const width = Math.ceil(columns / 2);
  for (let y = 0, at = 0; y < rows; y++) {
    const from = (y >> 1) * width;
    for (let x = 0; x < columns; x++) {
      bits[at++] = isSet(codes[from + (x >> 1)]!, x, y) ? 1 : 0;
    }
  }
}

/**
 * Inverts the H-transform. Each level doubles the size of the image: a mean, a difference
 * of rows, one of columns, and one of both become 2 x 2 pixels.
 */
function invertTransform(
  coefficients: Float64Array,
  width: number,
  height: number,
): Int32Array {
  const levels = Math.ceil(Math.log2(Math.max(width, height)));
  let means: Float64Array | Int32Array = Float64Array.of(
    roundTo(coefficients[0]!, 2 ** (levels + 1)),
  );
  for (let level = levels - 1; level >= 0; level--) {
    const columns = Math.ceil(width / 2 ** level);
    const rows = Math.ceil(height / 2 ** level);
    const left = Math.ceil(columns / 2), top = Math.ceil(rows / 2);
    const pixels: Float64Array | Int32Array = level === 0
      ? new Int32Array(columns * rows)
      : new Float64Array(columns * rows);
    const bit = 2 ** level;
    const divisor = level === 0 ? 4 : 2;
    for (let i = 0; i < top; i++) {
      const hasBelow = 2 * i + 1 < rows;
      for (let j = 0; j < left; j++) {
        const hasRight = 2 * j + 1 < columns;
        const above = i * width + j, below = (top + i) * width + j;
        let x = hasBelow ? roundTo(coefficients[below]!, 2 * bit) : 0;
        let y = hasRight ? roundTo(coefficients[above + left]!, 2 * bit) : 0;
        const both = hasBelow && hasRight
          ? roundTo(coefficients[below + left]!, bit)
          : 0;
        // The lowest bits of the sums, which the transform left out.
        const low = isOdd(both / bit) ? bit : 0;
        x += x >= 0 ? -low : low;
        y += y >= 0 ? -low : low;
        const parity = Math.floor(both / (2 * bit)) +
          Math.floor(x / (2 * bit)) + Math.floor(y / (2 * bit));
        const next = isOdd(parity) ? 2 * bit : 0;
        let mean = means[i * left + j]!;
        mean += mean < 0 && low === 0 ? next : low - next;
        const at = 2 * i * columns + 2 * j;
        pixels[at] = Math.floor((mean - x - y + both) / divisor);
        if (hasRight) {
          pixels[at + 1] = Math.floor((mean - x + y - both) / divisor);
        }
        if (!hasBelow) continue;
        pixels[at + columns] = Math.floor((mean + x - y - both) / divisor);
        if (hasRight) {
          pixels[at + columns + 1] = Math.floor(
            (mean + x + y + both) / divisor,
          );
        }
      }
    }
    means = pixels;
  }
  return means as Int32Array;
}

/** Rounds to a multiple of a power of two, halves away from zero. */
function roundTo(value: number, unit: number): number {
  if (unit === 1) return value;
  const half = value >= 0 ? unit / 2 : unit / 2 - 1;
  return Math.floor((value + half) / unit) * unit;
}

function isOdd(value: number): boolean {
  return value % 2 !== 0;
}

class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  #bits = 0;
  #count = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Reads up to eight bits, the highest first. */
  take(count: number): number {
    if (this.#count < count) this.#addByte();
    this.#consume(count);
    return this.#bits >> this.#count & ((1 << count) - 1);
  }

  /** Reads a value by its Huffman code. */
  takeCode(): number {
    // The table needs more bits than most codes have, also after the last byte.
    if (this.#count < LONGEST_CODE) this.#addByte();
    const entry = CODE_TABLE[this.#bits >> (this.#count - LONGEST_CODE) & 63]!;
    this.#consume(entry & 7);
    return entry >> 3;
  }

  skipToByte(): void {
    this.#count -= this.#count % 8;
  }

  #addByte(): void {
    this.#bits = (this.#bits << 8 | (this.#bytes[this.#at++] ?? 0)) & 0xffff;
    this.#count += 8;
  }

  #consume(count: number): void {
    this.#count -= count;
    if (8 * this.#at - this.#count > 8 * this.#bytes.length) {
      throw damaged("ends before its pixels do");
    }
  }
}

function damaged(what: string): SpitError {
  return new SpitError("bad_tile", `an HCOMPRESS_1 tile ${what}`);
}
