/**
 * How an image is cut into tiles and how those are packed.
 *
 * @module
 */
import { SpitError } from "../../errors.ts";
import { cardNumber, cardString, type Header } from "../header.ts";
import type { Dithering } from "./dither.ts";
import { type Column, describeTable, type Table } from "./table.ts";

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
