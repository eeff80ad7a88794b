import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../fast_check.ts";
import {
  computeFingerprint,
  parseShard,
  selectShard,
  type SizedFrame,
  sortFrames,
} from "../../lib/batch/shard.ts";
import { SpitError } from "../../lib/errors.ts";

const frames = fc.uniqueArray(
  fc.record({
    path: fc.string({ unit: "binary", minLength: 1 }),
    size: fc.option(fc.nat(1e6)),
  }),
  { selector: ({ path }) => path, maxLength: 200 },
);

function selectAll(all: readonly SizedFrame[], count: number): SizedFrame[][] {
  return Array.from(
    { length: count },
    (_, k) => selectShard(all, { index: k + 1, count }),
  );
}

Deno.test("every frame is in exactly one shard", () => {
  fc.assert(fc.property(frames, fc.integer({ min: 1, max: 30 }), (all, n) => {
    const dealt = selectAll(sortFrames(all), n).flat();
    assertEquals(sortFrames(dealt), sortFrames(all));
    assertEquals(dealt.length, all.length);
  }));
});

Deno.test("shards do not depend on the order of the input or on duplicates", () => {
  fc.assert(fc.property(frames, fc.integer({ min: 1, max: 9 }), (all, n) => {
    const named = [...all.toReversed(), ...all];
    assertEquals(
      selectAll(sortFrames(named), n),
      selectAll(sortFrames(all), n),
    );
    assertEquals(
      computeFingerprint(sortFrames(named), 500),
      computeFingerprint(sortFrames(all), 500),
    );
  }));
});

Deno.test("shards differ by at most one frame and the size of the largest frame", () => {
  fc.assert(fc.property(frames, fc.integer({ min: 1, max: 9 }), (all, n) => {
    const shards = selectAll(sortFrames(all), n);
    const counts = shards.map(({ length }) => length);
    assert(Math.max(...counts) - Math.min(...counts) <= 1);
    const total = (shard: SizedFrame[]) =>
      shard.reduce((sum, { size }) => sum + (size ?? 0), 0);
    const sizes = shards.map(total);
    const largest = Math.max(0, ...all.map(({ size }) => size ?? 0));
    assert(Math.max(...sizes) - Math.min(...sizes) <= largest);
  }));
});

Deno.test("the fingerprint depends on paths, sizes and the part size", () => {
  const some = [{ path: "a", size: 1 }, { path: "b", size: 2 }];
  const prints = [
    computeFingerprint(some, 500),
    computeFingerprint(some, 499),
    computeFingerprint(some.slice(1), 500),
    computeFingerprint([{ path: "a", size: 3 }, some[1]!], 500),
    computeFingerprint([{ path: "a", size: null }, some[1]!], 500),
  ];
  assertEquals(new Set(prints).size, prints.length);
});

Deno.test("a shard is I/N with I from 1 to N", () => {
  assertEquals(parseShard("1/1"), { index: 1, count: 1 });
  for (const text of ["", "0/3", "4/3", "3", "1/0", "-1/3", "1.5/3", "1/3 "]) {
    const error = assertThrows(() => parseShard(text), SpitError);
    assertEquals(error.code, "usage");
  }
});
