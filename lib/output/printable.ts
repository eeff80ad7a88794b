/**
 * Text from outside, made safe to print.
 *
 * @module
 */

/**
 * Shows characters that steer a terminal (escape sequences, line breaks,
 * changes of direction) instead of sending them: file names and header cards
 * are other people's.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { printable } from "./printable.ts";
 *
 * assertEquals(printable("r6\x1b[2J.fits"), "r6\\u{1b}[2J.fits");
 * ```
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
