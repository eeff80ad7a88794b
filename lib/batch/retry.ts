/**
 * The retry policy of `run`, `watch` and `worker`: which errors are worth another
 * attempt, how many there are, and how long the wait between them is.
 */
import type { ErrorCode } from "../errors.ts";

/**
 * The errors that can disappear although the file stays the same: those of disks,
 * servers, permissions and reader processes. `not_found` is one of them, since a
 * queue or a list can name a file before this machine sees it.
 */
export const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "io",
  "no_permission",
  "not_found",
  "vanished",
  "unreachable",
  "timeout",
  "worker_lost",
]);

/** Longest wait between two attempts, in seconds. */
const MAX_DELAY = 900;

/** Each wait is this many times as long as the one before. */
const BACKOFF_FACTOR = 4;

/** Returns whether an error may disappear by itself; `null` stands for no error. */
export function isRetryable(code: string | null): boolean {
  return code !== null && (RETRYABLE as ReadonlySet<string>).has(code);
}

/**
 * Returns what follows an attempt: `done` if its result is final, `retry`, or
 * `give_up` if the error is retryable but no attempt is left.
 *
 * @param code Code of the error; `null` if the frame was classified.
 * @param attempts Number of attempts so far, this one included.
 */
export function decideRetry(
  code: ErrorCode | null,
  attempts: number,
  maxAttempts: number,
): "done" | "retry" | "give_up" {
  if (!isRetryable(code)) return "done";
  return attempts < maxAttempts ? "retry" : "give_up";
}

/**
 * Computes the seconds to wait before the next attempt: an exponential backoff,
 * at most a quarter of an hour.
 *
 * @param attempts Number of attempts so far.
 * @param firstDelay Seconds to wait after the first attempt.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { computeRetryDelay } from "./retry.ts";
 *
 * const delays = [1, 2, 3, 4, 5].map((attempts) => computeRetryDelay(attempts, 5));
 * assertEquals(delays, [5, 20, 80, 320, 900]);
 * ```
 */
export function computeRetryDelay(
  attempts: number,
  firstDelay: number,
): number {
  return Math.min(MAX_DELAY, firstDelay * BACKOFF_FACTOR ** (attempts - 1));
}
