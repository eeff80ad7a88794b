import {
  type CardValue,
  type Header,
  makeHeader,
} from "../../lib/fits/header.ts";
import type { FitsFile } from "../../lib/fits/open_fits.ts";

/** A value, or a value with the comment of its card. */
export type ValueOfCard = CardValue | readonly [CardValue, comment: string];

/** A header with these cards. */
export function headerOf(cards: Record<string, ValueOfCard>): Header {
  return makeHeader(
    Object.entries(cards).map(([keyword, card]) => {
      const [value, comment] = Array.isArray(card) ? card : [card, ""];
      return { keyword, value, comment };
    }),
  );
}

/**
 * A file with these headers: of the primary HDU, and of image HDUs. Without an image HDU
 * the primary HDU is the image.
 */
export function fileOf(
  primary: Record<string, ValueOfCard>,
  ...images: readonly Record<string, ValueOfCard>[]
): Pick<FitsFile, "hdus"> {
  return {
    hdus: [primary, ...images].map((cards, index) => ({
      index,
      kind: index === 0 && images.length > 0 ? "empty" : "image",
      header: headerOf(cards),
      width: 4,
      height: 3,
      dataStart: 0,
      dataBytes: 0,
    })),
  };
}
