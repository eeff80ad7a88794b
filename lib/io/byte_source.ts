/** Bytes that can be read from any offset; reading backwards may be slow. */
export interface ByteSource {
  /** Upper bound of the number of bytes, known without reading. */
  readonly maxLength: number;
  /**
   * Reads forward to an offset.
   *
   * @returns `offset`, or the number of bytes if that is smaller.
   */
  reach(offset: number): Promise<number>;
  /**
   * Fills `target` with the bytes from `offset` on.
   *
   * @returns Number of bytes read, smaller than `target` only at the end.
   */
  readInto(offset: number, target: Uint8Array): Promise<number>;
  close(): void;
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    maxLength: bytes.length,
    reach: (offset) => Promise.resolve(Math.min(offset, bytes.length)),
    readInto(offset, target) {
      const found = bytes.subarray(offset, offset + target.length);
      target.set(found);
      return Promise.resolve(found.length);
    },
    close() {},
  };
}
