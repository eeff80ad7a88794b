import { assertEquals } from "@std/assert";
import fc from "../fast_check.ts";
import { swapBigEndian } from "../../lib/fits/byte_order.ts";
import { scalePixels } from "../../lib/fits/pixels.ts";

Deno.test("swapBigEndian() converts numbers of every size, at any offset and of any count", () => {
  const widths = [
    [Int16Array, "getInt16"],
    [Int32Array, "getInt32"],
    [Float64Array, "getFloat64"],
  ] as const;
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 64 });
  fc.assert(fc.property(bytes, fc.nat(3), (content, before) => {
    for (const [Numbers, getter] of widths) {
      const width = Numbers.BYTES_PER_ELEMENT;
      const buffer = new ArrayBuffer(96);
      const start = before * width;
      new Uint8Array(buffer).set(content, start);
      const count = Math.floor(content.length / width);
      const view = new DataView(buffer.slice(0));
      const expected = Array.from(
        { length: count },
        (_, k) => view[getter](start + k * width),
      );
      const numbers = new Numbers(buffer, start, count);
      swapBigEndian(numbers);
      assertEquals([...numbers], expected);
      assertEquals(
        new Uint8Array(buffer, start + count * width),
        new Uint8Array(view.buffer, start + count * width),
      );
    }
  }));
});

Deno.test("swapUnsigned() converts and adds 32768, for any count", () => {
  const stored = fc.int16Array({ maxLength: 9 });
  fc.assert(fc.property(stored, fc.nat(2), (values, before) => {
    const numbers = new Int16Array(16).subarray(before, before + values.length);
    numbers.set(values);
    assertEquals(
      scalePixels(numbers, { zero: 32768, scale: 1 }),
      Uint16Array.from(values, (v) => v + 32768),
    );
    assertEquals(numbers.buffer.byteLength, 32);
  }));
});

Deno.test({
  name: "images of more than 2 GiB are converted",
  // The pixels alone take 2 GiB.
  ignore: Deno.systemMemoryInfo().available < 2 ** 33,
  fn() {
    const stored = new Int16Array(2 ** 30 + 4);
    stored.set([0x0100, 0x0200], 2 ** 30);
    swapBigEndian(stored);
    assertEquals(stored.slice(-4), new Int16Array([1, 2, 0, 0]));
  },
});
