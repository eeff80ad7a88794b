import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import { byDoubt } from "../../lib/calibration/triage.ts";
import {
  alike,
  nextToDo,
  stepFrom,
  walked,
} from "../../lib/review/client/frames.js";
import { type ReviewRow, typedRow } from "../../lib/review/review_row.ts";

const verdicts = fc.record({
  type: fc.constantFrom(
    "arc" as const,
    "bias" as const,
    "unknown" as const,
    null,
  ),
  agreement: fc.constantFrom(
    "agree" as const,
    "conflict" as const,
    "silent" as const,
  ),
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
}).map(({ type, agreement, probability }) =>
  type === null
    ? makeFailedVerdict("r1.fits", { code: "io", message: "broken" })
    : makeVerdict("r1.fits", {
      type,
      probability,
      agreement,
      reason: type === "unknown" ? "flips_disagree" : null,
    })
);

function rowsOf(all: readonly Verdict[]): ReviewRow[] {
  return all.map((verdict, id) => ({
    id,
    version: 1,
    typing: 1,
    ...typedRow(verdict),
    label: null,
  }));
}

Deno.test("review: frames are walked in the order of doubt", () => {
  fc.assert(fc.property(fc.array(verdicts, { maxLength: 12 }), (all) => {
    const order = walked(rowsOf(all), "all").map(({ id }) => all[id]!);
    for (let k = 1; k < order.length; k++) {
      // As far as numbers tell them apart.
      assertEquals(byDoubt(order[k - 1]!, order[k]!) <= 1e-9, true);
    }
    const doubtful = walked(rowsOf(all), "doubtful");
    assertEquals(doubtful.every(({ doubt }) => doubt !== null), true);
  }));
});

const [plain] = rowsOf([
  makeVerdict("r.fits", { agreement: "agree", probability: 1 }),
]);

const row = (id: number, other: Partial<ReviewRow> = {}): ReviewRow => ({
  ...plain!,
  id,
  ...other,
});

Deno.test("review: on to the next without a label, around the end", () => {
  const list = [row(0), row(1, { label: "arc" }), row(2), row(3)];
  assertEquals(nextToDo(list, null)?.id, 0);
  assertEquals(nextToDo(list, 0)?.id, 2);
  assertEquals(nextToDo(list, 3)?.id, 0);
  assertEquals(nextToDo([row(0, { label: "arc" })], 0), undefined);
  assertEquals(stepFrom(list, 1, -1)?.id, 0);
  assertEquals(stepFrom(list, 1, -10)?.id, 0);
  assertEquals(stepFrom(list, 1, Infinity)?.id, 3);
  assertEquals(stepFrom(list, 99, 1)?.id, 0);
  assertEquals(stepFrom([], 0, 1), undefined);
});

Deno.test("review: a frame is compared with those beyond doubt, its own instrument's first", () => {
  const one = row(0, { instrument: "kast-red", mjd: 10 });
  const others = [
    row(1, { instrument: "kast-blue", mjd: 10 }),
    row(2, { instrument: "kast-red", mjd: 12 }),
    row(3, { instrument: "kast-red", mjd: 10.5 }),
    row(4, { instrument: "kast-red", doubt: "conflict" }),
    row(5, { instrument: "kast-red", type: "bias" }),
    row(6, {
      instrument: "kast-red",
      type: "unknown",
      doubt: "unknown",
      label: "arc",
      mjd: 50,
    }),
    row(7, { instrument: "kast-red", label: "bias", mjd: 10 }),
  ];
  const ids = alike([one, ...others], one, "arc", 9).map(({ id }) => id);
  assertEquals(ids, [6, 3, 2, 1]);
});
