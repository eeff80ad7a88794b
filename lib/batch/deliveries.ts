/**
 * Receives the deliveries of a queue, and acknowledges or returns them.
 *
 * @module
 */
import { sleep } from "../io/signals.ts";
import type { ConsumerName, DeadLetter, Delivery, Queue } from "./queue.ts";

/** Wakes up code that waits for a condition. */
export interface ChangeSignal {
  /** Makes all waiting code test its condition again. */
  notify(): void;
  /** Resolves when the condition is true. It is tested now and after each `notify`. */
  waitUntil(condition: () => boolean): Promise<void>;
}

/** Creates a signal. */
export function createChangeSignal(): ChangeSignal {
  let next = Promise.withResolvers<void>();
  return {
    notify() {
      next.resolve();
      next = Promise.withResolvers();
    },
    async waitUntil(condition) {
      while (!condition()) await next.promise;
    },
  };
}

/** Reports when the server stops responding and when it responds again. */
export interface ServerStatus {
  /** The server did not respond. Only the first of consecutive calls is reported. */
  failed(error: unknown): void;
  /** The server responded. */
  responded(): void;
}

/** Creates the status of a server that responds. */
export function createServerStatus(
  notice: (message: string) => void,
): ServerStatus {
  let hasFailed = false;
  return {
    failed(error) {
      if (hasFailed) return;
      hasFailed = true;
      const why = error instanceof Error ? error.message : String(error);
      notice(
        `the queue does not respond (${why}); trying again. Frames without an ` +
          "acknowledgement are redelivered, and their second rows are merged",
      );
    },
    responded() {
      if (hasFailed) notice("the queue responds again");
      hasFailed = false;
    },
  };
}

/** Options of {@linkcode receiveDeliveries}. */
export interface ReceiveOptions {
  readonly queue: Queue;
  readonly consumer: ConsumerName;
  /** Returns how many messages can be taken now; called after each change. */
  readonly capacity: () => number;
  /** Signals changes of the capacity. */
  readonly changes: ChangeSignal;
  /** Called when a fetch returned no message. */
  readonly idle: () => Promise<void>;
  readonly status: ServerStatus;
  /** Ends the stream. */
  readonly stop: AbortSignal;
}

/** Milliseconds between two attempts to reach a server that does not respond. */
const FETCH_RETRY_DELAY = 1000;

/**
 * Yields deliveries until it is stopped. If the server does not respond, it tries
 * again until it does.
 *
 * @throws The errors of `idle`.
 */
export async function* receiveDeliveries(
  { queue, consumer, capacity, changes, idle, status, stop }: ReceiveOptions,
): AsyncGenerator<Delivery, void, void> {
  while (true) {
    await changes.waitUntil(() => stop.aborted || capacity() > 0);
    if (stop.aborted) return;
    let received = 0;
    try {
      const fetch = await queue.fetch(consumer, capacity());
      status.responded();
      using _ = onAbort(stop, fetch.stop);
      for await (const delivery of fetch.deliveries) {
        received++;
        yield delivery;
      }
    } catch (error) {
      status.failed(error);
      await sleep(FETCH_RETRY_DELAY, stop);
      continue;
    }
    if (received === 0) await idle();
  }
}

/** Calls a function once when the signal is aborted, until it is disposed of. */
function onAbort(signal: AbortSignal, call: () => void): Disposable {
  signal.addEventListener("abort", call, { once: true });
  if (signal.aborted) call();
  return {
    [Symbol.dispose]: () => signal.removeEventListener("abort", call),
  };
}

/** The messages that a worker has not acknowledged; declare it with `using`. */
export interface PendingMessages extends Disposable {
  /** Adds a message. The server is told that it is in progress until it is removed. */
  add(delivery: Delivery): void;
  /** Returns the number of messages, of one consumer or of both. */
  count(consumer?: ConsumerName): number;
  /** Acknowledges a message and removes it. Returns whether the server accepted that. */
  ack(delivery: Delivery): Promise<boolean>;
  /** Moves a message to the consumer `isolated` and removes it here. */
  isolate(delivery: Delivery): Promise<boolean>;
  /**
   * Publishes a dead letter for a message and removes the message. Returns whether the
   * server accepted it.
   */
  deadLetter(
    delivery: Delivery,
    letter: Pick<DeadLetter, "reason" | "row">,
  ): Promise<boolean>;
  /** Requests redelivery of a message after some seconds and removes it. */
  nak(delivery: Delivery, delay: number): void;
  /** Requests immediate redelivery of all messages. Returns their number. */
  nakAll(): number;
}

/** Options of {@linkcode createPendingMessages}. */
export interface PendingOptions {
  /** Seconds between two reports of progress, less than the server's deadline. */
  readonly heartbeat: number;
  /** Notified when a message is removed. */
  readonly changes: ChangeSignal;
  readonly status: ServerStatus;
}

/** Creates an empty set of messages. */
export function createPendingMessages(
  { heartbeat, changes, status }: PendingOptions,
): PendingMessages {
  const pending = new Set<Delivery>();
  const timer = setInterval(() => {
    for (const delivery of pending) delivery.inProgress();
  }, 1000 * heartbeat);

  function remove(delivery: Delivery): void {
    pending.delete(delivery);
    changes.notify();
  }

  /** If the request fails, the message is redelivered, which does no harm. */
  async function finish(
    delivery: Delivery,
    request: () => Promise<void>,
  ): Promise<boolean> {
    let isAccepted = false;
    try {
      await request();
      isAccepted = true;
      status.responded();
    } catch (error) {
      status.failed(error);
    }
    remove(delivery);
    return isAccepted;
  }

  return {
    add: (delivery) => pending.add(delivery),
    count: (consumer) =>
      consumer === undefined
        ? pending.size
        : [...pending].filter((one) => one.consumer === consumer).length,
    ack: (delivery) => finish(delivery, () => delivery.ack()),
    isolate: (delivery) => finish(delivery, () => delivery.isolate()),
    deadLetter: (delivery, letter) =>
      finish(delivery, () => {
        const message = new TextDecoder().decode(delivery.body);
        const tries = delivery.attempts;
        const { reason, row } = letter;
        return delivery.deadLetter({ message, reason, tries, row });
      }),
    nak(delivery, delay) {
      delivery.nak(delay);
      remove(delivery);
    },
    nakAll() {
      const count = pending.size;
      for (const delivery of pending) delivery.nak(0);
      pending.clear();
      return count;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
