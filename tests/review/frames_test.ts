import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import {
  compareByReviewReason,
  findReviewReason,
} from "../../lib/calibration/triage.ts";
import {
  frameAtOffset,
  nextUnlabelled,
  selectFrames,
  similarFrames,
  typesToCompare,
} from "../../lib/review/client/frames.js";
import { describeVerdict, type ReviewRow } from "../../lib/review/session.ts";

const verdicts = fc.record({
  type: fc.constantFrom("arc", "bias", "unknown", null),
  agreement: fc.constantFrom("agree", "conflict", "silent"),
  use: fc.boolean(),
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
}).map(({ type, agreement, use, probability }) =>
  type === null
    ? makeFailedVerdict("r1.fits", { code: "io", message: "broken" })
    : type === "unknown"
    ? makeVerdict("r1.fits", {
      type,
      agreement,
      probabilities: { arc: probability },
      reason: "undecided",
    })
    : makeVerdict("r1.fits", { type, agreement, use, probability })
);

function makeRows(all: readonly Verdict[]): ReviewRow[] {
  return all.map((verdict, id) => ({
    id,
    version: 1,
    imageVersion: 1,
    ...describeVerdict(verdict),
    label: null,
  }));
}

Deno.test("selectFrames sorts by need of review, as compareByReviewReason does", () => {
  fc.assert(fc.property(fc.array(verdicts, { maxLength: 12 }), (all) => {
    const order = selectFrames(makeRows(all), "all").map(({ id }) => all[id]!);
    for (let k = 1; k < order.length; k++) {
      // Up to rounding: the page compares a single number.
      assertEquals(
        compareByReviewReason(order[k - 1]!, order[k]!) <= 1e-9,
        true,
      );
    }
    const toReview = selectFrames(makeRows(all), "review");
    assertEquals(
      toReview.length,
      all.filter((verdict) => findReviewReason(verdict) !== null).length,
    );
    assertEquals(toReview.every((row) => row.reviewReason !== null), true);
  }));
});

const [plain] = makeRows([
  makeVerdict("r.fits", { agreement: "agree", probability: 1 }),
]);

const row = (id: number, other: Partial<ReviewRow> = {}): ReviewRow => ({
  ...plain!,
  id,
  ...other,
});

Deno.test("nextUnlabelled continues from the start; frameAtOffset stops at the ends", () => {
  const list = [row(0), row(1, { label: "arc" }), row(2), row(3)];
  assertEquals(nextUnlabelled(list, null)?.id, 0);
  assertEquals(nextUnlabelled(list, 0)?.id, 2);
  assertEquals(nextUnlabelled(list, 3)?.id, 0);
  assertEquals(nextUnlabelled([row(0, { label: "arc" })], 0), undefined);
  assertEquals(frameAtOffset(list, 1, -1)?.id, 0);
  assertEquals(frameAtOffset(list, 1, -10)?.id, 0);
  assertEquals(frameAtOffset(list, 1, Infinity)?.id, 3);
  assertEquals(frameAtOffset(list, 99, 1)?.id, 0);
  assertEquals(frameAtOffset([], 0, 1), undefined);
});

Deno.test("similarFrames returns certain frames of a type, those of the same instrument first", () => {
  const one = row(0, { instrument: "kast-red", mjd: 10 });
  const others = [
    row(1, { instrument: "kast-blue", mjd: 10 }),
    row(2, { instrument: "kast-red", mjd: 12 }),
    row(3, { instrument: "kast-red", mjd: 10.5 }),
    row(4, { instrument: "kast-red", reviewReason: "conflict" }),
    row(5, { instrument: "kast-red", type: "bias" }),
    row(6, {
      instrument: "kast-red",
      type: "unknown",
      reviewReason: "unknown",
      label: "arc",
      mjd: 50,
    }),
    row(7, { instrument: "kast-red", label: "bias", mjd: 10 }),
  ];
  const ids = similarFrames([one, ...others], one, "arc", 9).map(({ id }) =>
    id
  );
  assertEquals(ids, [6, 3, 2, 1]);
});

Deno.test("typesToCompare names each type once: label, pixels, header", () => {
  const types = (other: Partial<ReviewRow>) => typesToCompare(row(0, other));
  assertEquals(types({ type: "arc", claim: "arc" }), ["arc"]);
  assertEquals(
    types({ label: "dark", type: "bias", claim: "science" }),
    ["dark", "bias", "science"],
  );
  const [likeliest] = plain!.probabilities;
  assertEquals(types({ type: "unknown" }), [likeliest!.type]);
});
