/**
 * Memory given back at once.
 *
 * @module
 */

/**
 * Gives the memory of an array back to the system now, rather than when the
 * collector finds that nobody has it: megabytes of finished frames would wait for that.
 *
 * @param array All of its buffer is given up: nothing else may see it. It is of no
 *   use after that.
 * @throws {TypeError} For memory of WebAssembly, which cannot be given up.
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { release } from "./release.ts";
 *
 * const inflated = new Uint8Array(5_000_000);
 * release(inflated);
 * assertEquals(inflated.length, 0);
 * ```
 */
export function release({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
