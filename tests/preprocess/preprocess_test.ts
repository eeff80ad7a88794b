/** What holds of every input image, and the input images of degenerate frames. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { SpitError } from "../../lib/errors.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { preprocess } from "../../lib/preprocess/preprocess.ts";
import { planeBy, planes, rawValues } from "./planes.ts";

/** Counts that look like noise, the same at each run. */
const noise = (row: number, column: number) =>
  ((row * 7919 + column * 104729) % 1013) % 17;

function isBlack({ pixels }: { pixels: Uint8Array }): boolean {
  return pixels.every((byte) => byte === 0);
}

Deno.test("any plane has an input image of rows that it has, with finite limits in order", () => {
  fc.assert(
    fc.property(planes(rawValues, 30), (plane) => {
      const before = plane.pixels.slice();
      const made = preprocess(plane);
      assertEquals(plane.pixels, before);
      assertEquals(made.pixels.length, 210 * 650);
      const rows = Math.min(plane.width, plane.height);
      assert(0 <= made.rowFirst && made.rowFirst < made.rowEnd);
      assert(made.rowEnd <= rows);
      assert(Number.isFinite(made.z1) && Number.isFinite(made.z2));
      assert(made.z1 <= made.z2);
    }),
    { numRuns: 60 },
  );
});

Deno.test("gain by a power of two changes the limits, not the input image", () => {
  fc.assert(
    fc.property(
      planes(fc.integer({ min: -100, max: 65535 }), 30),
      fc.integer({ min: -8, max: 8 }),
      (plane, power) => {
        const gain = 2 ** power;
        const made = preprocess(plane);
        const scaled = preprocess({
          ...plane,
          pixels: plane.pixels.map((value) => value * gain),
        });
        assertEquals(scaled, {
          ...made,
          z1: made.z1 * gain,
          z2: made.z2 * gain,
        });
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("the type that pixels are stored in does not matter", () => {
  const plane = planeBy(700, 60, (row, column) => 100 + noise(row, column));
  const wanted = preprocess(plane);
  const kinds = [
    Uint8Array,
    Int8Array,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
  ];
  for (const Kind of kinds) {
    assertEquals(
      preprocess({ ...plane, pixels: Kind.from(plane.pixels) }),
      wanted,
    );
  }
});

Deno.test("a turned frame has the input image of the frame as it was", () => {
  const wide = planeBy(700, 60, noise);
  // Clockwise, so that turning counter-clockwise gives the wide one back.
  const tall = planeBy(60, 700, (i, j) => noise(60 - 1 - j, i));
  assertEquals(preprocess(tall), { ...preprocess(wide), rotated: true });
});

Deno.test("all pixels equal: an all-zero input image, both limits that value", () => {
  for (const value of [0, 0.1, 1000, -3.7, 65535]) {
    const made = preprocess(planeBy(700, 90, () => value));
    assert(isBlack(made));
    assertEquals([made.z1, made.z2], [value, value]);
  }
});

Deno.test("all pixels NaN or infinite: an all-zero input image, limits 0, no row dropped", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const made = preprocess(planeBy(90, 700, () => value));
    assert(isBlack(made));
    assertEquals(
      [made.z1, made.z2, made.rowFirst, made.rowEnd],
      [0, 0, 0, 90],
    );
  }
});

Deno.test("one lit row is clipped from the maxima, and still in the input image's rows", () => {
  const made = preprocess(
    planeBy(
      650,
      100,
      (row, column) => row === 50 ? 20000 : 1000 + noise(row, column),
    ),
  );
  assertEquals([made.rowFirst, made.rowEnd], [1, 99]);
  const row = Math.round((50 - 1) * 210 / 98);
  assert(
    made.pixels.subarray(row * 650, (row + 1) * 650).every((b) => b === 255),
  );
});

Deno.test("one pixel that is not finite shows as 0 and moves neither trim nor limits", () => {
  const plane = planeBy(1300, 422, (row, column) => 1000 + noise(row, column));
  const whole = preprocess(plane);
  assertEquals([whole.rowFirst, whole.rowEnd], [1, 421]);
  for (const hole of [NaN, Infinity, -Infinity]) {
    const pixels = plane.pixels.slice();
    // Row 101 is row 100 of those kept, so row 50 of the input image.
    pixels[101 * 1300 + 402] = hole;
    const made = preprocess({ ...plane, pixels });
    const wanted = whole.pixels.slice();
    wanted[50 * 650 + 201] = 0;
    assertEquals(made.pixels, wanted);
    assertEquals([made.z1, made.z2], [whole.z1, whole.z2]);
  }
});

Deno.test("sides of 1 and 2 pixels", () => {
  for (
    const [width, height] of [[1, 1], [2, 1], [1, 2], [2, 2], [700, 1], [
      1,
      700,
    ], [2, 700]]
  ) {
    const made = preprocess(planeBy(width!, height!, (i, j) => 10 + 3 * i + j));
    const rows = Math.min(width!, height!);
    assertEquals([made.rotated, made.rowFirst, made.rowEnd], [
      height! > width!,
      0,
      rows,
    ]);
    assertEquals(isBlack(made), width! * height! === 1);
  }
});

Deno.test("a square frame is not turned", () => {
  const made = preprocess(planeBy(120, 120, (_, column) => 100 + column));
  assert(!made.rotated);
  assert(made.pixels[0]! < made.pixels[600]!);
  assertEquals(made.pixels[0], made.pixels[200 * 650]);
});

Deno.test("a slit of fewer than 50 rows fills the input image", () => {
  // Rows above 0 alone make the median, so those at 0 are dropped.
  const made = preprocess(
    planeBy(700, 60, (row, k) => row >= 20 && row < 50 ? 500 + k : 0),
  );
  assertEquals([made.rowFirst, made.rowEnd], [20, 50]);
  assert(made.pixels[600]! > made.pixels[50]!);
  assertEquals(made.pixels[209 * 650 + 600], made.pixels[600]);
});

Deno.test("one row left fills the input image", () => {
  // Three rows, as no clip at 3 sigma can reject one of three.
  const made = preprocess(planeBy(700, 3, (row, k) => row === 1 ? 500 + k : 0));
  assertEquals([made.rowFirst, made.rowEnd], [1, 2]);
  const first = made.pixels.subarray(0, 650);
  assert(first[0] === 0 && first[649]! > 250);
  assertEquals(made.pixels.subarray(209 * 650), first);
});

Deno.test("one lit row over equal pixels: the limits are equal, the input image all zero", () => {
  // The clip takes a lone row for cosmic rays: nothing is above 0, nothing dropped.
  const made = preprocess(planeBy(700, 60, (row) => row === 20 ? 500 : 0));
  assertEquals([made.rowFirst, made.rowEnd, made.z1, made.z2], [0, 60, 0, 0]);
  assert(isBlack(made));
});

Deno.test("a frame of 4096 × 4096", () => {
  const plane: Plane = planeBy(
    4096,
    4096,
    (row, column) => row < 300 || row >= 3900 ? 1000 : 5000 + column % 64,
    new Uint16Array(4096 * 4096),
  );
  const made = preprocess(plane);
  assertEquals([made.rowFirst, made.rowEnd], [300, 3900]);
  assert(!isBlack(made));
});

Deno.test("a plane without pixels, or with too few, is refused", () => {
  const error = assertThrows(
    () => preprocess({ width: 0, height: 5, pixels: new Uint16Array(0) }),
    SpitError,
    "0 × 5",
  );
  assertEquals(error.code, "zero_axis");
  assertThrows(
    () => preprocess({ width: 2, height: 5, pixels: new Uint16Array(9) }),
    RangeError,
    "9 pixels",
  );
});
