/**
 * The memory of the WebAssembly kernels, which all of them share.
 *
 * The source of the kernels is AssemblyScript in `assembly/`; `deno task kernels`
 * builds `kernels.wasm` from it.
 *
 * @module
 */
import { chunk, memory, room } from "./kernels.wasm";

/** Bytes of a 16-bit pixel. */
export const WORD = 2;
/** Bytes of a 32-bit count. */
export const COUNT = 4;
/** Bytes of a float. */
export const FLOAT = 8;

/** Bytes of {@linkcode CHUNK}. */
export const CHUNK_BYTES = 1 << 16;

/**
 * Address of memory through which arrays outside the memory of the kernels pass, chunk by
 * chunk. {@linkcode allocate} does not return it.
 */
export const CHUNK = chunk();

/**
 * Allocates a buffer of the given number of bytes under each name. The buffers of
 * the previous call are overwritten, and arrays on them may be detached.
 *
 * @returns The address of each; `undefined` when there is not enough memory.
 */
export function allocate<Name extends string>(
  lengths: Readonly<Record<Name, number>>,
): Record<Name, number> | undefined {
  const entries = Object.entries<number>(lengths);
  const whole = entries.reduce((sum, [, length]) => sum + roundUp(length), 0);
  let address = room(whole);
  if (address === 0) return undefined;
  const addresses: Record<string, number> = {};
  for (const [name, length] of entries) {
    addresses[name] = address;
    address += roundUp(length);
  }
  return addresses;
}

/** Rounds up to a multiple of the 16 bytes of a vector. */
function roundUp(length: number): number {
  return (length + 15) & ~15;
}

export function floatsAt(address: number, length: number): Float64Array {
  return new Float64Array(memory.buffer, address, length);
}

export function wordsAt(address: number, length: number): Uint16Array {
  return new Uint16Array(memory.buffer, address, length);
}

export function countsAt(address: number, length: number): Uint32Array {
  return new Uint32Array(memory.buffer, address, length);
}

export function bytesAt(address: number, length: number): Uint8Array {
  return new Uint8Array(memory.buffer, address, length);
}
