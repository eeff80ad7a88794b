/** Concatenates floating-point arrays. A single array is returned itself, not a copy. */
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
 */
export function releaseMemory({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
