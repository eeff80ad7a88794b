import { printable } from "./text.ts";

/** Source: OWASP, "CSV Injection"; spreadsheets take the full-width characters as well. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;

const NUMBER = /^[+-]?[\d.]+(e[+-]?\d+)?$/i;

/**
 * Returns a text as a cell: with an apostrophe before a formula, and with control
 * characters escaped. A text that is a number stays a number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { escapeCell } from "./spreadsheet.ts";
 *
 * assertEquals(escapeCell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
 * assertEquals(escapeCell("-12.5"), "-12.5");
 * ```
 */
export function escapeCell(text: string): string {
  const shown = printable(text);
  return FORMULA.test(shown) && !NUMBER.test(shown) ? `'${shown}` : shown;
}

/** Returns a path as a cell: as {@linkcode escapeFormulaPath} does, with control characters escaped. */
export function escapePathCell(path: string): string {
  return escapeFormulaPath(printable(path));
}

/**
 * Returns a path of the same file that a spreadsheet does not evaluate: with `./`
 * before it when it would be a formula.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { escapeFormulaPath } from "./spreadsheet.ts";
 *
 * assertEquals(escapeFormulaPath("-2+3.fits"), "./-2+3.fits");
 * assertEquals(escapeFormulaPath("night/=1.fits"), "night/=1.fits");
 * ```
 */
export function escapeFormulaPath(path: string): string {
  return FORMULA.test(path) ? `./${path}` : path;
}
