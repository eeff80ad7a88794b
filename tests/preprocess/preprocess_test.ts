/** Properties of every input image, and the input images of degenerate frames. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import fc from "../fast_check.ts";
import { classifyFrame } from "../../lib/classify/classify_frame.ts";
import { SpitError } from "../../lib/errors.ts";
import type { Plane } from "../../lib/fits/frame.ts";
import { computeFeatures } from "../../lib/preprocess/features.ts";
import { prepareInputs, preprocess } from "../../lib/preprocess/preprocess.ts";
import { planeBy, planes, rawValues } from "./planes.ts";

/** Deterministic counts that look like noise. */
const noise = (row: number, column: number) =>
  ((row * 7919 + column * 104729) % 1013) % 17;

function isBlack({ pixels }: { pixels: Uint8Array }): boolean {
  return pixels.every((byte) => byte === 0);
}

Deno.test("any plane has an input image, with its rows within the plane and finite limits in order", () => {
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

Deno.test("a gain that is a power of two changes the limits, not the input image", () => {
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

Deno.test("the type of the array of pixels does not matter", () => {
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

Deno.test("a turned frame has the input image of the frame that is not turned", () => {
  const wide = planeBy(700, 60, noise);
  // Turned clockwise, which step 1 undoes.
  const tall = planeBy(60, 700, (i, j) => noise(60 - 1 - j, i));
  assertEquals(preprocess(tall), { ...preprocess(wide), rotated: true });
});

Deno.test("equal pixels give an all-zero input image, with that value as both limits", () => {
  for (const value of [0, 0.1, 1000, -3.7, 65535]) {
    const made = preprocess(planeBy(700, 90, () => value));
    assert(isBlack(made));
    assertEquals([made.z1, made.z2], [value, value]);
  }
});

Deno.test("pixels that are all NaN or infinite give an all-zero input image, limits of 0 and no trim", () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const made = preprocess(planeBy(90, 700, () => value));
    assert(isBlack(made));
    assertEquals(
      [made.z1, made.z2, made.rowFirst, made.rowEnd],
      [0, 0, 0, 90],
    );
  }
});

Deno.test("a single bright row is clipped from the maxima and is still in the input image", () => {
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

Deno.test("a pixel that is not finite becomes 0 and changes neither the trim nor the limits", () => {
  const plane = planeBy(1300, 422, (row, column) => 1000 + noise(row, column));
  const whole = preprocess(plane);
  assertEquals([whole.rowFirst, whole.rowEnd], [1, 421]);
  for (const hole of [NaN, Infinity, -Infinity]) {
    const pixels = plane.pixels.slice();
    // Row 101 is row 100 of the kept rows, which is row 50 of the input image.
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
  // The median is of the positive maxima only, so rows at 0 are dropped.
  const made = preprocess(
    planeBy(700, 60, (row, k) => row >= 20 && row < 50 ? 500 + k : 0),
  );
  assertEquals([made.rowFirst, made.rowEnd], [20, 50]);
  assert(made.pixels[600]! > made.pixels[50]!);
  assertEquals(made.pixels[209 * 650 + 600], made.pixels[600]);
});

Deno.test("a single kept row fills the input image", () => {
  // A clip at 3 sigma cannot reject one of three values.
  const made = preprocess(planeBy(700, 3, (row, k) => row === 1 ? 500 + k : 0));
  assertEquals([made.rowFirst, made.rowEnd], [1, 2]);
  const first = made.pixels.subarray(0, 650);
  assert(first[0] === 0 && first[649]! > 250);
  assertEquals(made.pixels.subarray(209 * 650), first);
});

Deno.test("a single bright row over equal pixels gives equal limits and an all-zero input image", () => {
  // The clip rejects the row as a cosmic ray: no maximum is positive, no row is dropped.
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

const pixels = (length: number) => new Uint16Array(length);
const options = { flips: 1, features: true } as const;
for (
  const [plane, message] of [
    [{ width: 0, height: 5, pixels: pixels(0) }, "width .* not 0"],
    [{ width: 5, height: 0, pixels: pixels(0) }, "height .* not 0"],
    [{ width: -5, height: -5, pixels: pixels(25) }, "width .* not -5"],
    [{ width: 2.5, height: 4, pixels: pixels(10) }, "width .* not 2.5"],
    [{ width: 4, height: 2.5, pixels: pixels(10) }, "height .* not 2.5"],
    [{ width: NaN, height: 5, pixels: pixels(10) }, "width .* not NaN"],
    [{ width: 5, height: Infinity, pixels: pixels(10) }, "height .* Infinity"],
    [{ width: 2, height: 5, pixels: pixels(9) }, "10 pixels, not 9"],
    [{ width: 2, height: 5, pixels: pixels(11) }, "10 pixels, not 11"],
    [{ width: 1, height: 1, pixels: [7] }, "typed array"],
    [{ width: 1, height: 1, pixels: new BigInt64Array(1) }, "typed array"],
  ] as [Plane, string][]
) {
  Deno.test(`a plane is refused: ${message}`, async () => {
    const calls = [
      () => Promise.resolve(preprocess(plane)),
      () => Promise.resolve(prepareInputs(plane, options)),
      () => Promise.resolve(computeFeatures(plane)),
      () => classifyFrame(plane, { model: "absent.json" }),
    ];
    for (const call of calls) {
      const error = await assertRejects(async () => await call(), SpitError);
      assertEquals(error.code, "usage");
      assertMatch(error.message, new RegExp(message));
    }
  });
}
