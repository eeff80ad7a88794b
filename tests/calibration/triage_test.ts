import { assertEquals } from "@std/assert";
import { applyLabel } from "../../lib/classify/verdict.ts";
import {
  compareByReviewReason,
  findReviewReason,
} from "../../lib/calibration/triage.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";

Deno.test("compareByReviewReason: errors, sure conflicts, unknown and unusable frames, improbable types", () => {
  const verdicts = [
    makeFailedVerdict("1"),
    makeVerdict("2", { agreement: "conflict", probability: 0.9 }),
    makeVerdict("3", { agreement: "conflict", probability: 0.5 }),
    makeVerdict("4", { type: "unknown" }),
    makeVerdict("5", { subtype: "focus", use: false, probability: 0.8 }),
    makeVerdict("6", { subtype: "focus", use: false }),
    makeVerdict("7", { agreement: "agree", probability: 0.6 }),
    makeVerdict("8", { probability: 0.99 }),
  ];
  assertEquals(verdicts.toReversed().sort(compareByReviewReason), verdicts);
  assertEquals(verdicts.toSorted(compareByReviewReason), verdicts);
});

Deno.test("findReviewReason: a label leaves nothing to review but errors and damaged pixels", () => {
  const conflict = makeVerdict("r.fits", { agreement: "conflict" });
  assertEquals(findReviewReason(conflict), "conflict");
  for (const label of ["arc", "science", "other"] as const) {
    assertEquals(findReviewReason(applyLabel(conflict, label)), null);
  }
  const damaged = makeVerdict("r.fits", { use: false, flags: ["empty"] });
  assertEquals(findReviewReason(applyLabel(damaged, "arc")), "unusable");
  assertEquals(findReviewReason(applyLabel(damaged, "other")), null);
  const failed = applyLabel(makeFailedVerdict("r.fits"), "arc");
  assertEquals(findReviewReason(failed), "error");
});
