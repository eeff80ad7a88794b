import { assertEquals, assertThrows } from "@std/assert";
import { gunzipSync } from "node:zlib";
import { SpitError } from "../../../lib/errors.ts";
import { decodeHcompress } from "../../../lib/fits/tile/hcompress.ts";
import { openBytes } from "../open_bytes.ts";
import fc from "../../fast_check.ts";

const FILE = new Uint8Array(
  gunzipSync(Deno.readFileSync(
    new URL("../../fixtures/fits/transforms.fits.gz", import.meta.url),
  )),
);
const [WIDTH, HEIGHT] = [23, 11];

/** Returns the only tile of the second image, which fixtures_test.ts compares with astropy. */
async function readTile(): Promise<{ tile: Uint8Array; pixels: Int32Array }> {
  using file = await openBytes(FILE);
  const { dataStart } = file.hdus[3]!;
  const length = new DataView(FILE.buffer).getUint32(dataStart);
  // The heap follows the only row.
  const start = dataStart + Number(file.hdus[3]!.header.values.get("NAXIS1"));
  const { pixels } = await file.readFrame(3);
  return {
    tile: FILE.slice(start, start + length),
    pixels: Int32Array.from(pixels),
  };
}

const { tile, pixels } = await readTile();

Deno.test("decodeHcompress() returns the pixels of a tile", () => {
  assertEquals(decodeHcompress(tile, WIDTH, HEIGHT), pixels);
});

Deno.test("decodeHcompress() throws for a tile truncated anywhere", () => {
  for (let end = 0; end < tile.length; end++) {
    assertThrows(
      () => decodeHcompress(tile.subarray(0, end), WIDTH, HEIGHT),
      SpitError,
      "ends",
    );
  }
});

Deno.test("decodeHcompress() throws for another size, and for a tile that is too large", () => {
  assertThrows(
    () => decodeHcompress(tile, HEIGHT, WIDTH),
    SpitError,
    "an HCOMPRESS_1 tile of 11 x 23 pixels states 23 x 11",
  );
  const error = assertThrows(
    () => decodeHcompress(tile, 5000, 5000),
    SpitError,
  );
  assertEquals(error.code, "unsupported_compression");
});

Deno.test("decodeHcompress() accepts any damage, or throws bad_tile", () => {
  const changes = fc.array(
    fc.tuple(fc.nat(tile.length - 1), fc.nat(255)),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(changes, (changes) => {
      const changed = tile.slice();
      for (const [at, byte] of changes) changed[at] = byte;
      try {
        assertEquals(
          decodeHcompress(changed, WIDTH, HEIGHT).length,
          WIDTH * HEIGHT,
        );
      } catch (error) {
        assertEquals((error as { code: string }).code, "bad_tile");
      }
    }),
    { numRuns: 500 },
  );
});
