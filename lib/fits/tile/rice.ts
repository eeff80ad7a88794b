import { SpitError } from "../../errors.ts";
import { decodeRice as decodeByKernel } from "../../kernels/kernels.wasm";
import { allocate, bytesAt, COUNT, countsAt } from "../../kernels/memory.ts";

/** Bits of the code of a block, and the code of an uncompressed block, by bytes of a pixel. */
const LAYOUT: Readonly<Record<number, readonly [number, number]>> = {
  1: [3, 7],
  2: [4, 15],
  4: [5, 26],
};

/** Layout of Rice code. */
export interface RiceLayout {
  /** Bytes of a pixel: 1, 2 or 4. */
  readonly bytepix: number;
  /** Pixels of a block, usually 32. */
  readonly blocksize: number;
}

/** Decoded pixels: signed for 2 and 4 bytes, unsigned for 1 byte. */
export type RicePixels = Uint8Array | Int16Array | Int32Array;

/** Arrays for decoded pixels by their bytes. */
const ARRAYS: Readonly<
  Record<
    number,
    new (buffer: ArrayBufferLike, start: number, length: number) => RicePixels
  >
> = { 1: Uint8Array, 2: Int16Array, 4: Int32Array };

/** A larger tile is not decoded by the kernel, whose memory never shrinks. */
const LARGEST = 1 << 26;

/** Bytes after a tile that the kernel reads. */
const BEYOND = 16;

/**
 * Decodes RICE_1 tiles of the same number of pixels by the WebAssembly kernel, which
 * returns the pixels of {@linkcode decodeRice}, bit for bit.
 *
 * @param tiles Bytes of each tile.
 * @param length Pixels of a tile.
 * @param zero Added to each pixel, modulo the range of its type. Default: 0.
 * @returns The pixels of the tiles before the first one that is damaged, or of no tile if
 *   they are too large for the kernel. The next use of a kernel overwrites them.
 */
export function decodeRiceTiles(
  tiles: readonly Uint8Array[],
  length: number,
  { bytepix, blocksize }: RiceLayout,
  zero = 0,
): RicePixels {
  const packed = tiles.reduce((sum, tile) => sum + tile.length, 0);
  const pixelBytes = tiles.length * length * bytepix;
  const room = packed + pixelBytes > LARGEST ? undefined : allocate({
    spans: tiles.length * 2 * COUNT,
    packed: packed + BEYOND,
    pixels: pixelBytes,
  });
  if (room === undefined) return new Int32Array();
  const spans = countsAt(room.spans, 2 * tiles.length);
  const bytes = bytesAt(room.packed, packed);
  let at = 0;
  tiles.forEach((tile, k) => {
    bytes.set(tile, at);
    spans[2 * k] = room.packed + at;
    spans[2 * k + 1] = room.packed + (at += tile.length);
  });
  const decoded = decodeByKernel(
    room.spans,
    tiles.length,
    room.pixels,
    length,
    bytepix,
    Math.min(blocksize, length),
    zero,
  );
  return new ARRAYS[bytepix]!(spans.buffer, room.pixels, decoded * length);
}

/**
 * Decodes a RICE_1 tile: differences of neighbouring pixels, in blocks with their own
 * number of low bits. Blocks of high entropy are uncompressed, and blocks of equal
 * pixels consist of a code only.
 *
 * Source: `fits_rdecomp`, `fits_rdecomp_short` and `fits_rdecomp_byte` of CFITSIO's
 * ricecomp.c (R. White, STScI, 1999; Rice, Yeh & Miller 1993). Unlike those, this
 * function throws when the bytes end before the pixels do.
 *
 * @param pixels Receives the pixels, signed for 2 and 4 bytes, unsigned for 1 byte.
 * @param bytepix Bytes of a pixel: 1, 2 or 4.
 * @param blocksize Pixels of a block, usually 32.
 * @throws {SpitError} `bad_tile`: the bytes end early, or are not Rice code.
 * @throws {RangeError} Another `bytepix`, or a block size below 1.
 */
export function decodeRice(
  bytes: Uint8Array,
  pixels: Int32Array,
  bytepix: number,
  blocksize: number,
): void {
  const layout = LAYOUT[bytepix];
  if (layout === undefined || !Number.isInteger(blocksize) || blocksize < 1) {
    throw new RangeError(
      `Cannot decode Rice blocks of ${blocksize} pixels of ${bytepix} bytes`,
    );
  }
  const [codeBits, rawCode] = layout;
  const rawBits = 8 * bytepix;
  // Shifting up and down again wraps a sum into the range of a pixel.
  const unused = 32 - rawBits;
  const unsigned = bytepix === 1 ? 0xff : -1;
  const end = bytes.length;
  const length = pixels.length;

  let at = 0;
  let pixel = 0;
  while (at < bytepix) pixel = (pixel << 8) | bytes[at++]!;
  pixel = ((pixel << unused) >> unused) & unsigned;
  let bits = bytes[at++]!;
  let bitCount = 8;

  for (let start = 0; start < length; start += blocksize) {
    const stop = Math.min(start + blocksize, length);
    bitCount -= codeBits;
    while (bitCount < 0) {
      bits = (bits << 8) | bytes[at++]!;
      bitCount += 8;
    }
    const code = bits >>> bitCount;
    bits &= (1 << bitCount) - 1;

    if (code > rawCode) {
      throw damaged(`has a block with the invalid code ${code}`);
    }
    if (code === 0) {
      pixels.fill(pixel, start, stop);
    } else if (code === rawCode) {
      for (let i = start; i < stop; i++) {
        let missing = rawBits - bitCount;
        let difference = missing < 32 ? bits << missing : 0;
        for (missing -= 8; missing >= 0; missing -= 8) {
          difference |= bytes[at++]! << missing;
        }
        if (bitCount > 0) {
          bits = bytes[at++]!;
          difference |= bits >>> -missing;
          bits &= (1 << bitCount) - 1;
        } else {
          bits = 0;
        }
        pixel += (difference >>> 1) ^ -(difference & 1);
        pixel = ((pixel << unused) >> unused) & unsigned;
        pixels[i] = pixel;
      }
    } else {
      const lowBits = code - 1;
      for (let i = start; i < stop; i++) {
        while (bits === 0) {
          if (at >= end) throw damaged("ends before its pixels do");
          bitCount += 8;
          bits = bytes[at++]!;
        }
        const zeros = bitCount - (32 - Math.clz32(bits));
        bitCount -= zeros + 1;
        bits ^= 1 << bitCount;
        bitCount -= lowBits;
        while (bitCount < 0) {
          bits = (bits << 8) | bytes[at++]!;
          bitCount += 8;
        }
        const difference = (zeros << lowBits) | (bits >>> bitCount);
        bits &= (1 << bitCount) - 1;
        pixel += (difference >>> 1) ^ -(difference & 1);
        pixel = ((pixel << unused) >> unused) & unsigned;
        pixels[i] = pixel;
      }
    }
    // Bytes past the end read as zeros, so one check per block is sufficient.
    if (at > end) throw damaged("ends before its pixels do");
  }
}

function damaged(what: string): SpitError {
  return new SpitError("bad_tile", `a Rice tile ${what}`);
}
