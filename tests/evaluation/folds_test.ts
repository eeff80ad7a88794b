import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../fast_check.ts";
import {
  assignFolds,
  assignGroups,
  getFoldGroup,
} from "../../lib/evaluation/folds.ts";

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

Deno.test("folds: groups stay together and no fold is empty", () => {
  fc.assert(fc.property(
    FRAMES,
    fc.constantFrom("instrument" as const, "night" as const),
    fc.integer({ min: 2, max: 6 }),
    (frames, by, k) => {
      const groups = new Set(frames.map((frame) => getFoldGroup(frame, by)));
      fc.pre(groups.size >= 2);
      const folds = assignFolds(frames, by, k);
      assertEquals(folds.length, frames.length);
      assertEquals(new Set(folds).size, Math.min(k, groups.size));
      for (const group of groups) {
        const own = folds.filter((_, i) =>
          getFoldGroup(frames[i]!, by) === group
        );
        assertEquals(new Set(own).size, 1);
      }
    },
  ));
});

Deno.test("folds: do not depend on the order of the frames", () => {
  fc.assert(fc.property(FRAMES, (frames) => {
    fc.pre(
      new Set(frames.map((frame) => getFoldGroup(frame, "night"))).size >= 2,
    );
    const forward = assignFolds(frames, "night", 3);
    const backward = assignFolds(frames.toReversed(), "night", 3);
    assertEquals(forward, backward.toReversed());
  }));
});

Deno.test("folds: the largest group comes first, each goes to the smallest fold", () => {
  const sizes = new Map([["a", 10], ["b", 7], ["c", 6], ["d", 2]]);
  const folds = assignGroups(sizes, 2);
  assertEquals(folds.get("a"), folds.get("d"));
  assertEquals(folds.get("b"), folds.get("c"));
  assert(folds.get("a") !== folds.get("b"));
});

Deno.test("folds: at most as many as groups; fewer than two are an error", () => {
  const sizes = new Map([["a", 5], ["b", 5], ["c", 1]]);
  assertEquals(new Set(assignGroups(sizes, 99).values()).size, 3);
  assertThrows(() => assignGroups(sizes, 1), RangeError);
});

Deno.test("folds: a duplicate goes to the fold of its first copy", () => {
  const frames = [
    { path: "a.fits", instrument: "kast-red", night: "1" },
    { path: "b.fits", instrument: "kast-red", night: "1" },
    { path: "c.fits", instrument: "sprat", night: "1" },
  ];
  const apart = assignFolds(frames, "instrument", 2);
  assert(apart[0] !== apart[2]);
  const together = assignFolds(
    frames,
    "instrument",
    2,
    new Map([["c.fits", "a.fits"]]),
  );
  assertEquals(together, [apart[0], apart[0], apart[0]]);
});
