/**
 * What becomes of a message once its frame was tried.
 *
 * @module
 */
import type { ErrorCode } from "../errors.ts";

/** Its row is kept, it is tried again later, or it is given up. */
export type Fate = "keep" | "again" | "dead";

/**
 * Faults that may pass without a new file: of disks, servers and permissions, and
 * of those who read. A file may also be posted before this machine can see it.
 */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "io",
  "no_permission",
  "not_found",
  "vanished",
  "unreachable",
  "timeout",
  "worker_lost",
]);

/** Seconds: no message rests for longer. */
const LONGEST_REST = 900;

/**
 * What becomes of a message. A frame that is simply broken is as good as typed:
 * its row says so.
 *
 * @param code What is wrong with the frame; `null` when it was typed.
 * @param tries How often it was tried, this time included.
 * @param most How often it may be.
 */
export function fateOf(
  code: ErrorCode | null,
  tries: number,
  most: number,
): Fate {
  if (code === null || !PASSING.has(code)) return "keep";
  return tries < most ? "again" : "dead";
}

/**
 * Seconds that a message rests before it is tried again: four times as long each
 * time, a quarter of an hour at most.
 *
 * @param tries How often it was tried.
 * @param first Seconds after the first time.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { restAfter } from "./fate.ts";
 *
 * assertEquals([1, 2, 3, 4, 5].map((tries) => restAfter(tries, 5)), [5, 20, 80, 320, 900]);
 * ```
 */
export function restAfter(tries: number, first: number): number {
  return Math.min(LONGEST_REST, first * 4 ** (tries - 1));
}
