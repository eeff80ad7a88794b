import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  calibrateEqualMass,
  calibrateEqualWidth,
  computeRiskCurve,
  listForecasts,
} from "../../lib/evaluation/calibration.ts";
import {
  getAnswer,
  getPixelVerdict,
} from "../../lib/evaluation/predictions.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { makeRandom, type Random } from "../../lib/simulate/random.ts";
import { makePrediction } from "./predictions.ts";

const FORECASTS = fc.array(fc.record({
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  correct: fc.boolean(),
}));

/** Groups of forecasts whose probability is exactly their accuracy. */
const CALIBRATED = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 })),
  { minLength: 1, maxLength: 8 },
).map((pairs) =>
  pairs.flatMap(([n, k]) => {
    const count = k % (n + 1);
    return Array.from({ length: n }, (_, i) => ({
      probability: count / n,
      correct: i < count,
    }));
  })
);

Deno.test("calibration: the error is 0 when each probability equals its accuracy", () => {
  fc.assert(fc.property(CALIBRATED, (forecasts) => {
    assertAlmostEquals(calibrateEqualWidth(forecasts).error!, 0, 1e-9);
    assertAlmostEquals(calibrateEqualMass(forecasts).error!, 0, 1e-9);
  }));
});

Deno.test("calibration: the error is 1 when certain forecasts are always wrong", () => {
  const forecasts = [1, 2, 3].map(() => ({ probability: 1, correct: false }));
  assertEquals([
    calibrateEqualWidth(forecasts).error,
    calibrateEqualMass(forecasts).error,
  ], [1, 1]);
});

Deno.test("calibration: two bins match a computation by hand", () => {
  const forecasts = [[0.62, true], [0.68, false], [0.9, true], [1, true]]
    .map(([probability, right]) => ({
      probability: probability as number,
      correct: right as boolean,
    }));
  // |1 - 1.30| of the sixties and |2 - 1.90| of the nineties, over four.
  assertAlmostEquals(calibrateEqualWidth(forecasts).error!, 0.4 / 4);
  assertEquals(
    calibrateEqualWidth(forecasts).bins.map(({ correct }) => correct.n),
    [
      ...[0, 0, 0, 0, 0, 0],
      ...[2, 0, 0, 2],
    ],
  );
});

/** Certain enough for a few wrong frames in a bin, or uncertain enough for hundreds. */
const PROBABILITIES = {
  "300 verdicts": {
    count: 300,
    draw: (random: Random) => 1 - random.uniform(0, 0.5) ** 3,
  },
  "4000 guesses": {
    count: 4000,
    draw: (random: Random) => random.uniform(0.2, 1),
  },
};

for (const [name, { count, draw }] of Object.entries(PROBABILITIES)) {
  Deno.test(`calibration: the error by chance is that of ${name} drawn right with their probabilities`, () => {
    const random = makeRandom(7);
    const probabilities = Array.from({ length: count }, () => draw(random));
    const calibrate = () =>
      calibrateEqualWidth(
        probabilities.map((probability) => ({
          probability,
          correct: random.chance(probability),
        })),
      );
    const draws = Array.from({ length: 1000 }, calibrate);
    const { mean, limit } = draws[0]!.chance!;
    const errors = draws.map(({ error }) => error!);
    const average = errors.reduce((sum, one) => sum + one) / draws.length;
    // The means of a thousand scatter by 1 % of the error.
    assertAlmostEquals(average / mean, 1, 0.04);
    const below = errors.filter((error) => error < limit).length;
    assert(below > 930 && below < 970, `${below}`);
  });
}

Deno.test("calibration: the error by chance of one forecast is known", () => {
  const { chance } = calibrateEqualMass([{ probability: 0.9, correct: true }]);
  // Off by 0.1 with probability 0.9, and by 0.9 with probability 0.1.
  assertAlmostEquals(chance!.mean, 0.18, 1e-12);
  assertEquals(calibrateEqualMass([]).chance, null);
});

Deno.test("calibration: every forecast is in one bin, and bins of equal mass differ by one at most without ties", () => {
  fc.assert(fc.property(FORECASTS, (forecasts) => {
    for (
      const { bins, n, error, chance } of [
        calibrateEqualWidth(forecasts),
        calibrateEqualMass(forecasts),
      ]
    ) {
      assertEquals(n, forecasts.length);
      assertEquals(bins.reduce((sum, { correct }) => sum + correct.n, 0), n);
      assert(error === null ? n === 0 : error >= 0 && error <= 1);
      assert(chance === null ? n === 0 : chance.limit >= chance.mean);
    }
    const distinct = new Set(forecasts.map(({ probability }) => probability));
    if (distinct.size < forecasts.length) return;
    const sizes = calibrateEqualMass(forecasts).bins.map(({ correct }) =>
      correct.n
    );
    if (sizes.length > 1) {
      assert(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }
  }));
});

Deno.test("calibration: only frames that have a type and got one with a probability are forecasts", () => {
  const predictions = [
    makePrediction("arc", "arc", {
      probability: 0.8,
      pixels: { type: "flat", probability: 0.6 },
    }),
    makePrediction("standard", "science", { probability: 0.7 }),
    makePrediction("arc", "unknown", { pixels: { probability: 0.9 } }),
    makePrediction("arc", null),
    makePrediction("other", "arc"),
    makePrediction("arc", "arc", { probability: null, decided_by: ["label"] }),
  ];
  assertEquals(listForecasts(predictions.map(getAnswer)), [
    { probability: 0.8, correct: true },
    { probability: 0.7, correct: false },
  ]);
  assertEquals(listForecasts(predictions.slice(0, 4).map(getPixelVerdict)), [
    { probability: 0.6, correct: false },
    { probability: 0.7, correct: false },
  ]);
});

Deno.test("risk: a tie and an unknown match a computation by hand", () => {
  const { points, area } = computeRiskCurve([
    makePrediction("arc", "arc", { probability: 0.9 }),
    makePrediction("arc", "flat", { probability: 0.8 }),
    makePrediction("science", "standard", { probability: 0.8 }),
    makePrediction("bias", "bias", { probability: 0.7 }),
    makePrediction("arc", "unknown"),
  ].map(getAnswer));
  assertEquals(
    points.map(({ n, coverage, risk }) => [n, coverage, risk]),
    [[1, 0.2, 0], [3, 0.6, 2 / 3], [4, 0.8, 0.5]],
  );
  assertAlmostEquals(area!, (0 + 2 * 2 / 3 + 0.5) / 4);
});

Deno.test("risk: coverage grows as the probability falls, up to the classified frames", () => {
  const one = fc.record({
    label: fc.constantFrom(...FRAME_TYPES),
    type: fc.constantFrom(...FRAME_TYPES, "unknown" as const, null),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(one), (frames) => {
    const { points, area } = computeRiskCurve(
      frames.map(({ label, type, probability }) =>
        getAnswer(makePrediction(
          label,
          type,
          type === "unknown" ? {} : { probability },
        ))
      ),
    );
    points.forEach((point, k) => {
      assert(point.risk >= 0 && point.risk <= 1);
      const next = points[k + 1];
      if (next === undefined) return;
      assert(next.coverage > point.coverage);
      assert(next.probability < point.probability);
    });
    const classified = frames.filter(({ type }) =>
      type !== null && type !== "unknown"
    );
    assertEquals(points.at(-1)?.n ?? 0, classified.length);
    assertEquals(area === null, classified.length === 0);
    assert(area === null || area >= 0 && area <= 1);
  }));
});
