import { assert, assertEquals } from "@std/assert";
import { gunzipSync } from "node:zlib";
import type { Pixels } from "../../lib/fits/frame.ts";
import { imageHdus, openFits } from "../../lib/fits/open_fits.ts";

interface Expected {
  hdu: number;
  type: string;
  width: number;
  height: number;
  start: number;
}

const FOLDER = new URL("../fixtures/fits/", import.meta.url).pathname;
const { cards, ...files } = JSON.parse(
  Deno.readTextFileSync(`${FOLDER}expected.json`),
) as { cards: Record<string, unknown> } & Record<string, Expected[]>;
const expectedPixels = new Float64Array(
  new Uint8Array(gunzipSync(Deno.readFileSync(`${FOLDER}expected.f64.gz`)))
    .buffer,
);

/** Name of the type in astropy; lib/fits reads 64-bit integers as float64. */
const TYPE_NAMES: Record<string, string> = {
  Uint8Array: "uint8",
  Int8Array: "int8",
  Int16Array: "int16",
  Uint16Array: "uint16",
  Int32Array: "int32",
  Uint32Array: "uint32",
  Float32Array: "float32",
  Float64Array: "float64",
};

function typeName(pixels: Pixels): string {
  return TYPE_NAMES[pixels.constructor.name]!;
}

for (const [name, images] of Object.entries(files)) {
  Deno.test(`the pixels of ${name} equal astropy's`, async () => {
    using file = await openFits(FOLDER + name);
    assertEquals(file.fault, undefined);
    assertEquals(
      imageHdus(file).map(({ index }) => index),
      images.map(({ hdu }) => hdu),
    );
    for (const { hdu, type, width, height, start } of images) {
      const frame = await file.readFrame(hdu);
      assertEquals([frame.width, frame.height], [width, height]);
      const expected = expectedPixels.subarray(start, start + width * height);
      assertEquals(Float64Array.from(frame.pixels), expected, `HDU ${hdu}`);
      assertEquals(typeName(frame.pixels), type.replace(/u?int64/, "float64"));
    }
  });
}

Deno.test("the fixtures include unsigned pixels above 32767 and dithered floats", () => {
  const types = Object.values(files).flat().map(({ type }) => type);
  assert(types.includes("uint16") && types.includes("uint32"));
  assert(expectedPixels.some((value) => value > 2 ** 31));
  assert(expectedPixels.some(Number.isNaN));
});

Deno.test("the values of more than 700 cards equal astropy's", async () => {
  using file = await openFits(`${FOLDER}cards.fits.gz`);
  const { values } = file.hdus[0]!.header;
  for (const [keyword, value] of Object.entries(cards)) {
    const ours = values.get(keyword.toUpperCase());
    assertEquals(
      typeof ours === "string" ? ours.trimEnd() : ours,
      trimmed(value),
      keyword,
    );
  }
  assert(Object.keys(cards).length > 700);
});

function trimmed(value: unknown): unknown {
  return typeof value === "string" ? value.trimEnd() : value;
}
