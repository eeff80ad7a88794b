/**
 * Arrays put end to end.
 *
 * @module
 */

/** The arrays that are joined here. */
type Joinable = Uint8Array | Float32Array | Float64Array;

/**
 * Some arrays, one after the other; a single one is given back as it is, not copied.
 *
 * @param make What an array of some length is made with.
 * @example
 * ```ts
 * import { joined } from "./joined.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const parts = [Uint8Array.of(1, 2), Uint8Array.of(3)];
 * assertEquals(joined(Uint8Array, parts), Uint8Array.of(1, 2, 3));
 * ```
 */
export function joined<T extends Joinable>(
  make: new (length: number) => T,
  parts: readonly T[],
): T {
  if (parts.length === 1) return parts[0]!;
  const whole = new make(parts.reduce((sum, { length }) => sum + length, 0));
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}
