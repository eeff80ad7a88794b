/**
 * The WebAssembly kernels, and the memory that they share with us.
 *
 * Their source is `kernels/`, AssemblyScript; `deno task kernels` builds
 * `kernels.wasm` from it. They do what the steps of this folder do, bit for bit,
 * for planes of 16-bit integers.
 *
 * @module
 */
import * as wasm from "./kernels.wasm";

export const {
  binResiduals,
  clip,
  countHits,
  measureBlock,
  profile,
  rankedResidual,
  resize,
  rowMaxima,
  scale,
  turn,
} = wasm;

/** Bytes of one value. */
export const WORD = 2;
export const COUNT = 4;
export const FLOAT = 8;

/**
 * Makes room in the kernels' memory, of so many bytes under each name; what was
 * there before is given up, and flips of it made before may be void.
 *
 * @returns Where each begins; `undefined` when there is no such memory.
 */
export function makeRoom<Name extends string>(
  lengths: Readonly<Record<Name, number>>,
): Record<Name, number> | undefined {
  const entries = Object.entries<number>(lengths);
  const whole = entries.reduce((sum, [, length]) => sum + rounded(length), 0);
  let address = wasm.room(whole);
  if (address === 0) return undefined;
  const places: Record<string, number> = {};
  for (const [name, length] of entries) {
    places[name] = address;
    address += rounded(length);
  }
  return places;
}

/** Up to a multiple of the 16 bytes of a vector. */
function rounded(length: number): number {
  return (length + 15) & ~15;
}

/** Floats in the kernels' memory. */
export function floatsAt(address: number, length: number): Float64Array {
  return new Float64Array(wasm.memory.buffer, address, length);
}

/** 16-bit integers in the kernels' memory. */
export function wordsAt(address: number, length: number): Uint16Array {
  return new Uint16Array(wasm.memory.buffer, address, length);
}

/** 32-bit counts in the kernels' memory. */
export function countsAt(address: number, length: number): Uint32Array {
  return new Uint32Array(wasm.memory.buffer, address, length);
}

/** Bytes in the kernels' memory. */
export function bytesAt(address: number, length: number): Uint8Array {
  return new Uint8Array(wasm.memory.buffer, address, length);
}
