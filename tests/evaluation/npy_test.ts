import { assertEquals, assertThrows } from "@std/assert";
import fc from "../fast_check.ts";
import { SpitError } from "../../lib/errors.ts";
import { decodeNpy, encodeNpy } from "../../lib/evaluation/npy.ts";

Deno.test("npy: what is written reads back, whatever the shape and type", () => {
  const shapes = fc.array(fc.integer({ min: 0, max: 7 }), {
    minLength: 1,
    maxLength: 4,
  });
  const types = fc.constantFrom(
    Uint8Array,
    Int32Array,
    Float32Array,
    Float64Array,
  );
  fc.assert(fc.property(shapes, types, (shape, Values) => {
    const values = new Values(shape.reduce((a, b) => a * b, 1));
    for (let i = 0; i < values.length; i++) values[i] = i * 3;
    const bytes = encodeNpy({ shape, values });
    const back = decodeNpy(bytes);
    assertEquals(back.shape, shape);
    assertEquals(back.values, values);
    assertEquals((bytes.length - values.byteLength) % 64, 0);
  }));
});

Deno.test("npy: a file cut short is an error, not short data", () => {
  const bytes = encodeNpy({ shape: [4, 5], values: new Float32Array(20) });
  assertThrows(
    () => decodeNpy(bytes.subarray(0, bytes.length - 1)),
    SpitError,
    "ends before",
  );
  assertThrows(() => decodeNpy(bytes.subarray(1)), SpitError, "not a .npy");
});
