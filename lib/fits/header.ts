/**
 * Parsed FITS headers: the shape every other module sees.
 *
 * @module
 */

/** Value of a card; `null` for a card without one (undefined value, COMMENT). */
export type CardValue = string | number | boolean | null;

/** One header card, after CONTINUE cards were joined to it. */
export interface Card {
  /** Upper case, without trailing blanks; HIERARCH cards without the word, as `ESO DPR TYPE`. */
  readonly keyword: string;
  /** Parsed value. */
  readonly value: CardValue;
  /** Comment, trimmed; the text itself for COMMENT and HISTORY. */
  readonly comment: string;
}

/** A header: cards in file order, and the first value of each keyword. */
export interface Header {
  /** All cards but END, in order. */
  readonly cards: readonly Card[];
  /** First value of each keyword. */
  readonly values: ReadonlyMap<string, CardValue>;
}

/** Builds a {@linkcode Header} from cards; of repeated keywords the first counts. */
export function makeHeader(cards: readonly Card[]): Header {
  const values = new Map<string, CardValue>();
  for (const { keyword, value } of cards) {
    if (!values.has(keyword)) values.set(keyword, value);
  }
  return { cards, values };
}

/** String value of a card, blanks at its end cut; `undefined` when absent or not a string. */
export function cardString(
  header: Header,
  keyword: string,
): string | undefined {
  const value = header.values.get(keyword);
  return typeof value === "string" ? value.trimEnd() : undefined;
}

/** Numeric value of a card; `undefined` when absent or not a number. */
export function cardNumber(
  header: Header,
  keyword: string,
): number | undefined {
  const value = header.values.get(keyword);
  return typeof value === "number" ? value : undefined;
}
