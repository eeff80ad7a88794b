import { assert, assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { scale } from "../../lib/preprocess/scale.ts";

Deno.test("values are truncated, not rounded, and clipped to the limits", () => {
  const image = Float64Array.of(-5, 0, 0.999, 1, 127.99, 254.999, 255, 1e9);
  assertEquals(
    Array.from(scale(image, { z1: 0, z2: 255 })),
    [0, 0, 0, 1, 127, 254, 255, 255],
  );
});

Deno.test("values that are not finite become 0, and all values with equal limits", () => {
  const image = Float64Array.of(NaN, Infinity, -Infinity, 3);
  assertEquals(Array.from(scale(image, { z1: 1, z2: 2 })), [0, 0, 0, 255]);
  assertEquals(Array.from(scale(image, { z1: 2, z2: 2 })), [0, 0, 0, 0]);
});

Deno.test("the bytes are in the order of the values", () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(fc.property(fc.array(value), value, value, (given, a, b) => {
    const sorted = Float64Array.from(given).sort();
    const shown = scale(sorted, { z1: Math.min(a, b), z2: Math.max(a, b) });
    assert(shown.every((byte, k) => k === 0 || byte >= shown[k - 1]!));
  }));
});
