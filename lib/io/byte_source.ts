import { releaseMemory } from "./memory.ts";

/** Bytes that can be read from any offset; reading backwards may be slow. */
export interface ByteSource {
  /** Upper bound of the number of bytes, known without reading. */
  readonly maxLength: number;
  /** Upper bound of the bytes that the source holds in memory. Default: 0. */
  readonly memory?: number;
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
    memory: bytes.length,
    reach: (offset) => Promise.resolve(Math.min(offset, bytes.length)),
    readInto(offset, target) {
      const found = bytes.subarray(offset, offset + target.length);
      target.set(found);
      return Promise.resolve(found.length);
    },
    close() {},
  };
}

/** Bytes of a block of a {@linkcode ByteQueue}. */
const BLOCK = 1 << 20;

/**
 * Bytes that are appended at the end and dropped from the start. They are copied into
 * blocks, so that many small arrays take no more memory than their bytes, and growing
 * copies nothing.
 */
export interface ByteQueue {
  /** Offset of the first byte that is kept. */
  readonly start: number;
  /** Offset after the last byte. */
  readonly end: number;
  append(bytes: Uint8Array): void;
  /** Drops bytes before an offset, as far as they fill whole blocks. */
  drop(offset: number): void;
  /**
   * Fills `target` with the bytes from `offset` on, which must not have been dropped.
   *
   * @returns Number of bytes copied, smaller than `target` only at the end.
   */
  copy(offset: number, target: Uint8Array): number;
  /** Drops all bytes, and counts from 0 again. */
  clear(): void;
}

export function createByteQueue(): ByteQueue {
  let blocks: Uint8Array[] = [];
  let [start, end] = [0, 0];
  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    append(bytes) {
      for (let at = 0; at < bytes.length;) {
        const used = (end - start) % BLOCK;
        if (used === 0) blocks.push(new Uint8Array(BLOCK));
        const part = bytes.subarray(at, at + BLOCK - used);
        blocks.at(-1)!.set(part, used);
        at += part.length;
        end += part.length;
      }
    },
    drop(offset) {
      const count = Math.floor((Math.min(offset, end) - start) / BLOCK);
      if (count <= 0) return;
      blocks.splice(0, count).forEach(releaseMemory);
      start += count * BLOCK;
    },
    copy(offset, target) {
      const length = Math.max(0, Math.min(target.length, end - offset));
      for (let filled = 0; filled < length;) {
        const at = offset + filled - start;
        const block = blocks[Math.floor(at / BLOCK)]!;
        const used = at % BLOCK;
        const part = block.subarray(used, used + length - filled);
        target.set(part, filled);
        filled += part.length;
      }
      return length;
    },
    clear() {
      blocks.forEach(releaseMemory);
      blocks = [];
      start = end = 0;
    },
  };
}

/** Creates a source of the bytes in a queue, which is cleared when it is closed. */
export function queueSource(queue: ByteQueue): ByteSource {
  return {
    maxLength: queue.end,
    memory: queue.end - queue.start,
    reach: (offset) => Promise.resolve(Math.min(offset, queue.end)),
    readInto: (offset, target) => Promise.resolve(queue.copy(offset, target)),
    close: () => queue.clear(),
  };
}
