/**
 * Which share of many.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/** Which share: the `index`th of `count`, counted from 1. */
export interface Shard {
  /** 1 to `count`. */
  readonly index: number;
  /** How many there are. */
  readonly count: number;
}

/**
 * Reads `3/10`.
 *
 * @throws {SpitError} `usage` when it is no such thing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseShard } from "./shard.ts";
 *
 * assertEquals(parseShard("3/10"), { index: 3, count: 10 });
 * ```
 */
export function parseShard(text: string): Shard {
  const [, index = 0, count = 0] = (/^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [])
    .map(Number);
  if (index >= 1 && index <= count) return { index, count };
  throw new SpitError(
    "usage",
    `a shard is I/N with I from 1 to N, as 3/10; got ${text}`,
  );
}
