import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { riskCurve } from "../../lib/evaluation/risk.ts";
import { judged } from "./judged.ts";

Deno.test("risk: by hand, with a tie, an unknown and an on-sky confusion", () => {
  const { points, area, areaAsOne } = riskCurve([
    judged("arc", "arc", { sure: 0.9 }),
    judged("arc", "flat", { sure: 0.8 }),
    judged("science", "standard", { sure: 0.8 }),
    judged("bias", "bias", { sure: 0.7 }),
    judged("arc", "unknown", { sure: 0.99 }),
  ]);
  assertEquals(
    points.map(({ n, coverage, risk, riskAsOne }) => [
      n,
      coverage,
      risk,
      riskAsOne,
    ]),
    [[1, 0.2, 0, 0], [3, 0.6, 2 / 3, 1 / 3], [4, 0.8, 0.5, 0.25]],
  );
  assertAlmostEquals(area!, (0 + 2 * 2 / 3 + 0.5) / 4);
  assertAlmostEquals(areaAsOne!, (0 + 2 / 3 + 0.25) / 4);
});

Deno.test("risk: coverage grows as probability falls, to the share that got a type", () => {
  const one = fc.record({
    label: fc.constantFrom(...FRAME_TYPES),
    type: fc.constantFrom(...FRAME_TYPES, "unknown" as const, null),
    sure: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(fc.property(fc.array(one), (frames) => {
    const { points, area, areaAsOne } = riskCurve(
      frames.map(({ label, type, sure }) => judged(label, type, { sure })),
    );
    points.forEach((point, k) => {
      assert(point.riskAsOne <= point.risk && point.risk <= 1);
      const next = points[k + 1];
      if (next === undefined) return;
      assert(next.coverage > point.coverage);
      assert(next.probability < point.probability);
    });
    const typed = frames.filter(({ type }) =>
      type !== null && type !== "unknown"
    );
    assertEquals(points.at(-1)?.n ?? 0, typed.length);
    assertEquals(area === null, typed.length === 0);
    assert(area === null || areaAsOne! <= area && area <= 1);
  }));
});
