import { sleep } from "../io/signals.ts";
import type { ConsumerName, Delivery, Queue } from "./queue.ts";
import type { StoredRow } from "./rows.ts";

export type ChangeSignal = ReturnType<typeof createChangeSignal>;

/** Creates a signal that wakes up code that waits for a condition. */
export function createChangeSignal() {
  let next = Promise.withResolvers<void>();
  return {
    /** Makes all waiting code test its condition again. */
    notify() {
      next.resolve();
      next = Promise.withResolvers();
    },
    /** Resolves when the condition is true. It is tested now and after each `notify`. */
    async waitUntil(condition: () => boolean): Promise<void> {
      while (!condition()) await next.promise;
    },
  };
}

type ServerStatus = ReturnType<typeof createServerStatus>;

/** Reports when the server stops responding and when it responds again. */
export function createServerStatus(notice: (message: string) => void) {
  let hasFailed = false;
  return {
    /** Only the first of consecutive calls is reported. */
    failed(error: unknown) {
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

interface ReceiveOptions {
  readonly queue: Queue;
  readonly consumer: ConsumerName;
  /** Returns how many messages can be taken now; called after each change. */
  readonly capacity: () => number;
  readonly changes: ChangeSignal;
  /** Called when a fetch returned no message. */
  readonly idle: () => Promise<void>;
  readonly status: ServerStatus;
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

/**
 * Creates a set of the messages that a worker has not acknowledged; declare it with
 * `using`. Each is removed, whether or not the server accepts the request.
 *
 * @param heartbeat Seconds between two reports of progress, less than the server's
 *   deadline.
 * @param changes Notified when a message is removed.
 */
export function createPendingMessages(
  heartbeat: number,
  changes: ChangeSignal,
  status: ServerStatus,
) {
  const pending = new Set<Delivery>();
  const timer = setInterval(() => {
    for (const delivery of pending) delivery.inProgress();
  }, 1000 * heartbeat);

  function remove(delivery: Delivery): void {
    pending.delete(delivery);
    changes.notify();
  }

  /**
   * Returns whether the server accepted the request. If it did not, the message is
   * redelivered, which does no harm.
   */
  async function finish(
    delivery: Delivery,
    request: () => Promise<void>,
  ): Promise<boolean> {
    try {
      await request();
      status.responded();
      return true;
    } catch (error) {
      status.failed(error);
      return false;
    } finally {
      remove(delivery);
    }
  }

  return {
    /** Adds a message. The server is told that it is in progress until it is removed. */
    add: (delivery: Delivery) => pending.add(delivery),
    /** Returns the number of messages, of one consumer or of both. */
    count: (consumer?: ConsumerName) =>
      consumer === undefined
        ? pending.size
        : [...pending].filter((one) => one.consumer === consumer).length,
    ack: (delivery: Delivery) => finish(delivery, () => delivery.ack()),
    isolate: (delivery: Delivery) => finish(delivery, () => delivery.isolate()),
    deadLetter: (delivery: Delivery, reason: string, row: StoredRow | null) =>
      finish(delivery, () => {
        const message = new TextDecoder().decode(delivery.body);
        const tries = delivery.attempts;
        return delivery.deadLetter({ message, reason, tries, row });
      }),
    /** Requests redelivery of a message after some seconds. */
    nak(delivery: Delivery, delay: number) {
      delivery.nak(delay);
      remove(delivery);
    },
    /** Requests immediate redelivery of all messages. Returns their number. */
    nakAll() {
      const count = pending.size;
      for (const delivery of pending) delivery.nak(0);
      pending.clear();
      return count;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
