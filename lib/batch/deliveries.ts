/**
 * Messages of one line of a queue, as long as there is room for them.
 *
 * @module
 */
import type { Delivery, Line, Queue } from "./delivery.ts";
import type { News } from "./news.ts";
import type { Silence } from "./silence.ts";

/** How messages are taken. */
export interface TakingOrders {
  /** Where from. */
  readonly queue: Queue;
  /** Which line. */
  readonly line: Line;
  /** How many there is room for; looked at when there are `news`. */
  readonly room: () => number;
  /** Tells when there may be room. */
  readonly news: News;
  /** Called when nothing came for a while. */
  readonly idle: () => Promise<void>;
  /** Told of a server that does not answer. */
  readonly silence: Silence;
  /** Ends the stream. */
  readonly stop: AbortSignal;
}

/** Seconds between two tries to reach a server that does not answer. */
const PAUSE = 1;

/**
 * Gives messages until it is stopped. A server that does not answer is asked
 * again and again.
 *
 * @throws What `idle` throws.
 */
export async function* deliveriesOf(
  { queue, line, room, news, idle, silence, stop }: TakingOrders,
): AsyncGenerator<Delivery, void, void> {
  while (true) {
    await news.until(() => stop.aborted || room() > 0);
    if (stop.aborted) return;
    let came = 0;
    try {
      const taking = await queue.take(line, room());
      silence.end();
      using _ = stoppedWith(stop, taking.stop);
      for await (const delivery of taking.deliveries) {
        came++;
        yield delivery;
      }
    } catch (error) {
      silence.begin(error);
      await pause(PAUSE, stop);
      continue;
    }
    if (came === 0) await idle();
  }
}

/** Calls when it is time to stop, once, while it is not disposed of. */
function stoppedWith(stop: AbortSignal, call: () => void): Disposable {
  stop.addEventListener("abort", call, { once: true });
  if (stop.aborted) call();
  return { [Symbol.dispose]: () => stop.removeEventListener("abort", call) };
}

/** Some seconds, or fewer if it is time to stop. */
async function pause(seconds: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, 1000 * seconds);
  using _ = stoppedWith(stop, resolve);
  await promise;
  clearTimeout(timer);
}
