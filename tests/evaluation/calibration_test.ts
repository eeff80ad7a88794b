import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import {
  calibrateEqualMass,
  calibrateEqualWidth,
  computeRiskCurve,
  listForecasts,
} from "../../lib/evaluation/calibration.ts";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
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

Deno.test("calibration: every forecast is in one bin, and bins of equal mass differ by one at most without ties", () => {
  fc.assert(fc.property(FORECASTS, (forecasts) => {
    for (
      const { bins, n, error } of [
        calibrateEqualWidth(forecasts),
        calibrateEqualMass(forecasts),
      ]
    ) {
      assertEquals(n, forecasts.length);
      assertEquals(bins.reduce((sum, { correct }) => sum + correct.n, 0), n);
      assert(error === null ? n === 0 : error >= 0 && error <= 1);
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

Deno.test("calibration: only classified frames that have a type are forecasts", () => {
  const forecasts = listForecasts([
    makePrediction("arc", "arc", { probability: 0.8 }),
    makePrediction("standard", "science", { probability: 0.7 }),
    makePrediction("arc", "unknown"),
    makePrediction("arc", null),
    makePrediction("other", "arc"),
  ]);
  assertEquals(forecasts, [{ probability: 0.8, correct: true }, {
    probability: 0.7,
    correct: false,
  }]);
});

Deno.test("risk: a tie, an unknown and an on-sky confusion match a computation by hand", () => {
  const { points, area, areaMerged } = computeRiskCurve([
    makePrediction("arc", "arc", { probability: 0.9 }),
    makePrediction("arc", "flat", { probability: 0.8 }),
    makePrediction("science", "standard", { probability: 0.8 }),
    makePrediction("bias", "bias", { probability: 0.7 }),
    makePrediction("arc", "unknown", { probability: 0.99 }),
  ]);
  assertEquals(
    points.map(({ n, coverage, risk, riskMerged }) => [
      n,
      coverage,
      risk,
      riskMerged,
    ]),
    [[1, 0.2, 0, 0], [3, 0.6, 2 / 3, 1 / 3], [4, 0.8, 0.5, 0.25]],
  );
  assertAlmostEquals(area!, (0 + 2 * 2 / 3 + 0.5) / 4);
  assertAlmostEquals(areaMerged!, (0 + 2 / 3 + 0.25) / 4);
});

Deno.test("risk: coverage grows as the probability falls, up to the classified frames", () => {
  const one = fc.record({
    label: fc.constantFrom(...FRAME_TYPES),
    type: fc.constantFrom(...FRAME_TYPES, "unknown" as const, null),
    probability: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(one), (frames) => {
    const { points, area, areaMerged } = computeRiskCurve(
      frames.map(({ label, type, probability }) =>
        makePrediction(label, type, { probability })
      ),
    );
    points.forEach((point, k) => {
      assert(point.riskMerged <= point.risk && point.risk <= 1);
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
    assert(area === null || areaMerged! <= area && area <= 1);
  }));
});
