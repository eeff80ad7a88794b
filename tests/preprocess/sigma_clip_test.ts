import { assert, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { sigmaClip } from "../../lib/preprocess/sigma_clip.ts";
import { planeBy, planes } from "./planes.ts";

/** Raw-like columns: a level, a few values far from it, a few not finite. */
const values = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 990, max: 1010 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 65535 }) },
  { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
);

Deno.test("the surviving values equal those of a clip with masks", () => {
  fc.assert(fc.property(planes(values, 45), (plane) => {
    const { low, high } = sigmaClip(plane);
    for (let column = 0; column < plane.width; column++) {
      const given = columnOf(plane.pixels, plane.width, column);
      const kept = given.filter((v) => v >= low[column]! && v <= high[column]!);
      assertEquals(kept, clipByMask(given));
    }
  }));
});

Deno.test("a cosmic ray is rejected, its neighbours survive", () => {
  const plane = planeBy(
    3,
    50,
    (row, column) => row === 20 && column === 1 ? 30000 : 1000 + row % 5,
  );
  const { low, high } = sigmaClip(plane);
  assert(high[1]! < 30000);
  for (const column of [0, 1, 2]) {
    assert(low[column]! <= 1000 && high[column]! >= 1004);
  }
});

Deno.test("the clip stops after five rounds", () => {
  // Each round rejects only the farthest value: the next one is 10 times nearer.
  const plane = planeBy(1, 40, (row) => row < 30 ? row % 2 : 10 ** (row - 28));
  const { high } = sigmaClip(plane);
  const kept = Array.from(plane.pixels).filter((v) => v <= high[0]!);
  assertEquals(kept.length, 35);
});

Deno.test("a column without finite values keeps nothing, single values survive", () => {
  const plane = planeBy(
    3,
    4,
    (row, column) => [NaN, Infinity, row === 2 ? 5 : NaN][column]!,
  );
  const { low, high } = sigmaClip(plane);
  assertEquals(Array.from(low), [Infinity, Infinity, 5]);
  assertEquals(Array.from(high), [-Infinity, -Infinity, 5]);
});

function columnOf(
  pixels: ArrayLike<number>,
  width: number,
  column: number,
): number[] {
  return Array.from(pixels).filter((_, k) => k % width === column);
}

/** A direct implementation of astropy's sigma_clip about the median. */
function clipByMask(given: readonly number[]): number[] {
  let kept = given.filter(Number.isFinite);
  for (let round = 0; round < 5; round++) {
    const sorted = kept.toSorted((a, b) => a - b);
    const n = sorted.length;
    const centre = (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2;
    const mean = kept.reduce((a, b) => a + b, 0) / n;
    const variance = kept.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
    const reach = 3 * Math.sqrt(variance);
    kept = kept.filter((v) => v >= centre - reach && v <= centre + reach);
  }
  return kept;
}
