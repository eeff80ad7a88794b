/**
 * A probability for a person to read.
 *
 * @module
 */

/**
 * Three decimals, never rounded up to certainty.
 *
 * @param probability From 0 to 1.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { probabilityText } from "./probability_text.ts";
 *
 * assertEquals([probabilityText(0.5), probabilityText(0.99987)], ["0.500", "0.999"]);
 * ```
 */
export function probabilityText(probability: number): string {
  return (Math.floor(probability * 1000) / 1000).toFixed(3);
}
