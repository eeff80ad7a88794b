/**
 * The messages that a worker holds.
 *
 * @module
 */
import type { Delivery, Line } from "./delivery.ts";

/** What is held; declare it with `using`. */
export interface Hand extends Disposable {
  /** Holds a message, and keeps telling the server so. */
  hold(delivery: Delivery): void;
  /** It is settled, or lost. */
  drop(delivery: Delivery): void;
  /** How many are held, of one line or all. */
  count(line?: Line): number;
  /** Gives all back, to be delivered at once. */
  giveBack(): number;
}

/**
 * Starts with none.
 *
 * @param seconds The server is told so often: a third of what it waits for.
 */
export function startHand(seconds: number): Hand {
  const held = new Set<Delivery>();
  const timer = setInterval(() => {
    for (const delivery of held) delivery.keep();
  }, 1000 * seconds);
  return {
    hold: (delivery) => held.add(delivery),
    drop: (delivery) => held.delete(delivery),
    count: (line) =>
      line === undefined
        ? held.size
        : [...held].filter((delivery) => delivery.line === line).length,
    giveBack() {
      const count = held.size;
      for (const delivery of held) delivery.giveBack(0);
      held.clear();
      return count;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
