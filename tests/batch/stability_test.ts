import { assert, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { createStabilityTracker } from "../../lib/batch/stability.ts";
import type { FileVersion } from "../../lib/io/file_version.ts";

function files(...entries: [path: string, size: number, modified?: number][]) {
  return new Map<string, FileVersion>(
    entries.map(([path, size, modified = 0]) => [path, { size, modified }]),
  );
}

Deno.test("a file whose modification time changes is not stable", () => {
  const tracker = createStabilityTracker(1000);
  tracker.update(0, files(["a", 10, 0]));
  assertEquals(tracker.update(1000, files(["a", 10, 500])), []);
  assertEquals(tracker.update(1999, files(["a", 10, 500])), []);
  assertEquals(tracker.update(2000, files(["a", 10, 500])).length, 1);
});

Deno.test("a file that grows or is replaced is returned again", () => {
  const tracker = createStabilityTracker(1000);
  const sizes = [10, 10, 20, 20, 20, 10, 10];
  const returned = sizes.map((size, k) =>
    tracker.update(k * 1000, files(["a", size])).map((file) => file.size)
  );
  assertEquals(returned, [[], [10], [], [20], [], [], [10]]);
});

Deno.test("the oldest file comes first, and one that disappears before it is stable starts again", () => {
  const tracker = createStabilityTracker(1000);
  tracker.update(0, files(["a", 1, 30], ["b", 1, 20], ["c", 1, 10]));
  tracker.update(500, files(["a", 1, 30], ["b", 1, 20]));
  const returned = tracker.update(
    1000,
    files(["a", 1, 30], ["b", 1, 20], ["c", 1, 10]),
  );
  assertEquals(returned.map(({ path }) => path), ["b", "a"]);
  assertEquals(tracker.nextDue(), 2000);
});

Deno.test("files of a folder that disappears for a while are returned once", () => {
  const tracker = createStabilityTracker(0);
  const there = files(["a", 1], ["b", 1]);
  tracker.update(0, there);
  assertEquals(tracker.update(1, there).length, 2);
  tracker.update(2, files());
  assertEquals([tracker.update(3, there), tracker.update(4, there)], [[], []]);
});

Deno.test("a skipped file is returned only when it changes", () => {
  const tracker = createStabilityTracker(100);
  tracker.skip(files(["a", 1], ["b", 1]));
  assertEquals(tracker.nextDue(), Infinity);
  tracker.update(0, files(["a", 1], ["b", 2]));
  assertEquals(
    tracker.update(100, files(["a", 1], ["b", 2])).map(({ path }) => path),
    ["b"],
  );
});

Deno.test("for any sequence of writes, files are returned when stable, and each last version once", () => {
  const step = fc.record({
    after: fc.integer({ min: 1, max: 700 }),
    path: fc.constantFrom("a", "b", "c"),
    size: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const quiet = 1000;
    const tracker = createStabilityTracker(quiet);
    const disk = new Map<string, FileVersion>();
    const written = new Map<string, number>();
    const last = new Map<string, FileVersion>();
    let now = 0;
    const update = () => {
      for (const { path, size, modified } of tracker.update(now, disk)) {
        assertEquals({ size, modified }, disk.get(path));
        assert(now - written.get(path)! >= quiet);
        assert(last.get(path)?.modified !== modified, "returned twice");
        last.set(path, { size, modified });
      }
    };
    for (const { after, path, size } of steps) {
      now += after;
      if (size === undefined) disk.delete(path);
      else disk.set(path, { size, modified: now });
      written.set(path, now);
      update();
    }
    for (let k = 0; k < 3; k++) {
      now += quiet;
      update();
    }
    assertEquals(tracker.nextDue(), Infinity);
    for (const [path, version] of disk) assertEquals(last.get(path), version);
  }));
});
