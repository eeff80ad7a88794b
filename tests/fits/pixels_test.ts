import { assertEquals, assertThrows } from "@std/assert";
import { SpitError } from "../../lib/errors.ts";
import fc from "../fast_check.ts";
import { swapBigEndian } from "../../lib/fits/byte_order.ts";
import {
  decodePixels,
  scalePixels,
  type StoredPixels,
} from "../../lib/fits/pixels.ts";

Deno.test("blank pixels are NaN, in floats that represent the others exactly", () => {
  const cases: [StoredPixels, number, unknown][] = [
    [new Uint8Array([1, 2]), 0, new Float32Array([1, NaN])],
    [new Int16Array([1, 2]), 32768, new Float32Array([32769, NaN])],
    [
      new Int32Array([2147483647, 2]),
      2147483648,
      new Float64Array([4294967295, NaN]),
    ],
    [new BigInt64Array([5n, 2n]), 0, new Float64Array([5, NaN])],
  ];
  for (const [stored, zero, expected] of cases) {
    assertEquals(scalePixels(stored, { zero, scale: 1, blank: 2 }), expected);
  }
});

Deno.test("a BLANK without blank pixels leaves integers", () => {
  const stored = new Int16Array([-1, 0]);
  const pixels = scalePixels(stored, { zero: 32768, scale: 1, blank: 32768 });
  assertEquals(pixels, new Uint16Array([32767, 32768]));
});

Deno.test("unsigned 64-bit integers are exact up to 2^53", () => {
  const stored = new BigInt64Array([
    -(1n << 63n),
    -(1n << 63n) + (1n << 53n) - 1n,
  ]);
  const pixels = scalePixels(stored, { zero: 2 ** 63, scale: 1 });
  assertEquals(pixels, new Float64Array([0, 2 ** 53 - 1]));
});

Deno.test("integers of up to 16 bits are scaled in single precision, others in double", () => {
  const scaling = { zero: 0.1, scale: 0.3 };
  const single = Math.fround(
    Math.fround(7 * Math.fround(0.3)) + Math.fround(0.1),
  );
  assertEquals(
    scalePixels(new Int16Array([7]), scaling),
    new Float32Array([single]),
  );
  assertEquals(
    scalePixels(new Int32Array([7]), scaling),
    new Float64Array([7 * 0.3 + 0.1]),
  );
});

Deno.test("scalePixels() reuses memory where the type allows it", () => {
  const stored = new Int16Array([1, 2, 3]);
  assertEquals(
    scalePixels(stored, { zero: 32768, scale: 1 }).buffer,
    stored.buffer,
  );
});

Deno.test("decodePixels() is swapBigEndian() and scalePixels()", () => {
  const scalings = fc.record({
    zero: fc.constantFrom(0, 32768, 100.5),
    scale: fc.constantFrom(1, 2),
  });
  const blanks = fc.option(fc.integer({ min: -3, max: 3 }), { nil: undefined });
  fc.assert(fc.property(
    fc.int16Array({ maxLength: 9 }),
    scalings,
    blanks,
    (stored, plain, blank) => {
      const scaling = blank === undefined ? plain : { ...plain, blank };
      const swapped = stored.slice();
      swapBigEndian(swapped);
      const expected = scalePixels(swapped, scaling);
      assertEquals(decodePixels(stored, scaling), expected);
    },
  ));
});

Deno.test("scalePixels() throws if the scaled pixels exceed the limit", () => {
  const scaling = { zero: 1, scale: 2 };
  const stored = new Int16Array(100);
  assertEquals(scalePixels(stored, scaling, 600).byteLength, 400);
  const error = assertThrows(
    () => scalePixels(stored, scaling, 599),
    SpitError,
  );
  assertEquals(error.code, "too_large");
});
