import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { type Stamp, startSettling } from "../../lib/batch/settling.ts";

function files(...entries: [path: string, size: number, modified?: number][]) {
  return new Map<string, Stamp>(
    entries.map(([path, size, modified = 0]) => [path, { size, modified }]),
  );
}

Deno.test("a file that is touched without growing has not settled", () => {
  const settling = startSettling(1000);
  settling.look(0, files(["a", 10, 0]));
  assertEquals(settling.look(1000, files(["a", 10, 500])), []);
  assertEquals(settling.look(1999, files(["a", 10, 500])), []);
  assertEquals(settling.look(2000, files(["a", 10, 500])).length, 1);
});

Deno.test("a file that grows on, or is replaced, is given again", () => {
  const settling = startSettling(1000);
  const sizes = [10, 10, 20, 20, 20, 10, 10];
  const given = sizes.map((size, k) =>
    settling.look(k * 1000, files(["a", size])).map((file) => file.size)
  );
  assertEquals(given, [[], [10], [], [20], [], [], [10]]);
});

Deno.test("the oldest comes first; what vanished before it settled starts anew", () => {
  const settling = startSettling(1000);
  settling.look(0, files(["a", 1, 30], ["b", 1, 20], ["c", 1, 10]));
  settling.look(500, files(["a", 1, 30], ["b", 1, 20]));
  const given = settling.look(
    1000,
    files(["a", 1, 30], ["b", 1, 20], ["c", 1, 10]),
  );
  assertEquals(given.map(({ path }) => path), ["b", "a"]);
  assertEquals(settling.due(), 2000);
});

Deno.test("a folder that is gone for a while gives nothing twice", () => {
  const settling = startSettling(0);
  const there = files(["a", 1], ["b", 1]);
  settling.look(0, there);
  assertEquals(settling.look(1, there).length, 2);
  settling.look(2, files());
  assertEquals([settling.look(3, there), settling.look(4, there)], [[], []]);
});

Deno.test("what is passed is given only when it changes", () => {
  const settling = startSettling(100);
  settling.pass(files(["a", 1], ["b", 1]));
  assertEquals(settling.due(), Infinity);
  settling.look(0, files(["a", 1], ["b", 2]));
  assertEquals(
    settling.look(100, files(["a", 1], ["b", 2])).map(({ path }) => path),
    ["b"],
  );
});

Deno.test("whatever is written when: given only when still, and the last state once", () => {
  const step = fc.record({
    after: fc.integer({ min: 1, max: 700 }),
    path: fc.constantFrom("a", "b", "c"),
    size: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
    const quiet = 1000;
    const settling = startSettling(quiet);
    const disk = new Map<string, Stamp>();
    const written = new Map<string, number>();
    const last = new Map<string, Stamp>();
    let now = 0;
    const look = () => {
      for (const { path, size, modified } of settling.look(now, disk)) {
        assertEquals({ size, modified }, disk.get(path));
        assert(now - written.get(path)! >= quiet);
        assert(last.get(path)?.modified !== modified, "given twice");
        last.set(path, { size, modified });
      }
    };
    for (const { after, path, size } of steps) {
      now += after;
      if (size === undefined) disk.delete(path);
      else disk.set(path, { size, modified: now });
      written.set(path, now);
      look();
    }
    for (let k = 0; k < 3; k++) {
      now += quiet;
      look();
    }
    assertEquals(settling.due(), Infinity);
    for (const [path, stamp] of disk) assertEquals(last.get(path), stamp);
  }));
});
