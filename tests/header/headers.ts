import {
  type CardValue,
  type Header,
  makeHeader,
} from "../../lib/fits/header.ts";

/** A header with these cards. */
export function headerOf(cards: Record<string, CardValue>): Header {
  return makeHeader(
    Object.entries(cards).map(([keyword, value]) => ({
      keyword,
      value,
      comment: "",
    })),
  );
}
