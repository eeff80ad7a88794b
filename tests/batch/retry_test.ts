import { assertEquals } from "@std/assert";
import {
  computeRetryDelay,
  decideRetry,
  isRetryable,
  RETRYABLE,
} from "../../lib/batch/retry.ts";
import { RETRYABLE_CODES } from "./retryable_codes.ts";

Deno.test("the retryable errors are those of disks, servers, permissions and readers", () => {
  assertEquals([...RETRYABLE].sort(), RETRYABLE_CODES.toSorted());
  for (const code of ["not_fits", "truncated_data", "inference", "", null]) {
    assertEquals(isRetryable(code), false, `${code}`);
  }
});

Deno.test("a retryable error is retried until no attempt is left", () => {
  for (const code of RETRYABLE_CODES) {
    const decisions = [1, 2, 3, 4].map((attempts) =>
      decideRetry(code, attempts, 3)
    );
    assertEquals(decisions, ["retry", "retry", "give_up", "give_up"], code);
  }
  assertEquals(decideRetry("not_fits", 1, 3), "done");
  assertEquals(decideRetry(null, 5, 3), "done");
});

Deno.test("the delay grows fourfold up to a quarter of an hour", () => {
  const delays = [1, 2, 3, 4, 5, 50].map((attempts) =>
    computeRetryDelay(attempts, 5)
  );
  assertEquals(delays, [5, 20, 80, 320, 900, 900]);
});
