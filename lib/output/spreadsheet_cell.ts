/**
 * Text from outside as a cell of a table that a spreadsheet may open.
 *
 * @module
 */
import { isFormula, pathNoFormula } from "./formula.ts";
import { printable } from "./printable.ts";

/**
 * A text as a cell: an apostrophe before what would be a formula, characters that
 * steer a terminal shown, not sent. A text that is a number stays one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { cellOfText } from "./spreadsheet_cell.ts";
 *
 * assertEquals(cellOfText("=HYPERLINK(1)"), "'=HYPERLINK(1)");
 * assertEquals(cellOfText("-12.5"), "-12.5");
 * ```
 */
export function cellOfText(text: string): string {
  const shown = printable(text);
  const isNumber = /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(shown);
  return isFormula(shown) && !isNumber ? `'${shown}` : shown;
}

/**
 * A path as a cell, as {@linkcode pathNoFormula} has it. Characters that steer a
 * terminal are shown: the path itself is in the JSON forms.
 */
export function cellOfPath(path: string): string {
  return pathNoFormula(printable(path));
}
