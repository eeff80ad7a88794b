import { assertEquals } from "@std/assert";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { compareByReviewReason } from "../../lib/calibration/triage.ts";

type Part = Pick<Verdict, "type" | "agreement" | "probability">;

Deno.test("compareByReviewReason: errors, sure conflicts, unknown frames, improbable types", () => {
  const sorted: Part[] = [
    { type: null, agreement: null, probability: null },
    { type: "arc", agreement: "conflict", probability: 0.9 },
    { type: "flat", agreement: "conflict", probability: 0.5 },
    { type: "unknown", agreement: "silent", probability: 0.2 },
    { type: "unknown", agreement: "silent", probability: 0.4 },
    { type: "bias", agreement: "agree", probability: 0.6 },
    { type: "dark", agreement: "silent", probability: 0.99 },
  ];
  const verdicts = sorted as Verdict[];
  assertEquals(verdicts.toReversed().sort(compareByReviewReason), verdicts);
  assertEquals(verdicts.toSorted(compareByReviewReason), verdicts);
});
