import { assert, assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import {
  fingerprintOf,
  inOrder,
  type SizedFrame,
  sliceOf,
} from "../../lib/batch/slice.ts";
import { parseShard } from "../../lib/batch/shard.ts";
import { SpitError } from "../../lib/errors.ts";

const frames = fc.uniqueArray(
  fc.record({
    path: fc.string({ unit: "binary", minLength: 1 }),
    size: fc.option(fc.nat(1e6)),
  }),
  { selector: ({ path }) => path, maxLength: 200 },
);

function slices(all: readonly SizedFrame[], count: number): SizedFrame[][] {
  return Array.from(
    { length: count },
    (_, k) => sliceOf(all, { index: k + 1, count }),
  );
}

Deno.test("every frame is in exactly one share", () => {
  fc.assert(fc.property(frames, fc.integer({ min: 1, max: 30 }), (all, n) => {
    const dealt = slices(inOrder(all), n).flat();
    assertEquals(inOrder(dealt), inOrder(all));
    assertEquals(dealt.length, all.length);
  }));
});

Deno.test("shares do not depend on the order that frames are named in, nor on names said twice", () => {
  fc.assert(fc.property(frames, fc.integer({ min: 1, max: 9 }), (all, n) => {
    const named = [...all.toReversed(), ...all];
    assertEquals(slices(inOrder(named), n), slices(inOrder(all), n));
    assertEquals(
      fingerprintOf(inOrder(named), 500),
      fingerprintOf(inOrder(all), 500),
    );
  }));
});

Deno.test("shares differ by one frame and the size of the largest at most", () => {
  fc.assert(fc.property(frames, fc.integer({ min: 1, max: 9 }), (all, n) => {
    const shares = slices(inOrder(all), n);
    const counts = shares.map(({ length }) => length);
    assert(Math.max(...counts) - Math.min(...counts) <= 1);
    const total = (share: SizedFrame[]) =>
      share.reduce((sum, { size }) => sum + (size ?? 0), 0);
    const sizes = shares.map(total);
    const largest = Math.max(0, ...all.map(({ size }) => size ?? 0));
    assert(Math.max(...sizes) - Math.min(...sizes) <= largest);
  }));
});

Deno.test("the fingerprint tells inputs apart by paths, sizes and parts", () => {
  const some = [{ path: "a", size: 1 }, { path: "b", size: 2 }];
  const prints = [
    fingerprintOf(some, 500),
    fingerprintOf(some, 499),
    fingerprintOf(some.slice(1), 500),
    fingerprintOf([{ path: "a", size: 3 }, some[1]!], 500),
    fingerprintOf([{ path: "a", size: null }, some[1]!], 500),
  ];
  assertEquals(new Set(prints).size, prints.length);
});

Deno.test("a shard is I/N, from 1 to N", () => {
  assertEquals(parseShard("1/1"), { index: 1, count: 1 });
  for (const text of ["", "0/3", "4/3", "3", "1/0", "-1/3", "1.5/3", "1/3 "]) {
    const error = assertThrows(() => parseShard(text), SpitError);
    assertEquals(error.code, "usage");
  }
});
