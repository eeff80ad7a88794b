import { addErrorLocation, SpitError } from "../../errors.ts";
import type { ByteSource } from "../../io/byte_source.ts";
import { releaseMemory } from "../../io/memory.ts";
import type { Pixels } from "../frame.ts";
import type { Hdu } from "../hdu.ts";
import { type Header, makeHeader } from "../header.ts";
import {
  asUnsigned,
  hasUnsignedZero,
  makeStoredArray,
  needsTooMuch,
  type PixelMemory,
  readScaling,
  scalePixels,
  type StoredPixels,
} from "../pixels.ts";
import { decodeRows, decodeTile } from "./decode_tile.ts";
import { describeTiling } from "./tiling.ts";

/**
 * Reads a tile-compressed image (FITS Standard 4.0, section 10): RICE_1, GZIP_1, GZIP_2,
 * PLIO_1, HCOMPRESS_1 (without smoothing) and NOCOMPRESS, quantised floats, tiles of any
 * shape. The memory in use is that of the compressed bytes, of one copy of the pixels, and
 * of three copies of a tile (five for HCOMPRESS_1) with at least 4 bytes per pixel.
 *
 * @param maxBytes Memory that the pixels may take. Reading takes at most twice as much.
 * @throws {SpitError} `bad_tile`, `bad_header`, `absurd_axis`, `too_large`,
 *   `truncated_data`, and the errors of the source.
 */
export async function readTiled(
  source: ByteSource,
  hdu: Hdu,
  maxBytes: number,
  memory?: PixelMemory,
): Promise<Pixels> {
  const { index, dataStart, dataBytes } = hdu;
  if (dataBytes > maxBytes) {
    throw needsTooMuch("the compressed image", dataBytes);
  }
  const bytes = makeStoredArray(8, dataBytes) as Uint8Array;
  const count = await source.readInto(dataStart, bytes);
  if (count < dataBytes) {
    throw new SpitError("truncated_data", "the file ends before the tiles do", {
      hdu: index,
      byte: dataStart + count,
    });
  }
  try {
    return decodeTiles(hdu, bytes, maxBytes, memory);
  } catch (error) {
    throw addErrorLocation(error, { hdu: index });
  } finally {
    releaseMemory(bytes);
  }
}

function decodeTiles(
  hdu: Hdu,
  bytes: Uint8Array,
  maxBytes: number,
  memory?: PixelMemory,
): Pixels {
  const { header, width, height } = hdu;
  const available = 2 * maxBytes - bytes.length;
  const tiling = describeTiling(header, width, height, bytes, available);
  const { table, bitpix, tileWidth, tileHeight } = tiling;
  const across = Math.ceil(width / tileWidth);
  const tiles = across * Math.ceil(height / tileHeight);
  if (table.rows < tiles) {
    const what =
      `the image has ${tiles} tiles, but the table only ${table.rows} rows`;
    throw new SpitError("bad_tile", what);
  }
  const stored = makeStoredArray(bitpix, width * height, memory);
  const blankCard = header.values.has("ZBLANK") ? "ZBLANK" : "BLANK";
  const scaling = readScaling(header, blankCard);
  const isUnsigned = bitpix > 0 && hasUnsignedZero(stored, scaling);
  if (decodeRows(tiling, hdu, stored, isUnsigned ? scaling.zero : 0)) {
    return isUnsigned
      ? asUnsigned(stored)
      : scalePixels(stored, scaling, maxBytes);
  }
  for (let row = 0; row < tiles; row++) {
    const left = (row % across) * tileWidth;
    const top = Math.floor(row / across) * tileHeight;
    const columns = Math.min(tileWidth, width - left);
    const rows = Math.min(tileHeight, height - top);
    const tile = decodeNamedTile(tiling, row, columns, columns * rows);
    if (columns === width) {
      copyRow(tile, stored, top * width);
      continue;
    }
    for (let y = 0; y < rows; y++) {
      const line = tile.subarray(y * columns, (y + 1) * columns);
      copyRow(line, stored, (top + y) * width + left);
    }
  }
  return scalePixels(stored, scaling, maxBytes);
}

/** {@linkcode decodeTile} whose errors name the tile. */
function decodeNamedTile(
  ...[tiling, row, width, pixels]: Parameters<typeof decodeTile>
): StoredPixels {
  try {
    return decodeTile(tiling, row, width, pixels);
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    const { code, description } = error;
    if (description.startsWith(`tile ${row} `)) throw error;
    throw new SpitError(code, `tile ${row}: ${description}`, { cause: error });
  }
}

/** Copies pixels to an array whose values may have another size. */
function copyRow(from: StoredPixels, to: StoredPixels, at: number): void {
  if (to instanceof BigInt64Array) {
    for (let i = 0; i < from.length; i++) to[at + i] = BigInt(from[i]!);
  } else if (from instanceof BigInt64Array) {
    for (let i = 0; i < from.length; i++) to[at + i] = Number(from[i]!);
  } else {
    to.set(from, at);
  }
}

/** Cards of the table and of the compression. */
const TABLE_CARDS =
  /^(XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|THEAP|CHECKSUM|DATASUM|T(TYPE|FORM|UNIT|DIM|NULL|SCAL|ZERO)\d+|Z(IMAGE|CMPTYPE|TILE\d+|NAME\d+|VAL\d+|MASKCMP|QUANTIZ|DITHER0|SCALE|ZERO|BLANK|HECKSUM|DATASUM))$/;
const RENAMED_CARDS =
  /^Z(SIMPLE|TENSION|BITPIX|NAXIS\d*|EXTEND|BLOCKED|PCOUNT|GCOUNT)$/;

/**
 * Restores the header of the image from that of the table: removes the cards of the
 * table and of the compression, and renames ZBITPIX, ZNAXIS1 and so on (FITS Standard
 * 4.0, section 10.1.2).
 */
export function restoreHeader({ cards }: Header): Header {
  const kept = cards.filter(({ keyword }) => !TABLE_CARDS.test(keyword));
  return makeHeader(kept.map((card) => {
    if (!RENAMED_CARDS.test(card.keyword)) return card;
    const keyword = card.keyword.replace(/^Z/, "").replace(/^TEN/, "XTEN");
    return { ...card, keyword };
  }));
}
