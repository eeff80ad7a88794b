import { assertEquals, assertThrows } from "@std/assert";
import fc from "../../fast_check.ts";
import {
  decodeRice,
  decodeRiceTiles,
  type RiceLayout,
} from "../../../lib/fits/tile/rice.ts";
import { bunzip, openBytes, spitErrorOf } from "../open_bytes.ts";

const CODE_BITS = { 1: 3, 2: 4, 4: 5 } as const;
type Bytepix = keyof typeof CODE_BITS;

/**
 * Rice encoder with chosen numbers of low bits, so that all kinds of blocks occur. The
 * blocks use `choices` in turn, if they allow them.
 */
function encodeRice(
  pixels: number[],
  bytepix: Bytepix,
  blocksize: number,
  choices: number[],
): Uint8Array {
  const rawBits = BigInt(8 * bytepix);
  const rawCode = { 1: 7, 2: 15, 4: 26 }[bytepix];
  let bits = BigInt.asUintN(Number(rawBits), BigInt(pixels[0]!)).toString(2)
    .padStart(8 * bytepix, "0");
  const put = (value: bigint, width: number) =>
    bits += value.toString(2).padStart(width, "0");
  let last = BigInt(pixels[0]!);
  for (let start = 0; start < pixels.length; start += blocksize) {
    const folded = pixels.slice(start, start + blocksize).map((pixel) => {
      const difference = BigInt.asIntN(8 * bytepix, BigInt(pixel) - last);
      last = BigInt(pixel);
      return BigInt.asUintN(
        8 * bytepix,
        difference < 0n ? -2n * difference - 1n : 2n * difference,
      );
    });
    const choice = choices[(start / blocksize) % choices.length]! %
      (rawCode - 1);
    const longest = Math.max(
      ...folded.map((value) => Number(value >> BigInt(choice))),
    );
    if (folded.every((value) => value === 0n)) put(0n, CODE_BITS[bytepix]);
    else if (longest > 200) {
      put(BigInt(rawCode), CODE_BITS[bytepix]);
      for (const value of folded) put(value, 8 * bytepix);
    } else {
      put(BigInt(choice + 1), CODE_BITS[bytepix]);
      for (const value of folded) {
        bits += "0".repeat(Number(value >> BigInt(choice))) + "1";
        if (choice > 0) put(value & ((1n << BigInt(choice)) - 1n), choice);
      }
    }
  }
  return new Uint8Array(
    bits.match(/.{1,8}/g)!.map((byte) => parseInt(byte.padEnd(8, "0"), 2)),
  );
}

const RANGES: Record<Bytepix, [number, number]> = {
  1: [0, 255],
  2: [-32768, 32767],
  4: [-2147483648, 2147483647],
};

const tiles = fc.constantFrom<Bytepix>(1, 2, 4).chain((bytepix) => {
  const [min, max] = RANGES[bytepix];
  const wild = fc.integer({ min, max });
  const calm = fc.integer({ min: 100, max: 110 });
  return fc.record({
    bytepix: fc.constant(bytepix),
    blocksize: fc.constantFrom(16, 32, 5),
    choices: fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
    pixels: fc.array(fc.oneof(calm, calm, fc.constant(100), wild), {
      minLength: 1,
      maxLength: 150,
    }),
  });
});

Deno.test("decodeRice() decodes all kinds of blocks and sizes of pixels", () => {
  fc.assert(
    fc.property(tiles, ({ pixels, bytepix, blocksize, choices }) => {
      const decoded = new Int32Array(pixels.length);
      decodeRice(
        encodeRice(pixels, bytepix, blocksize, choices),
        decoded,
        bytepix,
        blocksize,
      );
      assertEquals(Array.from(decoded), pixels);
    }),
    { numRuns: 500 },
  );
});

Deno.test("decodeRice() throws for a tile truncated anywhere", () => {
  fc.assert(
    fc.property(
      tiles,
      fc.nat(1000),
      ({ pixels, bytepix, blocksize, choices }, cut) => {
        const bytes = encodeRice(pixels, bytepix, blocksize, choices);
        const short = bytes.subarray(0, cut % bytes.length);
        assertThrows(
          () =>
            decodeRice(
              short,
              new Int32Array(pixels.length),
              bytepix,
              blocksize,
            ),
          Error,
          "Rice tile ends",
        );
      },
    ),
  );
});

Deno.test("decodeRice() accepts any bytes, or throws bad_tile", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom(1, 2, 4),
      (bytes, bytepix) => {
        try {
          decodeRice(bytes, new Int32Array(500), bytepix, 32);
        } catch (error) {
          assertEquals((error as { code: string }).code, "bad_tile");
        }
      },
    ),
  );
});

/** Asserts that the kernel decodes the tiles before the first one that decodeRice() refuses, with the same pixels. */
function assertSameTiles(
  tiles: readonly Uint8Array[],
  length: number,
  layout: RiceLayout,
): void {
  const expected: number[] = [];
  for (const tile of tiles) {
    const pixels = new Int32Array(length);
    try {
      decodeRice(tile, pixels, layout.bytepix, layout.blocksize);
    } catch {
      break;
    }
    expected.push(...pixels);
  }
  assertEquals(Array.from(decodeRiceTiles(tiles, length, layout)), expected);
}

Deno.test("decodeRiceTiles() gives the pixels of decodeRice(), also of truncated tiles", () => {
  fc.assert(
    fc.property(
      tiles,
      fc.nat(1000),
      ({ pixels, bytepix, blocksize, choices }, cut) => {
        const tile = encodeRice(pixels, bytepix, blocksize, choices);
        const short = tile.subarray(0, cut % tile.length);
        const layout = { bytepix, blocksize };
        assertSameTiles([tile, tile, short, tile], pixels.length, layout);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("decodeRiceTiles() decodes any bytes, or stops, as decodeRice() does", () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  fc.assert(
    fc.property(
      fc.array(bytes, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(1, 2, 4),
      fc.constantFrom(1, 5, 32, 2 ** 31 - 1),
      fc.integer({ min: 1, max: 500 }),
      (tiles, bytepix, blocksize, length) =>
        assertSameTiles(tiles, length, { bytepix, blocksize }),
    ),
    { numRuns: 2000 },
  );
});

Deno.test("decodeRiceTiles() stops at a tile whose block exceeds its bytes by megabytes", () => {
  for (const bytepix of [1, 2, 4]) {
    for (const byte of [0x5a, 0xd5, 0xff]) {
      const tile = new Uint8Array(bytepix + 9).fill(byte);
      const layout = { bytepix, blocksize: 2 ** 31 - 1 };
      assertEquals(decodeRiceTiles([tile], 1 << 22, layout).length, 0);
    }
  }
});

Deno.test("decodeRiceTiles() adds a zero point, and leaves a tile that is too large", () => {
  const tile = encodeRice([5, -7, 32767], 2, 32, [2]);
  const layout = { bytepix: 2, blocksize: 32 };
  const { buffer, byteOffset } = decodeRiceTiles([tile], 3, layout, 32768);
  assertEquals(
    Array.from(new Uint16Array(buffer, byteOffset, 3)),
    [32773, 32761, 65535],
  );
  assertEquals(decodeRiceTiles([tile], 2 ** 26, layout).length, 0);
});

Deno.test("the error of a damaged tile names the tile and the HDU", async () => {
  const { pathname } = new URL(
    "../../fixtures/fits/integers.fits.bz2",
    import.meta.url,
  );
  const bytes = bunzip(await Deno.readFile(pathname));
  using file = await openBytes(bytes);
  const hdu = file.hdus.find(({ header }) =>
    header.values.get("ZCMPTYPE") === "RICE_1"
  )!;
  // The length of the second tile.
  const rowBytes = Number(hdu.header.values.get("NAXIS1"));
  new DataView(bytes.buffer).setUint32(hdu.dataStart + rowBytes, 1);
  const error = await spitErrorOf(() => file.readFrame(hdu.index));
  assertEquals(
    [error.code, error.message],
    [
      "bad_tile",
      `tile 1: a Rice tile ends before its pixels do (HDU ${hdu.index})`,
    ],
  );
});
