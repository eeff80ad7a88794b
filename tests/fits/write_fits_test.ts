import { assertEquals, assertThrows } from "@std/assert";
import fc from "../fast_check.ts";
import { SpitError } from "../../lib/errors.ts";
import { card, encodeFits, formatCard } from "../../lib/fits/write_fits.ts";
import type { Pixels, Plane } from "../../lib/fits/frame.ts";
import type { Card } from "../../lib/fits/header.ts";
import { openBytes } from "./open_bytes.ts";

const ARRAYS: ((bytes: ArrayBuffer) => Pixels)[] = [
  (bytes) => new Uint8Array(bytes),
  (bytes) => new Int8Array(bytes),
  (bytes) => new Int16Array(bytes),
  (bytes) => new Uint16Array(bytes),
  (bytes) => new Int32Array(bytes),
  (bytes) => new Uint32Array(bytes),
  (bytes) => new Float32Array(bytes),
  (bytes) => new Float64Array(bytes),
];

/** Planes of every type with arbitrary bits in their pixels, as NaN and infinities. */
const planes: fc.Arbitrary<Plane> = fc.tuple(
  fc.constantFrom(...ARRAYS),
  fc.integer({ min: 2, max: 9 }),
  fc.integer({ min: 2, max: 9 }),
  fc.uint8Array({ minLength: 648, maxLength: 648 }),
).map(([make, width, height, bits]) => ({
  width,
  height,
  pixels: make(bits.slice().buffer).slice(0, width * height),
}));

const texts = (maxLength: number) =>
  fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)),
    maxLength,
  })
    .map((text) => text.trim());

const cards: fc.Arbitrary<Card> = fc.record({
  keyword: fc.oneof(
    fc.stringMatching(/^K[A-Z0-9_-]{0,7}$/),
    fc.stringMatching(/^ESO [A-Z]{3,8} [A-Z0-9]{2,8}$/),
  ),
  // An ampersand at the end would announce a CONTINUE record.
  value: fc.oneof(
    texts(300).filter((text) => !text.endsWith("&")),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) =>
      value + 0
    ),
    fc.boolean(),
    fc.constant(null),
  ),
  comment: texts(8).map((text) => text.replaceAll("/", "").trim()),
});

Deno.test("encodeFits() writes what openFits() reads, for all types of pixels and cards", async () => {
  const hdus = fc.array(
    fc.record({ cards: fc.array(cards, { maxLength: 8 }), plane: planes }),
    { minLength: 1, maxLength: 3 },
  );
  await fc.assert(
    fc.asyncProperty(hdus, async (hdus) => {
      using file = await openBytes(encodeFits(hdus));
      assertEquals(file.hdus.length, hdus.length);
      for (const [index, { cards, plane }] of hdus.entries()) {
        const frame = await file.readFrame(index);
        assertEquals([frame.width, frame.height], [plane.width, plane.height]);
        assertEquals(frame.pixels, plane.pixels);
        const { header } = file.hdus[index]!;
        assertEquals(
          header.cards.slice(-cards.length || header.cards.length),
          cards,
        );
      }
    }),
    { numRuns: 150 },
  );
});

Deno.test("records have 80 columns of ASCII, and the mandatory ones are first", () => {
  const plane = { width: 2, height: 1, pixels: new Uint16Array([1, 65535]) };
  const long = card("LONG", "it's ".repeat(60), "a comment");
  const bytes = encodeFits([{ cards: [] }, {
    cards: [long, card("BITPIX", 8)],
    plane,
  }]);
  const header = new TextDecoder().decode(bytes.subarray(2880, 5760));
  const records = header.match(/.{80}/g)!;
  assertEquals(records.slice(0, 7).map((record) => record.slice(0, 8).trim()), [
    "XTENSION",
    "BITPIX",
    "NAXIS",
    "NAXIS1",
    "NAXIS2",
    "PCOUNT",
    "GCOUNT",
  ]);
  assertEquals(
    records.filter((record) => record.startsWith("BITPIX")).length,
    1,
  );
  assertEquals(bytes.length % 2880, 0);
});

Deno.test("a long comment is written in several records", () => {
  const records = formatCard({
    keyword: "HISTORY",
    value: null,
    comment: "x".repeat(100),
  });
  assertEquals(records.map((record) => [record.length, record.slice(0, 8)]), [
    [80, "HISTORY "],
    [80, "HISTORY "],
  ]);
});

Deno.test("cards that FITS cannot represent are refused with their keyword", () => {
  const bad = [
    card("OBSERVER", "Müller"),
    card("EXPTIME", NaN),
    card("EXPTIME", Infinity),
    card("A=B", 1),
    card("NOTE", 1, "line\nbreak"),
    card("X".repeat(75), 1),
  ];
  for (const each of bad) {
    try {
      formatCard(each);
    } catch (error) {
      assertEquals(
        error instanceof SpitError && [error.code, error.card],
        ["bad_header", each.keyword],
      );
      continue;
    }
    throw new Error(`${each.keyword} was written`);
  }
});

Deno.test("a plane whose number of pixels is not width x height is refused", () => {
  const plane = { width: 3, height: 3, pixels: new Uint8Array(8) };
  assertThrows(
    () => encodeFits([{ cards: [], plane }]),
    RangeError,
    "3 x 3 from 8",
  );
});
