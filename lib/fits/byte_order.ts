import { swap } from "../kernels/kernels.wasm";
import { bytesAt, CHUNK, CHUNK_BYTES } from "../kernels/memory.ts";
import type { Pixels } from "./frame.ts";

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Converts an array from big-endian to native byte order, or back, in place. */
export function swapBigEndian(numbers: Pixels | BigInt64Array): void {
  if (LITTLE_ENDIAN && numbers.BYTES_PER_ELEMENT > 1) swapBytes(numbers, 0);
}

/**
 * Converts 16-bit integers from big-endian to native byte order and adds 32768, the
 * BZERO of unsigned integers, in one pass, in place.
 */
export function swapUnsigned(stored: Int16Array): Uint16Array {
  const { buffer, byteOffset, length } = stored;
  const unsigned = new Uint16Array(buffer, byteOffset, length);
  if (LITTLE_ENDIAN) swapBytes(stored, 0x80008000);
  else for (let i = 0; i < length; i++) unsigned[i] = unsigned[i]! ^ 0x8000;
  return unsigned;
}

/** Reverses the bytes of each number by the kernel, and inverts the bits of `mask`. */
function swapBytes(
  numbers: Pixels | BigInt64Array,
  mask: number,
): void {
  const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = numbers;
  for (let at = 0; at < byteLength; at += CHUNK_BYTES) {
    const length = Math.min(CHUNK_BYTES, byteLength - at);
    const bytes = new Uint8Array(buffer, byteOffset + at, length);
    const chunk = bytesAt(CHUNK, length);
    chunk.set(bytes);
    swap(CHUNK, length, BYTES_PER_ELEMENT, mask);
    bytes.set(chunk);
  }
}
