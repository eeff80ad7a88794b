/**
 * Texts that a spreadsheet would reckon out.
 *
 * @module
 */

/** Source: OWASP, "CSV Injection"; full-width forms are as good as the others there. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n]/;

/** Whether a cell of a table that holds this text would be a formula to a spreadsheet. */
export function isFormula(text: string): boolean {
  return FORMULA.test(text);
}

/**
 * A path that names the same file, and is no formula: `../` before what would be one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { pathNoFormula } from "./formula.ts";
 *
 * assertEquals(pathNoFormula("-2+3.fits"), "./-2+3.fits");
 * assertEquals(pathNoFormula("night/=1.fits"), "night/=1.fits");
 * ```
 */
export function pathNoFormula(path: string): string {
  return isFormula(path) ? `./${path}` : path;
}
