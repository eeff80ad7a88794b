import type {
  ConsumerName,
  DeadLetter,
  Delivery,
  Queue,
} from "../../lib/batch/queue.ts";

/** A message to deliver. */
export interface FakeMessage {
  readonly text: string;
  /** Default: `main`. */
  readonly consumer?: ConsumerName;
  /** Default: 1. */
  readonly attempts?: number;
}

/** A queue in memory that records what is done to its messages. */
export interface FakeQueue extends Queue {
  /** Requests in their order: `ack r1`, `nak r2 20`, `isolate r3`, `dead r4`. */
  readonly requests: string[];
  readonly letters: DeadLetter[];
  /** Reports of progress on messages that were pending, and on others. */
  readonly progress: { pending: number; settled: number };
  /** Number of calls to fail. */
  failures: number;
}

/**
 * Creates a queue of some messages. A message that is returned is not redelivered.
 *
 * @param onRequest Called for each request before it is recorded.
 */
export function createFakeQueue(
  messages: readonly FakeMessage[],
  onRequest: (request: string) => void = () => {},
): FakeQueue {
  const left = [...messages];
  const requests: string[] = [];
  const letters: DeadLetter[] = [];
  const progress = { pending: 0, settled: 0 };
  let pendingCount = 0;

  function createDelivery(
    { text, consumer = "main", attempts = 1 }: FakeMessage,
  ): Delivery {
    let isPending = true;
    const record = (request: string) => {
      onRequest(request);
      requests.push(request);
      isPending = false;
      pendingCount--;
      return Promise.resolve();
    };
    return {
      body: new TextEncoder().encode(text),
      consumer,
      attempts,
      inProgress: () => progress[isPending ? "pending" : "settled"]++,
      ack: () => record(`ack ${text}`),
      nak: (delay) => record(`nak ${text} ${delay}`),
      isolate: () => record(`isolate ${text}`),
      deadLetter(letter) {
        letters.push(letter);
        return record(`dead ${text}`);
      },
    };
  }

  return {
    requests,
    letters,
    progress,
    failures: 0,
    async fetch(consumer, max) {
      if (this.failures > 0) {
        this.failures--;
        throw new Error("no answer");
      }
      const batch = left
        .filter((message) => (message.consumer ?? "main") === consumer)
        .slice(0, max);
      for (const message of batch) left.splice(left.indexOf(message), 1);
      pendingCount += batch.length;
      // Gives other tasks a turn, as the request to a server does.
      await new Promise((resolve) => setTimeout(resolve, 1));
      async function* deliveries() {
        for (const message of batch) yield createDelivery(message);
      }
      return { deliveries: deliveries(), stop: () => {} };
    },
    isEmpty() {
      if (this.failures-- > 0) return Promise.reject(new Error("no answer"));
      return Promise.resolve(left.length + pendingCount === 0);
    },
  };
}
