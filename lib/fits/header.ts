import { SpitError } from "../errors.ts";

/** Value of a card; `null` for a card without a value. */
export type CardValue = string | number | boolean | null;

/** A header card, with its CONTINUE cards joined to it. */
export interface Card {
  /** Upper case, without trailing blanks; of HIERARCH cards what follows it, as `ESO DPR TYPE`. */
  readonly keyword: string;
  /** Parsed value. */
  readonly value: CardValue;
  /** Comment, trimmed; the text of COMMENT and HISTORY cards. */
  readonly comment: string;
}

/** A header. */
export interface Header {
  /** All cards except END, in their order. */
  readonly cards: readonly Card[];
  /** First value of each keyword. */
  readonly values: ReadonlyMap<string, CardValue>;
}

/** Makes a {@linkcode Header} from cards; of a repeated keyword the first value counts. */
export function makeHeader(cards: readonly Card[]): Header {
  const values = new Map<string, CardValue>();
  for (const { keyword, value } of cards) {
    if (!values.has(keyword)) values.set(keyword, value);
  }
  return { cards, values };
}

/** Returns the string value of a card without trailing blanks, or `undefined` if it is missing or not a string. */
export function cardString(
  header: Header,
  keyword: string,
): string | undefined {
  const value = header.values.get(keyword);
  return typeof value === "string" ? value.trimEnd() : undefined;
}

/** Returns the numeric value of a card, or `undefined` if it is missing or not a number. */
export function cardNumber(
  header: Header,
  keyword: string,
): number | undefined {
  const value = header.values.get(keyword);
  return typeof value === "number" ? value : undefined;
}

/**
 * Returns the numeric value of a card of the layout, or `undefined` if it is missing or has
 * no value. A quoted number counts, as in CFITSIO; any other value is NaN.
 */
export function quotedNumber(
  header: Header,
  keyword: string,
): number | undefined {
  const value = header.values.get(keyword) ?? undefined;
  if (typeof value === "number" || value === undefined) return value;
  const text = String(value).trim();
  if (text === "") return undefined;
  return NUMBER.test(text) ? parseNumber(text) : NaN;
}

/**
 * {@linkcode quotedNumber}, for a card without which the pixels would be wrong.
 *
 * @throws {SpitError} `bad_header`: the value is not a number.
 */
export function layoutNumber(
  header: Header,
  keyword: string,
): number | undefined {
  const value = quotedNumber(header, keyword);
  if (!Number.isNaN(value)) return value;
  const what = `${keyword} is ${header.values.get(keyword)}, not a number`;
  throw new SpitError("bad_header", what, { card: keyword });
}

/** Bytes of a FITS block. Headers and data units are padded to whole blocks. */
export const BLOCK_LENGTH = 2880;

export const CARD_LENGTH = 80;

/** Rounds a number of bytes up to whole blocks. */
export function paddedLength(length: number): number {
  return Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });
const LATIN1 = new TextDecoder("latin1");
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[ED][+-]?\d+)?$/i;
/** Keyword and value indicator, which may be misplaced or lack its blank. */
const VALUED = /^([A-Za-z0-9_-]{1,8}) *=/;
const HIERARCH = /^HIERARCH +([^=']+?) *=/i;
/** A value indicator in its place, after a keyword with characters that FITS does not allow. */
const UNUSUAL = /^([^]{8})=(?: |$)/;
/** Only U+0020 is a blank of FITS; `trim` removes Unicode spaces and line separators, too. */
const BLANK = 0x20;
/** A character that is not printable ASCII. */
const NOT_ASCII = /[^ -~]/;
/** Keywords of cards that have a comment and no value. */
export const COMMENTARY: ReadonlySet<string> = new Set([
  "COMMENT",
  "HISTORY",
  "",
]);

/**
 * Parses header records up to END (FITS Standard 4.0, section 4).
 *
 * - HIERARCH is removed from keywords, CONTINUE cards are joined to the string before
 *   them, doubled quotes become single ones, D exponents are accepted.
 * - Also accepted are lower-case keywords (converted to upper case), a value indicator
 *   without its blank, keywords with other characters (if columns 9 and 10 are the value
 *   indicator), strings without a closing quote, apostrophes that are not doubled (a quote
 *   closes a string only before blanks and a slash or the end), unquoted text (a string),
 *   control characters (blanks), and bytes that are not ASCII (UTF-8 where valid, else
 *   Latin-1). Complex numbers are strings. A card that cannot be parsed becomes a
 *   comment with its first eight columns as the keyword.
 * - Integers beyond 2^53 lose precision.
 *
 * @param bytes Records of 80 bytes; the last one may be shorter.
 */
export function parseHeader(bytes: Uint8Array): Card[] {
  const cards: Card[] = [];
  // A card and its CONTINUE cards, joined once: some have thousands of them.
  let pieces: Card[] = [];
  // Of each byte one character, which is the right one where it is ASCII.
  const text = LATIN1.decode(bytes);
  for (let at = 0; at < bytes.length; at += CARD_LENGTH) {
    if (isEndRecord(bytes, at)) break;
    const decode = () => decodeRecord(bytes.subarray(at, at + CARD_LENGTH));
    const characters = text.slice(at, at + CARD_LENGTH);
    const isAscii = !NOT_ASCII.test(characters);
    const record = isAscii ? trimBlanksEnd(characters) : decode();
    const piece = parseContinuation(pieces.at(-1), record);
    if (piece === undefined) {
      cards.push(...joinPieces(pieces));
      pieces = [];
    }
    pieces.push(piece ?? knownCards.get(record) ?? parseNewRecord(decode()));
  }
  return [...cards, ...joinPieces(pieces)];
}

/** Returns whether the record at an offset is the END card. Control characters count as blanks. */
export function isEndRecord(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x45 && bytes[at + 1] === 0x4e &&
    bytes[at + 2] === 0x44 &&
    bytes.subarray(at + 3, at + 8).every((byte) => byte <= 0x20);
}

/**
 * Cards by their records. Most records of a header are those of the header before, and to
 * find one takes a fifth of the time of parsing it.
 */
const knownCards = new Map<string, Card>();
const MOST_KNOWN = 2048;

/** @param record A text of its own: a part of the header's text would keep that in memory. */
function parseNewRecord(record: string): Card {
  const card = parseRecord(record);
  if (knownCards.size >= MOST_KNOWN) knownCards.clear();
  knownCards.set(record, card);
  return card;
}

function decodeRecord(record: Uint8Array): string {
  let end = record.length;
  while (end > 0 && record[end - 1]! <= BLANK) end--;
  const bytes = record.subarray(0, end);
  // deno-lint-ignore no-control-regex -- control characters are what is replaced
  const text = decodeText(bytes).replace(/[\x00-\x1f\x7f-\x9f]/g, " ");
  return trimBlanksEnd(text);
}

function decodeText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    // Latin-1 accepts any bytes.
    return LATIN1.decode(bytes);
  }
}

function parseRecord(record: string): Card {
  const keyword = toKeyword(record.slice(0, 8));
  if (COMMENTARY.has(keyword)) return text(keyword, record.slice(8));
  const match = HIERARCH.exec(record) ?? VALUED.exec(record) ??
    UNUSUAL.exec(record);
  if (match === null) return text(keyword, record.slice(8));
  const name = toKeyword(match[1]!.replace(/ +/g, " "));
  const { value, comment } = parseField(record.slice(match[0].length));
  return { keyword: name, value, comment };
}

/** Other letters than those of ASCII stay: some have an upper-case letter of ASCII, as ı has I. */
function toKeyword(text: string): string {
  return trimBlanks(text).toWellFormed()
    .replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

function trimBlanks(text: string): string {
  return trimBlanksEnd(trimBlanksStart(text));
}

function trimBlanksStart(text: string): string {
  let start = 0;
  while (text.charCodeAt(start) === BLANK) start++;
  return text.slice(start);
}

function trimBlanksEnd(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === BLANK) end--;
  return text.slice(0, end);
}

function text(keyword: string, comment: string): Card {
  const trimmed = trimBlanksEnd(comment).toWellFormed();
  return { keyword, value: null, comment: trimmed };
}

type Field = Pick<Card, "value" | "comment">;

function parseField(field: string): Field {
  const trimmed = trimBlanksStart(field);
  if (trimmed.startsWith("'")) return parseQuoted(trimmed);
  const slash = trimmed.indexOf("/");
  const value = slash < 0 ? trimmed : trimmed.slice(0, slash);
  const comment = slash < 0 ? "" : trimBlanks(trimmed.slice(slash + 1));
  return { value: parseBare(value.trim()), comment };
}

function parseQuoted(field: string): Field {
  const end = findClosingQuote(field);
  const value = field.slice(1, end).replaceAll("''", "'");
  const comment = field.slice(end + 1).replace(/^[^/]*\/?/, "");
  return {
    value: trimBlanksEnd(value),
    comment: trimBlanks(comment),
  };
}

/** An opening quote and its string, up to a quote before the end or a comment. It matches any field. */
const QUOTED = /^'(?:''|[^']|'(?! *(?:\/|$)))*/;
/** A quote that is not an apostrophe within a word. */
const BETWEEN_WORDS = /'(?![\p{L}\p{N}'])/u;

/** Returns the index of the closing quote, or the length of the field without one. */
function findClosingQuote(field: string): number {
  const end = QUOTED.exec(field)![0].length;
  if (end < field.length) return end;
  const found = BETWEEN_WORDS.exec(field.slice(1));
  return found === null ? end : found.index + 1;
}

function parseBare(value: string): CardValue {
  if (value === "") return null;
  if (value === "T" || value === "F") return value === "T";
  return NUMBER.test(value) ? parseNumber(value) : value;
}

function parseNumber(text: string): number {
  return Number(text.replace(/d/i, "E"));
}

/** Parses a CONTINUE record, or returns `undefined` if it does not continue the card before it. */
function parseContinuation(
  before: Card | undefined,
  record: string,
): Card | undefined {
  if (!/^CONTINUE  +'/i.test(record)) return undefined;
  if (typeof before?.value !== "string" || !before.value.endsWith("&")) {
    return undefined;
  }
  const field = parseQuoted(trimBlanksStart(record.slice(10)));
  return { keyword: before.keyword, ...field };
}

function joinPieces(pieces: readonly Card[]): readonly Card[] {
  const [first] = pieces;
  if (first === undefined || pieces.length === 1) return pieces;
  const values = pieces.map(({ value }, k) =>
    k < pieces.length - 1 ? String(value).slice(0, -1) : String(value)
  );
  const comments = pieces.map(({ comment }) => comment);
  return [{
    keyword: first.keyword,
    value: values.join(""),
    comment: comments.filter((part) => part !== "").join(" "),
  }];
}

const STRUCTURAL =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|EXTEND|BZERO|BSCALE|BLANK|CHECKSUM|DATASUM|END)$/;

/**
 * Returns whether a keyword describes the layout of its HDU (sizes, scaling,
 * checksums), so that it does not apply to other HDUs.
 */
export function isStructural(keyword: string): boolean {
  return STRUCTURAL.test(keyword);
}
