import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  IMPOSTOR_KINDS,
  JUDGING_KINDS,
  simulateImpostor,
  TRAINING_KINDS,
} from "../../../lib/simulate/impostor/simulate_impostor.ts";

Deno.test("impostors: the same seed and kind, the same frame; another seed, another", () => {
  for (const kind of IMPOSTOR_KINDS) {
    const { plane } = simulateImpostor({ seed: 11, kind });
    assertEquals(plane, simulateImpostor({ seed: 11, kind }).plane, kind);
    const other = simulateImpostor({ seed: 12, kind }).plane;
    assertNotEquals(
      [plane.width, plane.height],
      [other.width, other.height],
      kind,
    );
    assertEquals(plane.pixels.length, plane.width * plane.height, kind);
  }
});

Deno.test("impostors: no kind that judges is trained on", () => {
  const judging: readonly string[] = JUDGING_KINDS;
  assert(TRAINING_KINDS.every((kind) => !judging.includes(kind)));
  assertEquals(
    new Set(IMPOSTOR_KINDS).size,
    TRAINING_KINDS.length + JUDGING_KINDS.length,
  );
});

Deno.test("impostors: a saturated read-out is at its ceiling, a blank one has one level", () => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const full = simulateImpostor({ seed, kind: "saturated" }).plane.pixels;
    const ceiling = full.reduce((a, b) => Math.max(a, b), 0);
    const atCeiling = full.filter((v) => v === ceiling).length / full.length;
    assert(atCeiling > 0.5, `seed ${seed}: ${atCeiling}`);
    const { pixels } = simulateImpostor({ seed, kind: "blank" }).plane;
    const level = pixels.toSorted()[pixels.length >> 1]!;
    const near = pixels.filter((v) => Math.abs(v - level) <= 1).length;
    assert(near > 0.7 * pixels.length, `seed ${seed}: ${near}`);
  }
});
