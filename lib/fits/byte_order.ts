import type { Pixels } from "./frame.ts";

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Converts an array from big-endian to native byte order, or back, in place. */
export function swapBigEndian(numbers: Pixels | BigInt64Array): void {
  if (!LITTLE_ENDIAN) return;
  const { buffer, byteOffset, byteLength } = numbers;
  switch (numbers.BYTES_PER_ELEMENT) {
    case 2:
      return swap16(buffer, byteOffset, byteLength);
    case 4:
      return swap32(new Uint32Array(buffer, byteOffset, byteLength / 4));
    case 8:
      return swap64(new Uint32Array(buffer, byteOffset, byteLength / 4));
  }
}

/**
 * Converts 16-bit integers from big-endian to native byte order and adds 32768, the
 * BZERO of unsigned integers, in one pass, in place.
 */
export function swapUnsigned(stored: Int16Array): Uint16Array {
  const { buffer, byteOffset, byteLength, length } = stored;
  const unsigned = new Uint16Array(buffer, byteOffset, length);
  if (LITTLE_ENDIAN) swap16(buffer, byteOffset, byteLength, 0x80008000);
  else for (let i = 0; i < length; i++) unsigned[i] = unsigned[i]! ^ 0x8000;
  return unsigned;
}

/** Swaps two 16-bit words at a time, and inverts the bits of `mask` in each pair. */
function swap16(
  buffer: ArrayBufferLike,
  start: number,
  length: number,
  mask = 0,
): void {
  // Not a shift, which has 32 bits.
  const pairs = start % 4 === 0 ? Math.floor(length / 4) : 0;
  const words = new Uint32Array(buffer, pairs === 0 ? 0 : start, pairs);
  for (let i = 0; i < pairs; i++) {
    const pair = words[i]!;
    words[i] = mask ^
      (((pair & 0x00ff00ff) << 8) | ((pair >>> 8) & 0x00ff00ff));
  }
  const rest = new Uint16Array(
    buffer,
    start + 4 * pairs,
    length / 2 - 2 * pairs,
  );
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    rest[i] = mask ^ ((word << 8) | (word >> 8));
  }
}

function swap32(words: Uint32Array): void {
  for (let i = 0; i < words.length; i++) words[i] = swapBytes(words[i]!);
}

function swap64(halves: Uint32Array): void {
  for (let i = 0; i < halves.length; i += 2) {
    const first = halves[i]!;
    halves[i] = swapBytes(halves[i + 1]!);
    halves[i + 1] = swapBytes(first);
  }
}

function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) |
    (word >>> 24);
}
