import type { ByteSource } from "./byte_source.ts";
import { tooLarge } from "./gzip.ts";

/** Decompressed bytes kept for reading backwards. */
const WINDOW = 1 << 28;
/** Length of the blocks of the window, and the largest part that a decompressor may yield. */
export const MAX_PART = 1 << 18;

export interface ForwardOptions {
  /** Largest allowed result, bytes. */
  readonly maxBytes: number;
  /** Upper bound of the decompressed bytes per compressed byte. */
  readonly maxRatio: number;
  /** Decompressed bytes kept for reading backwards. Default: 256 MiB. */
  readonly windowSize?: number;
}

/**
 * Creates a source of bytes that are decompressed as they are read. The last bytes are
 * kept, so that pixels can be read after all headers; reading further back starts
 * decompression again.
 *
 * @param decompress Yields the content in parts of at most {@linkcode MAX_PART} bytes,
 *   whose memory it may use again. What it throws is thrown when a read gets there.
 * @throws {SpitError} When read: `too_large`, and what `decompress` throws.
 */
export function forwardSource(
  compressed: ByteSource,
  decompress: (compressed: ByteSource) => AsyncGenerator<Uint8Array>,
  { maxBytes, maxRatio, windowSize = WINDOW }: ForwardOptions,
): ByteSource {
  // A part may begin in one block and end in the next.
  const maxBlocks = Math.max(2, Math.ceil(windowSize / MAX_PART));
  let parts: AsyncGenerator<Uint8Array> | undefined;
  let blocks: Uint8Array[] = [];
  /** Offset of the first block. */
  let start = 0;
  let produced = 0;
  let ended = false;
  let failure: unknown;

  async function restart(): Promise<void> {
    await parts?.return(undefined);
    parts = undefined;
    blocks = [];
    start = produced = 0;
    ended = false;
    failure = undefined;
  }

  function keep(part: Uint8Array): void {
    for (let at = 0; at < part.length;) {
      const filled = produced % MAX_PART;
      if (filled === 0) addBlock();
      const piece = part.subarray(at, at + MAX_PART - filled);
      blocks.at(-1)!.set(piece, filled);
      produced += piece.length;
      at += piece.length;
    }
  }

  function addBlock(): void {
    if (blocks.length < maxBlocks) {
      blocks.push(new Uint8Array(MAX_PART));
    } else {
      blocks.push(blocks.shift()!);
      start += MAX_PART;
    }
  }

  /** Decompresses the next part; `false` at the end. */
  async function advance(): Promise<boolean> {
    if (failure !== undefined) throw failure;
    if (ended) return false;
    parts ??= decompress(compressed);
    try {
      const { done, value } = await parts.next();
      ended = done === true;
      if (done) return false;
      if (produced + value.length > maxBytes) throw tooLarge(maxBytes);
      keep(value);
      return true;
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  function copyFromWindow(offset: number, target: Uint8Array): number {
    let filled = 0;
    while (filled < target.length && offset + filled < produced) {
      const from = offset + filled - start;
      const block = blocks[Math.floor(from / MAX_PART)]!;
      const available = Math.min(
        target.length - filled,
        produced - start - from,
      );
      const piece = block.subarray(from % MAX_PART).subarray(0, available);
      target.set(piece, filled);
      filled += piece.length;
    }
    return filled;
  }

  async function reach(offset: number): Promise<number> {
    while (produced < offset && await advance());
    return Math.min(offset, produced);
  }

  async function readInto(offset: number, target: Uint8Array): Promise<number> {
    if (offset < start) await restart();
    let filled = 0;
    while (true) {
      filled += copyFromWindow(offset + filled, target.subarray(filled));
      if (filled === target.length || !await advance()) return filled;
    }
  }

  // There is one position, so concurrent reads wait for each other.
  let queue: Promise<unknown> = Promise.resolve();
  function queued<T>(act: () => Promise<T>): Promise<T> {
    const result = queue.then(act);
    queue = result.catch(() => {});
    return result;
  }

  return {
    maxLength: compressed.maxLength * maxRatio,
    reach: (offset) => queued(() => reach(offset)),
    readInto: (offset, target) => queued(() => readInto(offset, target)),
    close() {
      void restart();
      compressed.close();
    },
  };
}
