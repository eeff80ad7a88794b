/** Reading a damaged file ends soon, with frames or with a SpitError. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "../fast_check.ts";
import { gunzipSync, gzipSync } from "node:zlib";
import { isRetryable } from "../../lib/batch/retry.ts";
import { type ErrorCode, SpitError } from "../../lib/errors.ts";
import { readClaims } from "../../lib/header/read_claims.ts";
import { imageHdus, openFitsSource } from "../../lib/fits/open_fits.ts";
import { bunzip, headerBytes, joinBytes, openBytes } from "./open_bytes.ts";

const FOLDER = new URL("../fixtures/fits/", import.meta.url);
const read = (name: string) => Deno.readFileSync(new URL(name, FOLDER));
const gunzip = (name: string) => new Uint8Array(gunzipSync(read(name)));

const FILES: Record<string, Uint8Array> = {
  "plain images": gunzip("bitpix.fits.gz"),
  "a gzip file": new Uint8Array(
    gzipSync(gunzip("bitpix.fits.gz").subarray(0, 40_000)),
  ),
  "integer tiles": bunzip(read("integers.fits.bz2")),
  "float tiles": gunzip("floats.fits.gz"),
  "transforms and pixel lists": gunzip("transforms.fits.gz"),
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

Deno.test("an error of the source or of the reader that is not typed becomes a final SpitError", async () => {
  const errors: readonly (readonly [Error, ErrorCode])[] = [
    [new TypeError("x is null"), "bad_header"],
    [new RangeError("Maximum call stack size exceeded"), "bad_header"],
    [new RangeError("Array buffer allocation failed"), "too_large"],
    [new RangeError("Invalid array length"), "too_large"],
  ];
  for (const [thrown, code] of errors) {
    const source = {
      maxLength: 2880,
      reach: () => Promise.reject(thrown),
      readInto: () => Promise.reject(thrown),
      close: () => {},
    };
    const error = await assertRejects(
      () => openFitsSource("r1.fits", source),
      SpitError,
    );
    assertEquals([error.code, error.file], [code, "r1.fits"]);
    assertEquals(isRetryable(error.code), false);
  }
});

Deno.test("an image with any text in its cards is read, and its claims are", async () => {
  const special = fc.constantFrom(
    ...["\u2028", "\u2029", "\u0085", "\u00a0", "\ufeff", "\u3000", "\u202e"],
    ...[
      "\u017f",
      "\u0131",
      "\u212a",
      "\ufb01",
      "\ud83d\ude00",
      "\0",
      "\n",
      "\r",
    ],
    ...["'", "/", "=", "&", " ", ":", "-", ".", "+", "A", "s", "7", "\u0661"],
  );
  const keyword = fc.constantFrom(
    ...["OBJECT", "IMAGETYP", "INSTRUME", "DATE-OBS", "UT", "EXPTIME", "RA"],
    ...["DEC", "EQUINOX", "CCDSUM", "AIRMASS", "TELESCOP", "FILTER", "SLIT"],
  );
  const record = fc.tuple(
    keyword,
    fc.string({ unit: special, maxLength: 12 }),
    fc.string({ unit: special, maxLength: 12 }),
    fc.boolean(),
  ).map(([name, value, after, isQuoted]) =>
    `${name.padEnd(8)}= ${isQuoted ? `'${value}'` : value}${after}`
  );
  await fc.assert(
    fc.asyncProperty(fc.array(record, { maxLength: 20 }), async (records) => {
      const header = headerBytes(
        "SIMPLE  = T",
        "BITPIX  = 8",
        "NAXIS   = 2",
        "NAXIS1  = 2",
        "NAXIS2  = 2",
        ...records,
      );
      using file = await openBytes(joinBytes(header, new Uint8Array(2880)));
      readClaims(file);
      assertEquals((await file.readFrame(0)).width, 2);
    }),
    { numRuns: 300 },
  );
});

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
