/**
 * Cards that describe how an HDU is laid out, not what was observed.
 *
 * @module
 */

const STRUCTURAL =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|EXTEND|BZERO|BSCALE|BLANK|CHECKSUM|DATASUM|END)$/;

/**
 * Whether a keyword belongs to the layout of its own HDU (sizes, scaling,
 * checksums), so that it means nothing in another.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { isStructural } from "./structural_cards.ts";
 *
 * assert(isStructural("NAXIS1") && isStructural("BZERO"));
 * assert(!isStructural("EXPTIME"));
 * ```
 */
export function isStructural(keyword: string): boolean {
  return STRUCTURAL.test(keyword);
}
