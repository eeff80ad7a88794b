import type { ErrorCode } from "../../lib/errors.ts";

/** The codes that `run`, `watch` and `worker` must try again, written out once more. */
export const RETRYABLE_CODES = [
  "io",
  "no_permission",
  "not_found",
  "vanished",
  "unreachable",
  "timeout",
  "worker_lost",
] as const satisfies readonly ErrorCode[];
