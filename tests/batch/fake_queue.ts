/** A queue in memory, which writes down what is done to its messages. */
import type { DeadLetter } from "../../lib/batch/dead_letter.ts";
import type { Delivery, Line, Queue } from "../../lib/batch/delivery.ts";

/** A message to deliver. */
export interface FakeMessage {
  readonly text: string;
  /** Default: `together`. */
  readonly line?: Line;
  /** Default: 1. */
  readonly tries?: number;
}

/** The queue, with its diary. */
export interface FakeQueue extends Queue {
  /** What was done, in order: `done r1`, `back r2 20`, `apart r3`, `dead r4`. */
  readonly diary: string[];
  /** Letters of the dead. */
  readonly letters: DeadLetter[];
  /** How often the server was told that a message is held. */
  readonly kept: { count: number };
  /** Calls that fail before one does not. */
  silent: number;
}

/**
 * A queue of some messages; what is given back does not come again.
 *
 * @param noted Told of each line of the diary.
 */
export function fakeQueue(
  messages: readonly FakeMessage[],
  noted: (what: string) => void = () => {},
): FakeQueue {
  const left = [...messages];
  const diary: string[] = [];
  const letters: DeadLetter[] = [];
  const kept = { count: 0 };
  let held = 0;

  function deliver({ text, line = "together", tries = 1 }: FakeMessage) {
    const note = (what: string) => {
      noted(what);
      diary.push(what);
      held--;
      return Promise.resolve();
    };
    const delivery: Delivery = {
      body: new TextEncoder().encode(text),
      line,
      tries,
      keep: () => kept.count++,
      done: () => note(`done ${text}`),
      giveBack: (seconds) => note(`back ${text} ${seconds}`),
      setApart: () => note(`apart ${text}`),
      bury(letter) {
        letters.push(letter);
        return note(`dead ${text}`);
      },
    };
    return delivery;
  }

  return {
    diary,
    letters,
    kept,
    silent: 0,
    async take(line, most) {
      if (this.silent > 0) {
        this.silent--;
        throw new Error("no answer");
      }
      const mine = left.filter((message) =>
        (message.line ?? "together") === line
      )
        .slice(0, most);
      for (const message of mine) left.splice(left.indexOf(message), 1);
      held += mine.length;
      // Another turn of the loop, as any server takes.
      await new Promise((wake) => setTimeout(wake, 1));
      async function* deliveries() {
        for (const message of mine) yield deliver(message);
      }
      return { deliveries: deliveries(), stop: () => {} };
    },
    isEmpty() {
      if (this.silent-- > 0) return Promise.reject(new Error("no answer"));
      return Promise.resolve(left.length + held === 0);
    },
  };
}
