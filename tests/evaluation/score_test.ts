import { assertAlmostEquals, assertEquals } from "@std/assert";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { computeScore } from "../../lib/evaluation/score.ts";
import {
  averageProportions,
  computeProportion,
  computeWilsonInterval,
} from "../../lib/evaluation/proportion.ts";
import { makePrediction } from "./predictions.ts";

Deno.test("score: counts correct, on-sky confusion, wrong, unknown and unreadable frames", () => {
  const { all, failures } = computeScore([
    makePrediction("arc", "arc"),
    makePrediction("arc", "flat"),
    makePrediction("arc", "unknown"),
    makePrediction("arc", null),
    makePrediction("standard", "science"),
    makePrediction("science", "standard", { confidence: "medium" }),
  ]);
  const counts = [all.correct, all.onSky, all.wrong, all.unknown, all.errors]
    .map(({ count }) => count);
  assertEquals(counts, [1, 2, 1, 1, 1]);
  assertEquals(all.correctMerged.count, 3);
  assertEquals(all.correctMergedIfUnsure.count, 2);
  assertEquals(failures.length, 5);
});

Deno.test("score: means over instruments have equal weights, also for large instruments and labels of high confidence", () => {
  const { instrumentMeans } = computeScore([
    ...Array.from(
      { length: 5 },
      () => makePrediction("arc", "arc", { instrument: "a" }),
    ),
    makePrediction("arc", "flat", { instrument: "a", confidence: "low" }),
    makePrediction("arc", "flat", { instrument: "b" }),
    makePrediction("arc", "arc", { instrument: "c", confidence: "low" }),
  ]);
  assertAlmostEquals(instrumentMeans.all.correct.mean!, (5 / 6 + 0 + 1) / 3);
  assertEquals(instrumentMeans.all.correct.groups, 3);
  assertEquals(instrumentMeans.highConfidence.correct.mean, 0.5);
  assertAlmostEquals(instrumentMeans.large.correct.mean!, 5 / 6);
  assertEquals(instrumentMeans.largeHighConfidence.correct.mean, 1);
  assertAlmostEquals(
    instrumentMeans.all.misclassified.mean!,
    (1 / 6 + 1 + 0) / 3,
  );
});

Deno.test("score: types are in their order, nights are named after their instrument", () => {
  const { byType, byNight } = computeScore([
    makePrediction("science", "science", { night: "2016-01-02" }),
    makePrediction("bias", "bias", { night: "" }),
    makePrediction("bias", "dark", { instrument: "" }),
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

Deno.test("score: frames labelled other are counted apart and must be unknown", () => {
  const { all, other, failures } = computeScore([
    makePrediction("other", "unknown", { reason: "flips_disagree" }),
    makePrediction("other", "unknown"),
    makePrediction("other", "flat"),
    makePrediction("other", null),
  ]);
  assertEquals(all.n, 0);
  assertEquals([other.rejected.count, other.rejected.n], [2, 4]);
  assertEquals(other.reasons, { none: 1, "flips_disagree": 1 });
  assertEquals(other.classifiedAs, { flat: 1 });
  assertEquals(other.errors, 1);
  assertEquals(failures.length, 2);
});

Deno.test("score: darks and biases, among all of them and among those called either", () => {
  const { darkBias } = computeScore([
    makePrediction("dark", "dark"),
    makePrediction("dark", "bias"),
    makePrediction("dark", "flat"),
    makePrediction("bias", "bias"),
  ]);
  assertEquals([darkBias.correct.count, darkBias.correct.n], [2, 4]);
  assertEquals([
    darkBias.correctAmongEither.count,
    darkBias.correctAmongEither.n,
  ], [2, 3]);
  assertEquals(darkBias.darkAsBias.count, 1);
  assertEquals(darkBias.biasAsDark.count, 0);
});

Deno.test("score: median of the seconds, of odd and even counts", () => {
  const of = (...times: number[]) =>
    computeScore(
      times.map((seconds) => makePrediction("arc", "arc", { seconds })),
    )
      .seconds;
  assertEquals(of(5, 1, 3)!.median, 3);
  assertEquals(of(4, 1, 2, 3), { n: 4, median: 2.5, total: 10 });
  assertEquals(of(), null);
});

Deno.test("protocols: types have equal weights; flips count by their votes, frames by the verdict", () => {
  const { paper } = computeScore([
    ...Array.from({ length: 3 }, () => makePrediction("arc", "arc")),
    makePrediction("flat", "unknown", { votes: { flat: 2, arc: 2 } }),
  ]);
  assertEquals(paper.flips.normalisedAccuracy.mean, (1 + 0.5) / 2);
  assertEquals(paper.flips.accuracy, 14 / 16);
  assertEquals(paper.frames.normalisedAccuracy.mean, 0.5);
  assertEquals(paper.frames.accuracy, 3 / 4);
  const { labels, predicted, counts, differential } = paper.flips.confusion;
  assertEquals(labels, ["arc", "flat"]);
  assertEquals(predicted.slice(2, 4), ["arc", "flat"]);
  assertEquals(counts[1]!.slice(2, 4), [2, 2]);
  assertEquals(differential[0], [0, 0, 0, 0, 0, 0, 0, 0]);
  assertEquals(differential[1]!.slice(2, 4), [0.5, -0.5]);
});

Deno.test("protocols: an unreadable file counts as four wrong flips", () => {
  const { paper } = computeScore([
    makePrediction("arc", "arc"),
    makePrediction("arc", null),
  ]);
  assertEquals([paper.flips.n, paper.flips.accuracy], [8, 0.5]);
});

Deno.test("protocols: rows of the matrix sum to the frames, rows of the differential one to zero", () => {
  const all = FRAME_TYPES.flatMap((label, k) =>
    FRAME_TYPES.slice(0, k + 1).map((type) => makePrediction(label, type))
  );
  const { counts, differential } = computeScore(all).paper.frames.confusion;
  counts.forEach((row, k) => {
    assertEquals(row.reduce((a, b) => a + b), k + 1);
    assertAlmostEquals(differential[k]!.reduce((a, b) => a + b), 0, 1e-12);
  });
});

Deno.test("computeWilsonInterval: the closed form agrees with the definition", () => {
  for (const [hits, n] of [[0, 10], [10, 10], [3, 17], [618, 626]] as const) {
    for (const limit of computeWilsonInterval(hits, n)) {
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

Deno.test("averageProportions: the interval shrinks with the root of the number of equal proportions", () => {
  const one = computeProportion(7, 10);
  const [low, high] = averageProportions([one]).interval;
  assertAlmostEquals(low, one.interval[0], 1e-12);
  assertAlmostEquals(high, one.interval[1], 1e-12);
  const four = averageProportions([one, one, one, one]);
  assertAlmostEquals(four.mean! - four.interval[0], (0.7 - low) / 2, 1e-12);
  assertEquals(averageProportions([]).mean, null);
});
