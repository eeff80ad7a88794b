/**
 * Lists of spectral lines.
 *
 * @module
 */

/** Wavelength in Å (air), relative strength. */
export type Line = readonly [wavelength: number, strength: number];

/**
 * Lines from a table of wavelengths and strengths in turn, scaled so that the
 * strongest is 10: the lists of different sources then mean the same.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { linesOf } from "./lines.ts";
 *
 * assertEquals(linesOf([5889.95, 50, 5895.92, 25]), [[5889.95, 10], [5895.92, 5]]);
 * ```
 */
export function linesOf(table: readonly number[]): readonly Line[] {
  const strongest = Math.max(...table.filter((_, k) => k % 2 === 1));
  const lines: Line[] = [];
  for (let k = 0; k < table.length; k += 2) {
    lines.push([table[k]!, 10 * table[k + 1]! / strongest]);
  }
  return lines;
}
