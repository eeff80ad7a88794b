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
  listValues,
  neighboursInTime,
  nextUnlabelled,
  NO_FILTER,
  selectAlike,
  selectFrames,
  selectRun,
  similarFrames,
  typesToCompare,
} from "../../lib/review/client/frames.js";
import {
  describeSets,
  describeVerdict,
  type ReviewRow,
} from "../../lib/review/session.ts";

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
  const sets = describeSets(all);
  return all.map((verdict, id) => ({
    id,
    version: 1,
    imageVersion: 1,
    ...describeVerdict(verdict),
    ...sets[id]!,
    label: null,
  }));
}

Deno.test("selectFrames sorts by need of review, as compareByReviewReason does", () => {
  fc.assert(fc.property(fc.array(verdicts, { maxLength: 12 }), (all) => {
    const order = selectFrames(makeRows(all), NO_FILTER)
      .map(({ id }) => all[id]!);
    for (let k = 1; k < order.length; k++) {
      // Up to rounding: the page compares a single number.
      assertEquals(
        compareByReviewReason(order[k - 1]!, order[k]!) <= 1e-9,
        true,
      );
    }
    const toReview = selectFrames(makeRows(all), {
      ...NO_FILTER,
      group: "review",
    });
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

Deno.test("selectFrames filters by each property, and sorts by time", () => {
  const rows = [
    row(0, { night: "2013-10-26", mjd: 3, configurations: ["k A", "k B"] }),
    row(1, { night: "2013-10-26", mjd: 1, type: "bias", label: "dark" }),
    row(2, { night: "2013-10-27", mjd: 2, findings: ["outlier"] }),
    row(3, { night: null, mjd: null, configurations: ["k B"], type: null }),
  ];
  const select = (filter: Partial<typeof NO_FILTER>) =>
    selectFrames(rows, { ...NO_FILTER, ...filter }).map(({ id }) => id);
  assertEquals(select({ order: "time" }), [1, 2, 0, 3]);
  assertEquals(select({ type: "arc" }), [0, 2]);
  // The type of its answer, and that of its label.
  assertEquals([select({ type: "bias" }), select({ type: "dark" })], [[1], [
    1,
  ]]);
  assertEquals(select({ configuration: "k B" }), [0, 3]);
  assertEquals(select({ finding: "outlier" }), [2]);
  assertEquals(select({ night: "2013-10-26", type: "arc" }), [0]);
  assertEquals(select({ group: "labelled", night: "2013-10-27" }), []);
});

Deno.test("listValues counts the frames that match the rest of the filter", () => {
  const rows = [
    row(0, { type: "unknown", night: "2013-10-27", findings: ["unknown"] }),
    row(1, { type: "science", night: "2013-10-26", findings: ["conflict"] }),
    row(2, { type: "bias", night: "2013-10-26" }),
    row(3, { type: "bias", night: "2013-10-27" }),
  ];
  const filter = { ...NO_FILTER, type: "bias", night: "2013-10-26" };
  const list = (property: "type" | "finding" | "night") =>
    listValues(rows, filter, property).map((
      { value, count },
    ) => [value, count]);
  assertEquals(list("type"), [["bias", 1], ["science", 1], ["unknown", 0]]);
  assertEquals(list("night"), [["2013-10-26", 1], ["2013-10-27", 1]]);
  assertEquals(list("finding"), [["unknown", 0], ["conflict", 0]]);
});

Deno.test("selectRun selects from one frame to another, in the order of the list", () => {
  const list = [row(4), row(2), row(7), row(1)];
  assertEquals(selectRun(list, 2, 1), [2, 7, 1]);
  assertEquals(selectRun(list, 7, 4), [4, 2, 7]);
  assertEquals(selectRun(list, null, 7), [7]);
  assertEquals(selectRun(list, 99, 4), [4]);
  assertEquals(selectRun(list, 4, 99), []);
});

Deno.test("selectAlike selects listed frames of the set that have no label, and the frame", () => {
  const list = [
    row(0, { set: 0 }),
    row(1, { set: 1 }),
    row(2, { set: 0, label: "arc" }),
    row(3, { set: 0 }),
  ];
  assertEquals(selectAlike(list, list[0]!), [0, 3]);
  assertEquals(selectAlike(list, list[2]!), [0, 2, 3]);
  assertEquals(selectAlike(list.slice(1), list[1]!), [1]);
});

Deno.test("neighboursInTime returns frames of the same instrument and night, by time", () => {
  const of = (id: number, mjd: number | null, instrument = "kast-red") =>
    row(id, { mjd, instrument, night: "2013-10-26" });
  const rows = [
    of(0, 5),
    of(1, 2),
    of(2, 3, "kast-blue"),
    of(3, 4),
    of(4, 1),
    of(5, null),
    row(6, { mjd: 4.5, instrument: "kast-red", night: "2013-10-25" }),
  ];
  const find = (id: number, count: number) =>
    neighboursInTime(rows, rows[id]!, count).map((one) => one.id);
  assertEquals(find(1, 1), [4, 1, 3]);
  assertEquals(find(4, 2), [4, 1, 3]);
  assertEquals(find(0, 1), [3, 0]);
  assertEquals(find(5, 2), [5]);
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
