/**
 * Concatenating arrays, and returning their memory to the system.
 *
 * @module
 */
// deno-lint-ignore no-import-prefix -- scripts outside this checkout have no import map of ours
import { concat } from "npm:deno-std@1.4.0/bytes/concat.js";

/** Concatenates bytes into a new array: `@std/bytes/concat`, which comes untyped from npm. */
export const concatBytes: (
  parts: readonly Uint8Array[],
) => Uint8Array<ArrayBuffer> = concat;

/**
 * Concatenates floating-point arrays. A single array is returned itself, not a copy.
 *
 * @param ArrayType Constructor of the result.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { concatArrays } from "./memory.ts";
 *
 * const parts = [Float32Array.of(1, 2), Float32Array.of(3)];
 * assertEquals(concatArrays(Float32Array, parts), Float32Array.of(1, 2, 3));
 * ```
 */
export function concatArrays<T extends Float32Array | Float64Array>(
  ArrayType: new (length: number) => T,
  parts: readonly T[],
): T {
  if (parts.length === 1) return parts[0]!;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = new ArrayType(length);
  let start = 0;
  for (const part of parts) {
    whole.set(part, start);
    start += part.length;
  }
  return whole;
}

/**
 * Returns the memory of an array to the system at once. Without this, tens of
 * megabytes per finished frame stay allocated until the next garbage collection.
 *
 * @param array An array that nothing uses any more. Its whole buffer is detached.
 * @throws {TypeError} For WebAssembly memory, which cannot be detached.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { releaseMemory } from "./memory.ts";
 *
 * const inflated = new Uint8Array(5_000_000);
 * releaseMemory(inflated);
 * assertEquals(inflated.length, 0);
 * ```
 */
export function releaseMemory({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
