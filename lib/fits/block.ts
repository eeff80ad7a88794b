/**
 * The grain of FITS: blocks of 2880 bytes, cards of 80.
 *
 * @module
 */

/** Bytes of a FITS block; headers and data units fill whole blocks. */
export const BLOCK = 2880;

/** Bytes of a header card. */
export const CARD = 80;

/**
 * Bytes that `length` bytes take in whole blocks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { paddedLength } from "./block.ts";
 *
 * assertEquals(paddedLength(1), 2880);
 * assertEquals(paddedLength(2880), 2880);
 * ```
 */
export function paddedLength(length: number): number {
  return Math.ceil(length / BLOCK) * BLOCK;
}
