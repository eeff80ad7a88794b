import type { ByteQueue, ByteSource } from "./byte_source.ts";

/** Decompressed bytes kept for reading backwards, at most. */
const WINDOW = 1 << 28;

/** Returns how many decompressed bytes are kept: 256 MiB, or a quarter of the limit. */
export function chooseWindowSize(maxBytes: number): number {
  return Math.min(WINDOW, maxBytes / 4);
}

/** Decompresses from the start to the end. */
export interface ForwardDecoder {
  /** The last bytes that were decompressed. */
  readonly window: ByteQueue;
  /** Decompresses the next step into the window; `false` at the end. */
  advance(): Promise<boolean>;
  /** Empties the window and starts again. */
  restart(): void;
}

export interface ForwardOptions {
  /** Upper bound of the decompressed bytes per compressed byte. */
  readonly maxRatio: number;
  /** Bytes that the window keeps. */
  readonly windowSize: number;
}

/**
 * Creates a source of bytes that are decompressed as they are read. The last bytes are
 * kept, so that pixels can be read after all headers; reading further back starts
 * decompression again.
 *
 * @throws What `decoder` throws, when a read gets there.
 */
export function forwardSource(
  compressed: ByteSource,
  { window, advance, restart }: ForwardDecoder,
  { maxRatio, windowSize }: ForwardOptions,
): ByteSource {
  async function reach(offset: number): Promise<number> {
    while (window.end < offset && await advance());
    return Math.min(offset, window.end);
  }

  async function readInto(offset: number, target: Uint8Array): Promise<number> {
    if (offset < window.start) restart();
    let filled = 0;
    while (true) {
      filled += window.copy(offset + filled, target.subarray(filled));
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
    memory: (compressed.memory ?? 0) + windowSize,
    reach: (offset) => queued(() => reach(offset)),
    readInto: (offset, target) => queued(() => readInto(offset, target)),
    close() {
      restart();
      compressed.close();
    },
  };
}
