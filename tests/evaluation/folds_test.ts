import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { assignFolds, foldGroup, foldsOf } from "../../lib/evaluation/folds.ts";

const FRAMES = fc.array(
  fc.record({
    instrument: fc.constantFrom(
      "kast-red",
      "kast-blue",
      "sprat",
      "dbsp-red",
      "guider-imaging",
    ),
    night: fc.constantFrom("2015-01-01", "2015-01-02", ""),
  }),
  { minLength: 2, maxLength: 60 },
).map((frames) => frames.map((frame, k) => ({ ...frame, path: `${k}.fits` })));

Deno.test("folds: each frame has one, arms and nights stay together, no fold is empty", () => {
  fc.assert(fc.property(
    FRAMES,
    fc.constantFrom("instrument" as const, "night" as const),
    fc.integer({ min: 2, max: 6 }),
    (frames, by, k) => {
      const groups = new Set(frames.map((frame) => foldGroup(frame, by)));
      fc.pre(groups.size >= 2);
      const folds = foldsOf(frames, by, k);
      assertEquals(folds.length, frames.length);
      assertEquals(new Set(folds).size, Math.min(k, groups.size));
      for (const group of groups) {
        const own = folds.filter((_, i) => foldGroup(frames[i]!, by) === group);
        assertEquals(new Set(own).size, 1);
      }
    },
  ));
});

Deno.test("folds: the order of the frames changes nothing", () => {
  fc.assert(fc.property(FRAMES, (frames) => {
    fc.pre(new Set(frames.map((frame) => foldGroup(frame, "night"))).size >= 2);
    const forward = foldsOf(frames, "night", 3);
    const backward = foldsOf(frames.toReversed(), "night", 3);
    assertEquals(forward, backward.toReversed());
  }));
});

Deno.test("folds: the largest first, each to the emptiest fold", () => {
  const sizes = new Map([["a", 10], ["b", 7], ["c", 6], ["d", 2]]);
  const folds = assignFolds(sizes, 2);
  assertEquals(folds.get("a"), folds.get("d"));
  assertEquals(folds.get("b"), folds.get("c"));
  assert(folds.get("a") !== folds.get("b"));
});

Deno.test("folds: as many as spectrographs is leave-one-out", () => {
  const sizes = new Map([["a", 5], ["b", 5], ["c", 1]]);
  assertEquals(new Set(assignFolds(sizes, 99).values()).size, 3);
  assertThrows(() => assignFolds(sizes, 1), RangeError);
});

Deno.test("folds: a frame with the pixels of another goes to its fold", () => {
  const frames = [
    { path: "a.fits", instrument: "kast-red", night: "1" },
    { path: "b.fits", instrument: "kast-red", night: "1" },
    { path: "c.fits", instrument: "sprat", night: "1" },
  ];
  const apart = foldsOf(frames, "instrument", 2);
  assert(apart[0] !== apart[2]);
  const together = foldsOf(
    frames,
    "instrument",
    2,
    new Map([["c.fits", "a.fits"]]),
  );
  assertEquals(together, [apart[0], apart[0], apart[0]]);
});
