import {
  type Card,
  CARD_LENGTH,
  type CardValue,
  COMMENTARY,
  isStructural,
  paddedLength,
} from "./header.ts";
import { swapBigEndian } from "./byte_order.ts";
import type { Pixels, Plane } from "./frame.ts";
import { flipSign, STORED_ARRAYS } from "./pixels.ts";
import { SpitError } from "../errors.ts";

/** An HDU to encode: the first is the primary HDU, the others are IMAGE extensions. */
export interface HduToWrite {
  /**
   * Cards in their order. Those that describe the layout of the HDU (BITPIX, NAXIS…,
   * BZERO, BSCALE, BLANK, checksums …) are omitted and made anew, so that the header of
   * a frame can be written back.
   */
  readonly cards: readonly Card[];
  /** Pixels in physical values. Without them the HDU has no data unit. */
  readonly plane?: Plane;
}

/**
 * Encodes HDUs as a FITS file.
 *
 * Unsigned 16- and 32-bit pixels are stored with the BZERO of the standard (32768,
 * 2147483648), signed bytes with BZERO −128.
 *
 * @throws {SpitError} `bad_header`: a card that FITS cannot represent.
 * @throws {RangeError} The number of pixels of a plane is not width × height.
 */
export function encodeFits(hdus: readonly HduToWrite[]): Uint8Array {
  const headers = hdus.map((hdu, i) => encodeHeader(hdu, i, hdus.length));
  const length = hdus.reduce(
    (sum, { plane }, i) =>
      sum + headers[i]!.length + paddedLength(plane?.pixels.byteLength ?? 0),
    0,
  );
  const bytes = new Uint8Array(length);
  let offset = 0;
  hdus.forEach(({ plane }, i) => {
    bytes.set(headers[i]!, offset);
    offset += headers[i]!.length;
    if (plane !== undefined) {
      storePixels(bytes, offset, plane.pixels);
      offset += paddedLength(plane.pixels.byteLength);
    }
  });
  return bytes;
}

function encodeHeader(
  { cards, plane }: HduToWrite,
  index: number,
  count: number,
): Uint8Array {
  const records = [
    ...structuralCards(plane, index, count),
    ...cards.filter(({ keyword }) => !isStructural(keyword)),
  ].flatMap(formatCard);
  records.push("END".padEnd(CARD_LENGTH));
  const text = records.join("");
  return new TextEncoder().encode(text.padEnd(paddedLength(text.length)));
}

function structuralCards(
  plane: Plane | undefined,
  index: number,
  count: number,
): Card[] {
  const first = index === 0
    ? card("SIMPLE", true, "conforms to FITS standard")
    : card("XTENSION", "IMAGE", "image extension");
  const [bitpix, zero] = findStoredType(plane?.pixels ?? new Uint8Array());
  const cards = [first, card("BITPIX", bitpix, "type of stored pixels")];
  if (plane === undefined) {
    cards.push(card("NAXIS", 0, "no pixels"));
  } else {
    const { width, height, pixels } = plane;
    if (width * height !== pixels.length) {
      throw new RangeError(
        `Cannot encode a plane of ${width} x ${height} from ${pixels.length} pixels`,
      );
    }
    cards.push(
      card("NAXIS", 2, "number of axes"),
      card("NAXIS1", width, "columns"),
      card("NAXIS2", height, "rows"),
    );
  }
  if (index > 0) cards.push(card("PCOUNT", 0), card("GCOUNT", 1));
  else if (count > 1) cards.push(card("EXTEND", true, "extensions follow"));
  if (zero !== 0) {
    cards.push(
      card("BZERO", zero, "physical = stored + BZERO"),
      card("BSCALE", 1),
    );
  }
  return cards;
}

/** Returns BITPIX and BZERO for pixels (FITS Standard 4.0, table 11). */
function findStoredType(pixels: Pixels): [bitpix: number, zero: number] {
  if (pixels instanceof Uint8Array) return [8, 0];
  if (pixels instanceof Int8Array) return [8, -128];
  if (pixels instanceof Int16Array) return [16, 0];
  if (pixels instanceof Uint16Array) return [16, 32768];
  if (pixels instanceof Int32Array) return [32, 0];
  if (pixels instanceof Uint32Array) return [32, 2147483648];
  return pixels instanceof Float32Array ? [-32, 0] : [-64, 0];
}

function storePixels(bytes: Uint8Array, offset: number, pixels: Pixels): void {
  const { buffer, byteOffset, byteLength, length } = pixels;
  bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
  const [bitpix, zero] = findStoredType(pixels);
  // Headers fill whole blocks, so the offset of a data unit is a multiple of 8.
  const memory = bytes.buffer as ArrayBuffer;
  const stored = new STORED_ARRAYS[bitpix]!(memory, offset, length);
  if (zero !== 0) flipSign(stored);
  swapBigEndian(stored);
}

const STANDARD_KEYWORD = /^[A-Z0-9_-]{1,8}$/;
const HIERARCH_KEYWORD = /^[!-<>-~]+(?: [!-<>-~]+)*$/;
const PRINTABLE = /^[ -~]*$/;
const TEXT_COLUMNS = 72;

/**
 * Formats a card as one or more records of 80 columns (FITS Standard 4.0, section 4).
 *
 * Keywords that the standard does not allow are written with the HIERARCH convention.
 * Long strings continue in CONTINUE records, long COMMENT and HISTORY texts in further
 * records of the same keyword. A comment that does not fit after a string gets its own
 * CONTINUE record; otherwise comments are truncated at column 80.
 *
 * @throws {SpitError} `bad_header`: a keyword, number or text that FITS cannot represent.
 */
export function formatCard(card: Card): string[] {
  const { keyword, value, comment } = card;
  if (!PRINTABLE.test(comment)) throw unwritable(keyword, "its comment");
  if (COMMENTARY.has(keyword)) return formatCommentary(keyword, comment);
  const start = formatKeyword(keyword);
  if (typeof value === "string") return formatString(start, card, value);
  const text = formatValue(keyword, value);
  // Values of standard keywords end in column 30.
  const field = start + (start.length === 10 ? text.padStart(20) : text);
  if (field.length > CARD_LENGTH) throw unwritable(keyword, "its value");
  return [appendComment(field, comment)];
}

function formatKeyword(keyword: string): string {
  if (STANDARD_KEYWORD.test(keyword)) return keyword.padEnd(8) + "= ";
  if (!HIERARCH_KEYWORD.test(keyword)) throw unwritable(keyword, "the keyword");
  return `HIERARCH ${keyword} = `;
}

function formatCommentary(keyword: string, text: string): string[] {
  const records: string[] = [];
  for (let i = 0; i === 0 || i < text.length; i += TEXT_COLUMNS) {
    records.push(padded(keyword.padEnd(8) + text.slice(i, i + TEXT_COLUMNS)));
  }
  return records;
}

function formatValue(keyword: string, value: number | boolean | null): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "T" : "F";
  if (!Number.isFinite(value)) throw unwritable(keyword, `the value ${value}`);
  if (Number.isSafeInteger(value)) {
    return Object.is(value, -0) ? "-0.0" : `${value}`;
  }
  const [mantissa, exponent] = `${value}`.split("e");
  const digits = mantissa!.includes(".") ? mantissa! : mantissa + ".0";
  return exponent === undefined ? digits : `${digits}E${exponent}`;
}

function formatString(start: string, card: Card, value: string): string[] {
  if (!PRINTABLE.test(value)) throw unwritable(card.keyword, "its value");
  const letters = Array.from(value, (letter) => letter === "'" ? "''" : letter);
  const whole = `'${letters.join("").padEnd(8)}'`;
  const field = start + (start.length === 10 ? whole.padEnd(20) : whole);
  if (field.length <= CARD_LENGTH && fits(field, card.comment)) {
    return [appendComment(field, card.comment)];
  }
  if (start.length > CARD_LENGTH - 5) {
    throw unwritable(card.keyword, "the keyword");
  }
  const records: string[] = [];
  let record = start + "'";
  for (const letter of letters) {
    // With room for "&'", which may have to follow even the last letter.
    if (record.length + letter.length + 2 > CARD_LENGTH) {
      records.push(padded(record + "&'"));
      record = "CONTINUE  '";
    }
    record += letter;
  }
  if (fits(record + "'", card.comment)) {
    return [...records, appendComment(record + "'", card.comment)];
  }
  const last = appendComment("CONTINUE  ''", card.comment);
  return [...records, padded(record + "&'"), last];
}

function fits(field: string, comment: string): boolean {
  return comment === "" || `${field} / ${comment}`.length <= CARD_LENGTH;
}

function appendComment(field: string, comment: string): string {
  const text = comment === "" ? field : `${field} / ${comment}`;
  return padded(text.slice(0, CARD_LENGTH));
}

function padded(record: string): string {
  return record.padEnd(CARD_LENGTH);
}

function unwritable(keyword: string, part: string): SpitError {
  return new SpitError(
    "bad_header",
    `cannot write ${part} of ${JSON.stringify(keyword)} in a FITS header: ` +
      "use printable ASCII, finite numbers and keywords that fit a card",
    { card: keyword },
  );
}

export function card(keyword: string, value: CardValue, comment = ""): Card {
  return { keyword, value, comment };
}
