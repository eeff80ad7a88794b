/**
 * Frames on their way through the readers.
 *
 * @module
 */
import type { FileVersion } from "../io/file_version.ts";
import type { Delivery } from "./delivery.ts";
import type { News } from "./news.ts";

/** A message that names a frame. */
export interface NamedFrame {
  /** The message. */
  readonly delivery: Delivery;
  /** Path or URL of the frame. */
  readonly path: string;
  /** The file as it stood when the message came. */
  readonly stamp: Promise<FileVersion>;
}

/** Frames that wait to be read, and those that are being read. */
export interface Reading {
  /** Takes a frame; one that is to be typed alone comes first. */
  add(frame: NamedFrame): void;
  /** How many there are. */
  count(): number;
  /** Paths for the readers, in the order that they are to come back in; ends when it is time to stop. */
  paths(): AsyncGenerator<string, void, void>;
  /** The frame whose verdict comes next. */
  first(): NamedFrame;
  /** It has gone its way. */
  finish(): void;
}

/** What it goes by. */
export interface ReadingOrders {
  /** Tells of frames that come and go. */
  readonly news: News;
  /** Settles all that was typed. */
  readonly settle: () => Promise<void>;
  /** Ends it. */
  readonly stop: AbortSignal;
}

/** Starts with none. */
export function startReading({ news, settle, stop }: ReadingOrders): Reading {
  const waiting: NamedFrame[] = [];
  const read: NamedFrame[] = [];

  async function nothingElse(): Promise<void> {
    await news.until(() => read.length === 0);
    await settle();
  }

  return {
    add(frame) {
      // The shorter it is held, the less happens to us meanwhile that it is blamed for.
      if (frame.delivery.line === "alone") waiting.unshift(frame);
      else waiting.push(frame);
      news.tell();
    },
    count: () => waiting.length + read.length,
    async *paths() {
      while (true) {
        await news.until(() => stop.aborted || waiting.length > 0);
        const isAlone = waiting[0]?.delivery.line === "alone";
        // Whatever it does to us, it is not to harm others.
        if (isAlone) await nothingElse();
        if (stop.aborted) return;
        const frame = waiting.shift()!;
        read.push(frame);
        await frame.stamp;
        yield frame.path;
        if (isAlone) await nothingElse();
      }
    },
    first: () => read[0]!,
    finish() {
      read.shift();
      news.tell();
    },
  };
}
