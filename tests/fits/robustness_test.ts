/** Reading a damaged file ends soon, with frames or with a SpitError. */
import { assert } from "@std/assert";
import fc from "../fast_check.ts";
import { gunzipSync, gzipSync } from "node:zlib";
import { SpitError } from "../../lib/errors.ts";
import { inflateBzip2 } from "../../lib/io/bzip2.ts";
import { imageHdus } from "../../lib/fits/open_fits.ts";
import { openBytes } from "./open_bytes.ts";

const FOLDER = new URL("../fixtures/fits/", import.meta.url);
const read = (name: string) => Deno.readFileSync(new URL(name, FOLDER));
const gunzip = (name: string) => new Uint8Array(gunzipSync(read(name)));

const FILES: Record<string, Uint8Array> = {
  "plain images": gunzip("bitpix.fits.gz"),
  "a gzip file": new Uint8Array(
    gzipSync(gunzip("bitpix.fits.gz").subarray(0, 40_000)),
  ),
  "integer tiles": inflateBzip2(read("integers.fits.bz2"), 1e6),
  "float tiles": gunzip("floats.fits.gz"),
  "odd columns": read("columns.fits"),
  "a bzip2 file": read("integers.fits.bz2"),
};

/** Reads all images, and returns the duration in milliseconds. */
async function readAll(bytes: Uint8Array): Promise<number> {
  const start = performance.now();
  try {
    using file = await openBytes(bytes, { maxBytes: 1e8 });
    for (const { index } of imageHdus(file)) {
      await file.readFrame(index).catch(assertSpitError);
    }
  } catch (error) {
    assertSpitError(error);
  }
  return performance.now() - start;
}

function assertSpitError(error: unknown): void {
  if (!(error instanceof SpitError)) throw error;
}

for (const [name, bytes] of Object.entries(FILES)) {
  // Reading takes some 10 ms.
  Deno.test(`${name}: truncated anywhere, it is read or refused`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (end) => {
        assert(await readAll(bytes.subarray(0, end)) < 5000);
      }),
      { numRuns: 60 },
    );
  });

  Deno.test(`${name}: damaged anywhere, it is read or refused`, async () => {
    const changes = fc.array(
      fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(changes, async (changes) => {
        const changed = bytes.slice();
        for (const [at, byte] of changes) changed[at] = byte;
        assert(await readAll(changed) < 5000);
      }),
      { numRuns: 60 },
    );
  });
}

Deno.test("a tile-compressed file with any number in any card is read or refused", async () => {
  const bytes = FILES["integer tiles"]!.subarray(0, 4 * 2880);
  const cards = Array.from({ length: 72 }, (_, i) => 2880 + 80 * i)
    .filter((at) => bytes[at + 8] === 0x3d);
  const numbers = fc.oneof(
    fc.constantFrom(
      "0",
      "-1",
      "1",
      "2147483647",
      "4294967296",
      "1E300",
      "'RICE_1'",
      "0.5",
      "T",
      "",
    ),
    fc.integer().map(String),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...cards), numbers, async (at, number) => {
      const changed = bytes.slice();
      changed.set(
        new TextEncoder().encode(number.padStart(20).padEnd(70)),
        at + 10,
      );
      assert(await readAll(changed) < 5000);
    }),
    { numRuns: 400 },
  );
});
