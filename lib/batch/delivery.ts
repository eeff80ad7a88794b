/**
 * What a worker needs of a queue, whatever server keeps it.
 *
 * @module
 */
import type { DeadLetter } from "./dead_letter.ts";

/**
 * Which line a message stands in. Most are typed `together`, many at a time. One
 * that came back twice may be what killed those who held it: it is typed `alone`,
 * with nothing else in hand, so that only the guilty are counted as such.
 */
export type Line = "together" | "alone";

/** A message may be delivered so often among others, and is set apart then. */
export const TOGETHER = 2;

/** A message as it was delivered: ours until it is settled, or we are silent too long. */
export interface Delivery {
  /** What it holds. */
  readonly body: Uint8Array;
  /** Which line it stands in. */
  readonly line: Line;
  /** How often it was delivered, in both lines, this time included. */
  readonly tries: number;
  /** Tells the server that we are at it. */
  keep(): void;
  /**
   * It is done. Settles when the server knows.
   *
   * @throws When the server does not answer: it may come again.
   */
  done(): Promise<void>;
  /** Has it delivered again, after so many seconds. */
  giveBack(seconds: number): void;
  /**
   * Moves it to the other line.
   *
   * @throws When the server does not answer: it comes again.
   */
  setApart(): Promise<void>;
  /**
   * Puts it with the dead, with the reason.
   *
   * @throws When the server does not answer: it comes again.
   */
  bury(letter: DeadLetter): Promise<void>;
}

/** Deliveries as they come: so many at most, or until some time is over. */
export interface Taking {
  /** Gives them. */
  readonly deliveries: AsyncIterable<Delivery>;
  /** Asks for no more; what is on its way still comes. */
  stop(): void;
}

/** A queue that many take from. */
export interface Queue {
  /**
   * Asks for messages.
   *
   * @throws When the server does not answer.
   */
  take(line: Line, most: number): Promise<Taking>;
  /**
   * Whether nothing is left, with nobody.
   *
   * @throws When the server does not answer.
   */
  isEmpty(): Promise<boolean>;
}
