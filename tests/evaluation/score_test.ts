import { assertAlmostEquals, assertEquals } from "@std/assert";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { score } from "../../lib/evaluation/score.ts";
import { meanShare, shareOf } from "../../lib/evaluation/share.ts";
import { wilson } from "../../lib/evaluation/wilson.ts";
import { judged } from "./judged.ts";

Deno.test("score: right, on-sky confusion, wrong, unknown and unreadable are told apart", () => {
  const { all, failures } = score([
    judged("arc", "arc"),
    judged("arc", "flat"),
    judged("arc", "unknown"),
    judged("arc", null),
    judged("standard", "science"),
    judged("science", "standard", { confidence: "medium" }),
  ]);
  const hits = [all.right, all.onSky, all.wrong, all.unknown, all.errors]
    .map((share) => share.hits);
  assertEquals(hits, [1, 2, 1, 1, 1]);
  assertEquals(all.rightAsOne.hits, 3);
  assertEquals(all.rightWhereSure.hits, 2);
  assertEquals(failures.length, 5);
});

Deno.test("score: the means over instruments weigh each the same, and can leave out the small and the unsure", () => {
  const { macro } = score([
    ...Array.from(
      { length: 5 },
      () => judged("arc", "arc", { instrument: "a" }),
    ),
    judged("arc", "flat", { instrument: "a", confidence: "low" }),
    judged("arc", "flat", { instrument: "b" }),
    judged("arc", "arc", { instrument: "c", confidence: "low" }),
  ]);
  assertAlmostEquals(macro.all.right.mean!, (5 / 6 + 0 + 1) / 3);
  assertEquals(macro.all.right.groups, 3);
  assertEquals(macro.sure.right.mean, 0.5);
  assertAlmostEquals(macro.enough.right.mean!, 5 / 6);
  assertEquals(macro.sureAndEnough.right.mean, 1);
  assertAlmostEquals(macro.all.notRight.mean!, (1 / 6 + 1 + 0) / 3);
});

Deno.test("score: types come in their order, nights under their instrument", () => {
  const { byType, byNight } = score([
    judged("science", "science", { night: "2016-01-02" }),
    judged("bias", "bias", { night: "" }),
    judged("bias", "dark", { instrument: "" }),
  ]);
  assertEquals(byType.map(({ name, n }) => [name, n]), [["bias", 2], [
    "science",
    1,
  ]]);
  assertEquals(byNight.map(({ name }) => name), [
    "kast-red/2016-01-02",
    "kast-red/undated",
    "unnamed/2015-08-18",
  ]);
});

Deno.test("score: frames labelled other stay out of the rest, and are right without a type", () => {
  const { all, other, failures } = score([
    judged("other", "unknown", { reason: "flips_disagree" }),
    judged("other", "unknown"),
    judged("other", "flat"),
    judged("other", null),
  ]);
  assertEquals(all.n, 0);
  assertEquals([other.untyped.hits, other.untyped.n], [2, 4]);
  assertEquals(other.reasons, { "none given": 1, "flips_disagree": 1 });
  assertEquals(other.typedAs, { flat: 1 });
  assertEquals(other.errors, 1);
  assertEquals(failures.length, 2);
});

Deno.test("score: dark told from bias, among all of them and among those called either", () => {
  const { darkBias } = score([
    judged("dark", "dark"),
    judged("dark", "bias"),
    judged("dark", "flat"),
    judged("bias", "bias"),
  ]);
  assertEquals([darkBias.right.hits, darkBias.right.n], [2, 4]);
  assertEquals([darkBias.told.hits, darkBias.told.n], [2, 3]);
  assertEquals(darkBias.darkAsBias.hits, 1);
  assertEquals(darkBias.biasAsDark.hits, 0);
});

Deno.test("score: the median of the seconds is the middle one, or between the middle two", () => {
  const of = (...times: number[]) =>
    score(times.map((seconds) => judged("arc", "arc", { seconds }))).seconds;
  assertEquals(of(5, 1, 3)!.median, 3);
  assertEquals(of(4, 1, 2, 3), { n: 4, median: 2.5, total: 10 });
  assertEquals(of(), null);
});

Deno.test("protocols: types weigh the same; flips count by their own argmax, frames by the verdict", () => {
  const { paper } = score([
    ...Array.from({ length: 3 }, () => judged("arc", "arc")),
    judged("flat", "unknown", { votes: { flat: 2, arc: 2 } }),
  ]);
  assertEquals(paper.flips.normalised.mean, (1 + 0.5) / 2);
  assertEquals(paper.flips.accuracy, 14 / 16);
  assertEquals(paper.frames.normalised.mean, 0.5);
  assertEquals(paper.frames.accuracy, 3 / 4);
  const { labels, called, counts, differential } = paper.flips.confusion;
  assertEquals(labels, ["arc", "flat"]);
  assertEquals(called.slice(2, 4), ["arc", "flat"]);
  assertEquals(counts[1]!.slice(2, 4), [2, 2]);
  assertEquals(differential[0], [0, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(differential[1]!.slice(2, 4), [0.5, -0.5]);
});

Deno.test("protocols: a file that cannot be read is four flips that are not right", () => {
  const { paper } = score([judged("arc", "arc"), judged("arc", null)]);
  assertEquals([paper.flips.counted, paper.flips.accuracy], [8, 0.5]);
});

Deno.test("protocols: rows of the matrix sum to the frames, of the differential one to nothing", () => {
  const all = FRAME_TYPES.flatMap((label, k) =>
    FRAME_TYPES.slice(0, k + 1).map((type) => judged(label, type))
  );
  const { counts, differential } = score(all).paper.frames.confusion;
  counts.forEach((row, k) => {
    assertEquals(row.reduce((a, b) => a + b), k + 1);
    assertAlmostEquals(differential[k]!.reduce((a, b) => a + b), 0, 1e-12);
  });
});

Deno.test("wilson: the closed form agrees with the definition", () => {
  for (const [hits, n] of [[0, 10], [10, 10], [3, 17], [618, 626]] as const) {
    for (const limit of wilson(hits, n)) {
      // At a limit p, |hits/n - p| is z standard deviations of a proportion p.
      const deviation = Math.abs(hits / n - limit);
      assertAlmostEquals(
        deviation,
        1.96 * Math.sqrt(limit * (1 - limit) / n),
        1e-9,
      );
    }
  }
});

Deno.test("meanShare: of one share its own interval, of many alike one narrower by the root", () => {
  const one = shareOf(7, 10);
  const [low, high] = meanShare([one]).interval;
  assertAlmostEquals(low, one.interval[0], 1e-12);
  assertAlmostEquals(high, one.interval[1], 1e-12);
  const four = meanShare([one, one, one, one]);
  assertAlmostEquals(four.mean! - four.interval[0], (0.7 - low) / 2, 1e-12);
  assertEquals(meanShare([]).mean, null);
});
