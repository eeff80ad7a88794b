/**
 * The known faults of fitsjs 0.6.6, for which lib/ does not use it, and the results of
 * lib/fits for the same bytes.
 */
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import fitsjs from "fitsjs";
import { gzipSync } from "node:zlib";
import { SpitError } from "../../lib/errors.ts";
import { card, encodeFits } from "../../lib/fits/write_fits.ts";
import type { Pixels } from "../../lib/fits/frame.ts";
import { parseHeader } from "../../lib/fits/header.ts";
import { decodeRice } from "../../lib/fits/tile/rice.ts";
import { headerBytes, openBytes } from "./open_bytes.ts";

interface FitsJsHeader {
  get(keyword: string): unknown;
  contains(keyword: string): boolean;
}

interface FitsJs {
  new (blob: Blob, done: () => void): unknown;
  Header: new (block: string) => FitsJsHeader;
  Image: {
    prototype: {
      _getFrame(
        buffer: ArrayBuffer,
        bitpix: number,
        bzero: number,
        bscale: number,
      ): ArrayLike<number>;
      _getFrameAsync(buffers: ArrayBuffer[]): void;
    };
  };
  Decompress: {
    RiceSetup: unknown;
    Rice(
      bytes: Uint8Array,
      blocksize: number,
      bytepix: number,
      pixels: Int32Array,
      count: number,
      configuration: unknown,
    ): Int32Array;
  };
}

const { astro } = fitsjs as unknown as { astro: { FITS: FitsJs } };
const FitsJs = astro.FITS;
// fitsjs finds its classes through a global that exists in browsers only.
Object.assign(globalThis, { astro });

const PRIMARY = [
  "SIMPLE  =                    T",
  "BITPIX  =                    8",
  "NAXIS   =                    0",
];

/** Returns the value of a card as fitsjs and as lib/fits read it. */
function readCard(
  keyword: string,
  ...records: string[]
): { theirs: unknown; ours: unknown } {
  const bytes = headerBytes(...PRIMARY, ...records);
  const header = new FitsJs.Header(new TextDecoder().decode(bytes));
  const found = parseHeader(bytes).find((card) => card.keyword === keyword);
  return { theirs: header.get(keyword), ours: found?.value };
}

async function readPixels(bytes: Uint8Array): Promise<Pixels> {
  using file = await openBytes(bytes);
  return (await file.readFrame(0)).pixels;
}

function frameOfFitsJs(
  bytes: Uint8Array,
  length: number,
  bitpix: number,
  bzero: number,
) {
  const buffer = bytes.slice(2880, 2880 + length).buffer as ArrayBuffer;
  return FitsJs.Image.prototype._getFrame(buffer, bitpix, bzero, 1);
}

Deno.test("fitsjs returns negative values for unsigned 16-bit pixels", async () => {
  const pixels = new Uint16Array([0, 32767, 40000, 65535]);
  const bytes = encodeFits([{
    cards: [],
    plane: { width: 2, height: 2, pixels },
  }]);
  assertEquals(frameOfFitsJs(bytes, 8, 16, 32768)[2], -25536);
  assertEquals(await readPixels(bytes), pixels);
});

Deno.test("fitsjs reads 64-bit floats as pairs of 32-bit ones", async () => {
  const pixels = new Float64Array([1.5, -2.25, 1e300, 0.1]);
  const bytes = encodeFits([{
    cards: [],
    plane: { width: 2, height: 2, pixels },
  }]);
  const theirs = frameOfFitsJs(bytes, 32, -64, 0);
  assert(theirs.length !== pixels.length || theirs[0] !== 1.5);
  assertEquals(await readPixels(bytes), pixels);
});

Deno.test("fitsjs refuses 64-bit integers, and throws a string", async () => {
  const records = [
    "SIMPLE  =                    T",
    "BITPIX  =                   64",
    "NAXIS   =                    2",
    "NAXIS1  =                    2",
    "NAXIS2  =                    2",
  ];
  const header = headerBytes(...records);
  let thrown: unknown;
  try {
    new FitsJs.Header(new TextDecoder().decode(header));
  } catch (error) {
    thrown = error;
  }
  assertEquals(thrown, "BITPIX value 64 is not permitted");
  const bytes = new Uint8Array(2 * 2880);
  bytes.set(header);
  new DataView(bytes.buffer).setBigInt64(2880, -5_000_000_000n);
  assertEquals(await readPixels(bytes), new Float64Array([-5e9, 0, 0, 0]));
});

Deno.test("fitsjs truncates strings at a slash", () => {
  const { theirs, ours } = readCard(
    "OBJECT",
    "OBJECT  = 'M 31 / core'  / target",
  );
  assertNotEquals(theirs, "M 31 / core");
  assertEquals(ours, "M 31 / core");
});

Deno.test("fitsjs keeps doubled quotes", () => {
  const { theirs, ours } = readCard("OBSERVER", "OBSERVER= 'O''Neill'");
  assertEquals(theirs, "O''Neill");
  assertEquals(ours, "O'Neill");
});

Deno.test("fitsjs ignores CONTINUE", () => {
  const { theirs, ours } = readCard(
    "LONG",
    "LONG    = 'one &'",
    "CONTINUE  'two'",
  );
  assertEquals(theirs, "one &");
  assertEquals(ours, "one two");
});

Deno.test("fitsjs drops HIERARCH cards", () => {
  const { theirs, ours } = readCard(
    "ESO DPR TYPE",
    "HIERARCH ESO DPR TYPE = 'BIAS'",
  );
  assertEquals(theirs, null);
  assertEquals(ours, "BIAS");
});

Deno.test("fitsjs drops every card after the 600th", () => {
  const filler = Array.from(
    { length: 700 },
    (_, i) => `KEY${i}`.padEnd(8) + `= ${i}`,
  );
  const { theirs, ours } = readCard("OBSTYPE", ...filler, "OBSTYPE = 'ARC'");
  assertEquals(theirs, null);
  assertEquals(ours, "ARC");
});

Deno.test("fitsjs truncates numbers at a D exponent", () => {
  const { theirs, ours } = readCard(
    "EXPTIME",
    "EXPTIME =                1.5D+2",
  );
  assertEquals(theirs, 1.5);
  assertEquals(ours, 150);
});

Deno.test("fitsjs rejects tiles that are not Rice-compressed", () => {
  const records = [
    ...PRIMARY,
    "ZIMAGE  =                    T",
    "ZCMPTYPE= 'GZIP_1'",
  ];
  assertThrowsText(
    () => new FitsJs.Header(new TextDecoder().decode(headerBytes(...records))),
    "Compress type GZIP_1 is not yet implement",
  );
  // In lib/fits: fixtures_test.ts reads GZIP_1, GZIP_2, NOCOMPRESS and dithered floats.
});

function assertThrowsText(act: () => void, text: string): void {
  try {
    act();
  } catch (thrown) {
    assertEquals(thrown, text);
    return;
  }
  throw new Error("did not throw");
}

Deno.test("fitsjs decodes Rice blocks of high entropy wrongly", () => {
  // First pixel 7, then the code of a raw block (15 in 4 bits) and the folded
  // differences 0, 20000, 20001 in 16 bits each: 7, 10007, 6.
  const bytes = packBits([[7, 16], [15, 4], [0, 16], [20000, 16], [20001, 16]]);
  const expected = new Int32Array([7, 10007, 6]);
  const { Rice, RiceSetup } = FitsJs.Decompress;
  assertNotEquals(
    Rice(bytes, 32, 2, new Int32Array(3), 3, RiceSetup),
    expected,
  );
  const ours = new Int32Array(3);
  decodeRice(bytes, ours, 2, 32);
  assertEquals(ours, expected);
});

function packBits(fields: [value: number, bits: number][]): Uint8Array {
  const bits = fields.map(([value, width]) =>
    value.toString(2).padStart(width, "0")
  ).join("");
  const bytes = bits.match(/.{1,8}/g)!.map((byte) =>
    parseInt(byte.padEnd(8, "0"), 2)
  );
  return new Uint8Array(bytes);
}

Deno.test("fitsjs returns no pixels outside a browser window", () => {
  assertThrows(
    () => FitsJs.Image.prototype._getFrameAsync([new ArrayBuffer(8)]),
    ReferenceError,
  );
});

/** Counts the reads of fitsjs past the end of the bytes, up to `most`. */
function readsPastEnd(bytes: Uint8Array, most: number): Promise<number> {
  return new Promise((done) => {
    let past = 0;
    const whole = new Blob([bytes as Uint8Array<ArrayBuffer>]);
    const watched = {
      size: whole.size,
      slice(begin: number, end: number): Blob {
        if (begin >= whole.size && ++past === most) {
          done(past);
          return new SilentBlob();
        }
        return whole.slice(begin, end);
      },
    };
    new FitsJs(watched as unknown as Blob, () => done(past));
  });
}

/** A blob that never delivers its bytes, which stops fitsjs. */
class SilentBlob extends Blob {
  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream();
  }
}

Deno.test("fitsjs reads endlessly past the end of a truncated or padded file", async () => {
  const plane = { width: 40, height: 40, pixels: new Uint16Array(1600) };
  const bytes = encodeFits([{ cards: [card("OBJECT", "x")], plane }]);
  assertEquals(await readsPastEnd(bytes, 50), 0);

  const cut = bytes.subarray(0, 2880 + 100);
  assertEquals(await readsPastEnd(cut, 50), 50);
  using file = await openBytes(cut);
  assertEquals(file.hdus[0]!.fault?.code, "truncated_data");

  const padded = new Uint8Array(bytes.length + 5);
  padded.set(bytes);
  assertEquals(await readsPastEnd(padded, 50), 50);
  assertEquals(await readPixels(padded), plane.pixels);
});

Deno.test("fitsjs reads endlessly past the end of a gzip file", async () => {
  const plane = {
    width: 2,
    height: 2,
    pixels: new Uint16Array([1, 2, 3, 50000]),
  };
  const gzipped = new Uint8Array(gzipSync(encodeFits([{ cards: [], plane }])));
  assertEquals(await readsPastEnd(gzipped, 50), 50);
  assertEquals(await readPixels(gzipped), plane.pixels);
});

Deno.test("openFits() throws errors with a code", async () => {
  const error = await openBytes(new TextEncoder().encode("no FITS")).catch((
    error,
  ) => error);
  assert(error instanceof SpitError);
  assertEquals(error.code, "not_fits");
});
