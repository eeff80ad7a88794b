import { assertEquals, assertThrows } from "@std/assert";
import { SpitError } from "../../../lib/errors.ts";
import { decodePixelList } from "../../../lib/fits/tile/pixel_list.ts";
import fc from "../../fast_check.ts";

/** A run of equal pixels, and how it is written where there is a choice. */
interface Run {
  value: number;
  length: number;
  isStep: boolean;
}

/** Encodes runs as a line list, with a header of the old format or the new one. */
function encodeRuns(runs: readonly Run[], isOld: boolean): Uint8Array {
  const words: number[] = [];
  const put = (operation: number, data: number) =>
    words.push(operation << 12 | data);
  let current = 1;
  for (const { value, length, isStep } of runs) {
    if (value === 0) {
      put(0, length);
      continue;
    }
    const step = value - current;
    if (isStep && length === 1 && Math.abs(step) < 4096) {
      put(step >= 0 ? 6 : 7, Math.abs(step));
    } else {
      if (isStep && Math.abs(step) < 4096) {
        put(step >= 0 ? 2 : 3, Math.abs(step));
      } else {
        put(1, value & 0xfff);
        words.push(value >> 12);
      }
      put(4, length);
    }
    current = value;
  }
  const header = isOld
    ? [0, 0, words.length + 3]
    : [0, 7, -100, words.length + 7 & 0x7fff, words.length + 7 >> 15, 0, 0];
  const view = new DataView(
    new ArrayBuffer(2 * (header.length + words.length)),
  );
  [...header, ...words].forEach((word, k) => view.setInt16(2 * k, word));
  return new Uint8Array(view.buffer);
}

const RUNS = fc.array(
  fc.record({
    value: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 2 ** 24 - 1 }),
    ),
    length: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 4095 })),
    isStep: fc.boolean(),
  }),
  { minLength: 1, maxLength: 40 },
);

Deno.test("decodePixelList() decodes runs of any value, in both formats", () => {
  fc.assert(
    fc.property(RUNS, fc.boolean(), fc.nat(9), (runs, isOld, rest) => {
      const expected = runs.flatMap(({ value, length }) =>
        Array<number>(length).fill(value)
      );
      // The end of a line may be left out.
      const pixels = new Int32Array(expected.length + rest).fill(-5);
      decodePixelList(encodeRuns(runs, isOld), pixels);
      assertEquals(
        pixels,
        Int32Array.from([...expected, ...Array<number>(rest).fill(0)]),
      );
    }),
    { numRuns: 60 },
  );
});

Deno.test("decodePixelList() writes zeros and then one value", () => {
  const pixels = new Int32Array(6);
  const words = [0, 7, -100, 9, 0, 0, 0, 5 << 12 | 3, 6 << 12 | 4];
  const view = new DataView(new ArrayBuffer(2 * words.length));
  words.forEach((word, k) => view.setInt16(2 * k, word));
  decodePixelList(new Uint8Array(view.buffer), pixels);
  assertEquals(pixels, Int32Array.of(0, 0, 1, 5, 0, 0));
});

Deno.test("decodePixelList() accepts any bytes and any truncation, or throws bad_tile", () => {
  const check = (bytes: Uint8Array) => {
    try {
      decodePixelList(bytes, new Int32Array(500));
    } catch (error) {
      assertEquals((error as { code: string }).code, "bad_tile");
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), check));
  const bytes = encodeRuns([{ value: 9, length: 500, isStep: false }], false);
  for (let end = 0; end < bytes.length; end++) {
    assertThrows(
      () => decodePixelList(bytes.subarray(0, end), new Int32Array(500)),
      SpitError,
    );
  }
  assertThrows(
    () => decodePixelList(bytes, new Int32Array(499)),
    SpitError,
    "too many pixels",
  );
});
