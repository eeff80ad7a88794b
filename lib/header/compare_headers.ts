import type { CardValue, Header } from "../fits/header.ts";
import { normalizeText, toNumber, toText } from "./card_values.ts";
import { parseExposure } from "./log_entry.ts";
import type { ParsedRules } from "./rules.ts";

/** The own header of an HDU. */
export interface IndexedHeader {
  readonly index: number;
  readonly header: Header;
}

/** Exposure times agree that differ by this fraction, or by this many seconds. */
const EXPOSURE_TOLERANCE = { fraction: 0.01, seconds: 0.05 };

/**
 * Returns the first card of the exposure time that HDUs give differently from the primary
 * header, as `EXPTIME=60 in HDU 0, EXPTIME=15 in HDU 1`. Unknown times, which some headers
 * write as negative numbers, are not compared.
 */
export function compareExposures(
  primary: IndexedHeader,
  hdus: readonly IndexedHeader[],
  { readings }: ParsedRules,
): string[] {
  const cards = (readings.exposure ?? []).flatMap(({ sources }) =>
    sources.flatMap((source) =>
      "text" in source || source.cards.length > 1 ? [] : source.cards
    )
  );
  return compareCards(primary, hdus, cards, (a, b) => {
    const [first, second] = [parseExposure(a), parseExposure(b)];
    if (first === undefined || second === undefined) return true;
    const { fraction, seconds } = EXPOSURE_TOLERANCE;
    const limit = Math.max(seconds, fraction * Math.max(first, second));
    return Math.abs(first - second) <= limit;
  }).slice(0, 1);
}

/** Returns the type cards that HDUs give differently from the primary header. */
export function compareTypeCards(
  primary: IndexedHeader,
  hdus: readonly IndexedHeader[],
  { typeCards }: ParsedRules,
): string[] {
  return compareCards(
    primary,
    hdus,
    typeCards,
    (a, b) =>
      toNumber(a) !== undefined && toNumber(b) !== undefined
        ? toNumber(a) === toNumber(b)
        : normalizeText(toText(a)!) === normalizeText(toText(b)!),
  );
}

/** Compares the cards that both the primary header and an HDU have. */
function compareCards(
  primary: IndexedHeader,
  hdus: readonly IndexedHeader[],
  cards: readonly string[],
  agree: (a: CardValue, b: CardValue) => boolean,
): string[] {
  return [...new Set(cards)].flatMap((card) => {
    const value = primary.header.values.get(card) ?? null;
    if (value === null) return [];
    const differing = hdus.filter(({ header }) => {
      const other = header.values.get(card) ?? null;
      return other !== null && !agree(value, other);
    });
    if (differing.length === 0) return [];
    const values = Map.groupBy(
      differing,
      ({ header }) => toText(header.values.get(card)),
    );
    return [[
      `${card}=${toText(value)} in HDU ${primary.index}`,
      ...[...values].map(([text, group]) =>
        `${card}=${text} in HDU ${
          group.map(({ index }) => index).join(" and ")
        }`
      ),
    ].join(", ")];
  });
}
