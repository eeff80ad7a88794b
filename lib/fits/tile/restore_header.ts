/**
 * The header that a compressed image had before it was compressed.
 *
 * @module
 */
import { type Card, type Header, makeHeader } from "../header.ts";

/** Cards of the table and of the compression, which the image never had. */
const OF_THE_TABLE =
  /^(XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|THEAP|CHECKSUM|DATASUM|T(TYPE|FORM|UNIT|DIM|NULL|SCAL|ZERO)\d+|Z(IMAGE|CMPTYPE|TILE\d+|NAME\d+|VAL\d+|MASKCMP|QUANTIZ|DITHER0|SCALE|ZERO|BLANK|HECKSUM|DATASUM))$/;
const KEPT_UNDER_Z =
  /^Z(SIMPLE|TENSION|BITPIX|NAXIS\d*|EXTEND|BLOCKED|PCOUNT|GCOUNT)$/;

/**
 * Takes the cards of table and compression out and gives those of the image,
 * kept as ZBITPIX, ZNAXIS1 and so on, their names back (FITS Standard 4.0,
 * section 10.1.2).
 */
export function restoreHeader({ cards }: Header): Header {
  return makeHeader(
    cards.filter(({ keyword }) => !OF_THE_TABLE.test(keyword)).map(restoreCard),
  );
}

function restoreCard(card: Card): Card {
  if (!KEPT_UNDER_Z.test(card.keyword)) return card;
  const keyword = card.keyword === "ZTENSION"
    ? "XTENSION"
    : card.keyword.slice(1);
  return { ...card, keyword };
}
