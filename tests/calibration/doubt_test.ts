import { assertEquals } from "@std/assert";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { byDoubt } from "../../lib/calibration/triage.ts";

type Part = Pick<Verdict, "type" | "agreement" | "confidence">;

Deno.test("errors first, then sure conflicts, unknown frames, unsure ones", () => {
  const sorted: Part[] = [
    { type: null, agreement: null, confidence: null },
    { type: "arc", agreement: "conflict", confidence: 0.9 },
    { type: "flat", agreement: "conflict", confidence: 0.5 },
    { type: "unknown", agreement: "silent", confidence: 0.2 },
    { type: "unknown", agreement: "silent", confidence: 0.4 },
    { type: "bias", agreement: "agree", confidence: 0.6 },
    { type: "dark", agreement: "silent", confidence: 0.99 },
  ];
  const verdicts = sorted as Verdict[];
  assertEquals(verdicts.toReversed().sort(byDoubt), verdicts);
  assertEquals(verdicts.toSorted(byDoubt), verdicts);
});
