import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  betsOf,
  equalMass,
  equalWidth,
} from "../../lib/evaluation/calibration.ts";
import { judged } from "./judged.ts";

const BETS = fc.array(fc.record({
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  right: fc.boolean(),
}));

/** As many bets of a probability as make its promise come true exactly. */
const KEPT = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 })),
  { minLength: 1, maxLength: 8 },
).map((pairs) =>
  pairs.flatMap(([n, k]) => {
    const hits = k % (n + 1);
    return Array.from({ length: n }, (_, i) => ({
      probability: hits / n,
      right: i < hits,
    }));
  })
);

Deno.test("calibration: no error where each probability keeps its promise", () => {
  fc.assert(fc.property(KEPT, (bets) => {
    assertAlmostEquals(equalWidth(bets).error!, 0, 1e-9);
    assertAlmostEquals(equalMass(bets).error!, 0, 1e-9);
  }));
});

Deno.test("calibration: certainty that is always wrong is an error of 1", () => {
  const bets = [1, 2, 3].map(() => ({ probability: 1, right: false }));
  assertEquals([equalWidth(bets).error, equalMass(bets).error], [1, 1]);
});

Deno.test("calibration: by hand, two bins", () => {
  const bets = [[0.62, true], [0.68, false], [0.9, true], [1, true]]
    .map(([probability, right]) => ({
      probability: probability as number,
      right: right as boolean,
    }));
  // |1 - 1.30| of the sixties and |2 - 1.90| of the nineties, over four.
  assertAlmostEquals(equalWidth(bets).error!, 0.4 / 4);
  assertEquals(equalWidth(bets).bins.map(({ right }) => right.n), [
    ...[0, 0, 0, 0, 0, 0],
    ...[2, 0, 0, 2],
  ]);
});

Deno.test("calibration: every bet is in one bin, equal masses differ by one but for ties", () => {
  fc.assert(fc.property(BETS, (bets) => {
    for (const { bins, n, error } of [equalWidth(bets), equalMass(bets)]) {
      assertEquals(n, bets.length);
      assertEquals(bins.reduce((sum, { right }) => sum + right.n, 0), n);
      assert(error === null ? n === 0 : error >= 0 && error <= 1);
    }
    const distinct = new Set(bets.map(({ probability }) => probability));
    if (distinct.size < bets.length) return;
    const sizes = equalMass(bets).bins.map(({ right }) => right.n);
    if (sizes.length > 1) {
      assert(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }
  }));
});

Deno.test("calibration: only typed frames bet", () => {
  const bets = betsOf([
    judged("arc", "arc", { sure: 0.8 }),
    judged("standard", "science", { sure: 0.7 }),
    judged("arc", "unknown"),
    judged("arc", null),
    judged("other", "arc"),
  ]);
  assertEquals(bets, [{ probability: 0.8, right: true }, {
    probability: 0.7,
    right: false,
  }]);
});
