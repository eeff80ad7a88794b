import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import type { Prediction } from "../../lib/evaluation/predictions.ts";
import { computeScore } from "../../lib/evaluation/score.ts";
import {
  averageProportions,
  computeProportion,
  computeWilsonInterval,
  poolProportions,
} from "../../lib/evaluation/proportion.ts";
import { makeRandom } from "../../lib/simulate/random.ts";
import { makePrediction } from "./predictions.ts";

const scoreAnswers = (predictions: readonly Prediction[]) =>
  computeScore(predictions).answer;
const scorePixels = (predictions: readonly Prediction[]) =>
  computeScore(predictions).pixels;

Deno.test("score: counts correct, on-sky confusion, wrong, unknown and unreadable frames", () => {
  const { answer: { all }, failures } = computeScore([
    makePrediction("arc", "arc"),
    makePrediction("arc", "flat"),
    makePrediction("arc", "unknown"),
    makePrediction("arc", null),
    makePrediction("standard", "science"),
    makePrediction("science", "standard", { confidence: "medium" }),
  ]);
  const counts = [all.correct, all.wrong, all.onSky, all.unknown, all.errors]
    .map(({ count }) => count);
  assertEquals(counts, [1, 3, 2, 1, 1]);
  assertEquals(all.correctMerged.count, 3);
  assertEquals(all.correctMergedIfUnsure.count, 2);
  assertEquals(failures.length, 5);
});

Deno.test("score: means over instruments have equal weights, also for large instruments and labels of high confidence", () => {
  const { instrumentMeans } = scoreAnswers([
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
    instrumentMeans.all.wrong.mean!,
    (1 / 6 + 1 + 0) / 3,
  );
});

Deno.test("score: types are in their order, nights are named after their instrument", () => {
  const { byType, byNight } = scoreAnswers([
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

Deno.test("score: frames labelled other are counted apart, and rejected when they are unknown or not to be used", () => {
  const { answer, failures } = computeScore([
    makePrediction("other", "unknown", { reason: "out_of_distribution" }),
    makePrediction("other", "unknown"),
    makePrediction("other", "flat"),
    makePrediction("other", "science", { use: false }),
    makePrediction("other", null),
    makePrediction("arc", "unknown", { reason: "out_of_distribution" }),
  ]);
  assertEquals(answer.all.n, 1);
  const { rejected, ...rest } = answer.other;
  assertEquals([rejected.count, rejected.n], [3, 5]);
  assertEquals(rest, {
    unknown: 2,
    unused: { science: 1 },
    used: { flat: 1 },
    errors: 1,
  });
  assertEquals(answer.reasons, [
    { reason: "out_of_distribution", typed: 1, other: 1 },
    { reason: "none", typed: 0, other: 1 },
  ]);
  assertEquals(
    failures.map(({ verdict }) => verdict.type),
    ["flat", null, "unknown"],
  );
});

Deno.test("score: the answer and the pixel verdict are scored side by side", () => {
  const { answer, pixels } = computeScore([
    makePrediction("dark", "dark", { pixels: { type: "bias" } }),
    makePrediction("science", "science", { pixels: { type: "standard" } }),
    makePrediction("arc", "arc", { pixels: { type: "unknown" } }),
    makePrediction("arc", "unknown", { pixels: { type: "arc" } }),
    makePrediction("other", "arc", { use: false }),
  ]);
  assertEquals([answer.all.correct.count, pixels.all.correct.count], [3, 1]);
  assertEquals([answer.all.wrong.count, pixels.all.wrong.count], [0, 2]);
  assertEquals([answer.all.unknown.count, pixels.all.unknown.count], [1, 1]);
  assertEquals(
    pixels.byType.map(({ name, correct }) => [name, correct.count]),
    [
      ["dark", 0],
      ["arc", 1],
      ["science", 0],
    ],
  );
  assertEquals(
    [answer.other.rejected.count, pixels.other.rejected.count],
    [1, 0],
  );
  assertEquals(answer.confusion.counts.flat().filter((n) => n > 0), [
    1,
    1,
    1,
    1,
  ]);
});

Deno.test("score: counts what is to be used, and what decided", () => {
  const { answer } = computeScore([
    makePrediction("arc", "arc"),
    makePrediction("arc", "arc", { use: false, decided_by: ["header"] }),
    makePrediction("science", "standard", { decided_by: ["target"] }),
    makePrediction("flat", "arc", { use: false, agreement: "conflict" }),
    makePrediction("flat", "unknown"),
    makePrediction("flat", null),
  ]);
  const { correctAndUsed, wrongAndUsed, unused } = answer.all;
  assertEquals(
    [correctAndUsed.count, wrongAndUsed.count, unused.count],
    [1, 1, 3],
  );
  assertEquals(
    answer.byEvidence.map(({ name, n, correct, wrongAndUsed }) => [
      name,
      n,
      correct.count,
      wrongAndUsed.count,
    ]),
    [["pixels", 2, 1, 0], ["header", 1, 1, 0], ["target", 1, 0, 1]],
  );
});

Deno.test("score: darks and biases, among all of them and among those called either", () => {
  const { darkBias } = scoreAnswers([
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

Deno.test("protocols: types have equal weights; flips count by their votes, frames by the pixel verdict", () => {
  const { paper } = scorePixels([
    ...Array.from({ length: 3 }, () => makePrediction("arc", "arc")),
    makePrediction("flat", "flat", {
      pixels: { type: "unknown", votes: { flat: 2, arc: 2 } },
    }),
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
  const { paper } = scorePixels([
    makePrediction("arc", "arc"),
    makePrediction("arc", null),
  ]);
  assertEquals([paper.flips.n, paper.flips.accuracy], [8, 0.5]);
});

Deno.test("protocols: rows of the matrix sum to the frames, rows of the differential one to zero", () => {
  const all = FRAME_TYPES.flatMap((label, k) =>
    FRAME_TYPES.slice(0, k + 1).map((type) => makePrediction(label, type))
  );
  const { counts, differential } = scorePixels(all).paper.frames.confusion;
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

Deno.test("poolProportions: equal groups give nearly Wilson's interval, uneven ones a wider one", () => {
  const pool = (counts: readonly number[]) =>
    poolProportions(counts.map((count) => computeProportion(count, 10)))!;
  const equal = pool(Array(40).fill(8));
  const [low, high] = computeWilsonInterval(320, 400);
  assertEquals([equal.count, equal.n, equal.groups], [320, 400, 40]);
  assertAlmostEquals(equal.interval[0], low, 0.005);
  assertAlmostEquals(equal.interval[1], high, 0.005);
  // Groups that are right or wrong as a whole say as much as one frame each.
  const whole = pool([...Array(32).fill(10), ...Array(8).fill(0)]);
  const [lowest, highest] = computeWilsonInterval(32, 40);
  assertAlmostEquals(whole.interval[0], lowest, 0.02);
  assertAlmostEquals(whole.interval[1], highest, 0.02);
});

Deno.test("poolProportions: no interval of fewer than five groups; none of 100 % is a point", () => {
  const right = computeProportion(10, 10);
  const nothing = computeProportion(0, 0);
  assertEquals(poolProportions([right, right, right, right, nothing]), null);
  const { fraction, interval } = poolProportions(Array(5).fill(right))!;
  assertEquals(fraction, 1);
  assert(interval[0] > 0.3 && interval[0] < 0.7);
  assertAlmostEquals(interval[1], 1);
});

Deno.test("poolProportions: the interval contains the true accuracy in about 95 % of samples", () => {
  const random = makeRandom(11);
  const samples = 400;
  let pooled = 0, independent = 0;
  for (let sample = 0; sample < samples; sample++) {
    // Cameras of 1 to 30 frames; one in five has an accuracy of 40 %, the others of 95 %.
    const groups = Array.from({ length: 26 }, () => {
      const accuracy = random.chance(0.2) ? 0.4 : 0.95;
      const n = random.integer(1, 30);
      let count = 0;
      for (let k = 0; k < n; k++) if (random.chance(accuracy)) count++;
      return computeProportion(count, n);
    });
    const contains = ([low, high]: readonly [number, number]) =>
      low <= 0.84 && 0.84 <= high;
    const whole = poolProportions(groups)!;
    if (contains(whole.interval)) pooled++;
    if (contains(computeWilsonInterval(whole.count, whole.n))) independent++;
  }
  assert(pooled / samples > 0.9 && pooled / samples < 0.99, `${pooled}`);
  assert(independent / samples < 0.75, `${independent}`);
});
