/**
 * Cards to text: 80-column header records by the FITS Standard 4.0, section 4,
 * with the HIERARCH convention for keywords that the standard has no room for
 * and CONTINUE for long strings.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { CARD } from "./block.ts";
import type { Card, CardValue } from "./header.ts";

const STANDARD_KEYWORD = /^[A-Z0-9_-]{1,8}$/;
const HIERARCH_KEYWORD = /^[!-<>-~]+(?: [!-<>-~]+)*$/;
const PRINTABLE = /^[ -~]*$/;
const COMMENTARY = new Set(["COMMENT", "HISTORY", ""]);
const TEXT_COLUMNS = 72;

/**
 * Formats a card as one or more records of 80 columns.
 *
 * Keywords of more than 8 characters, or with blanks or other characters, are
 * written as HIERARCH. Strings too long for a record go on in CONTINUE records,
 * long COMMENT and HISTORY texts in further records of the same keyword.
 * A comment that finds no room beside a string gets a CONTINUE record of its own;
 * what finds no room there, or beside another value, is cut at column 80.
 *
 * @throws {SpitError} `bad_header`: a keyword, number or text that FITS cannot hold.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatCard } from "./format_card.ts";
 *
 * const [record] = formatCard({ keyword: "EXPTIME", value: 1.5, comment: "[s]" });
 * assertEquals(record, "EXPTIME =                  1.5 / [s]".padEnd(80));
 * ```
 */
export function formatCard(card: Card): string[] {
  const { keyword, value, comment } = card;
  if (!PRINTABLE.test(comment)) throw unwritable(keyword, "its comment");
  if (COMMENTARY.has(keyword)) return formatCommentary(keyword, comment);
  const start = formatKeyword(keyword);
  if (typeof value === "string") return formatString(start, card, value);
  return [formatNumeric(start, card, formatValue(keyword, value))];
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

function formatNumeric(start: string, card: Card, text: string): string {
  const isFixed = start.length === 10;
  const field = start + (isFixed ? text.padStart(20) : text);
  if (field.length > CARD) throw unwritable(card.keyword, "its value");
  return withComment(field, card.comment);
}

function formatValue(
  keyword: string,
  value: number | boolean | null,
): string {
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
  if (field.length <= CARD && fits(field, card.comment)) {
    return [withComment(field, card.comment)];
  }
  if (start.length > CARD - 5) throw unwritable(card.keyword, "the keyword");
  return formatContinued(start, letters, card.comment);
}

function formatContinued(
  start: string,
  letters: readonly string[],
  comment: string,
): string[] {
  const records: string[] = [];
  let record = start + "'";
  for (const letter of letters) {
    // Room for "&'", which may have to follow even the last letter.
    if (record.length + letter.length + 2 > CARD) {
      records.push(padded(record + "&'"));
      record = "CONTINUE  '";
    }
    record += letter;
  }
  if (fits(record + "'", comment)) {
    records.push(withComment(record + "'", comment));
  } else {
    records.push(padded(record + "&'"));
    records.push(withComment("CONTINUE  ''", comment));
  }
  return records;
}

function fits(field: string, comment: string): boolean {
  return comment === "" || `${field} / ${comment}`.length <= CARD;
}

function withComment(field: string, comment: string): string {
  const text = comment === "" ? field : `${field} / ${comment}`;
  return padded(text.slice(0, CARD));
}

function padded(record: string): string {
  return record.padEnd(CARD);
}

function unwritable(keyword: string, part: string): SpitError {
  return new SpitError(
    "bad_header",
    `cannot write ${part} of ${JSON.stringify(keyword)} in a FITS header: ` +
      "use printable ASCII, finite numbers and keywords that fit a card",
    { card: keyword },
  );
}

/** A card without a comment, for writers of short lists. */
export function card(
  keyword: string,
  value: CardValue,
  comment = "",
): Card {
  return { keyword, value, comment };
}
