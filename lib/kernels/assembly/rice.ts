/**
 * Rice code of tile-compressed images: the fast path of `lib/fits/tile/rice.ts`.
 *
 * The next bits are in a window of 64 bits, the first one highest. At least 56 of them are
 * valid after {@link refill}, which is enough for four pixels of most frames, so that the
 * lengths of four codes are computed before one check.
 */

/**
 * Decodes tiles of the same number of pixels.
 *
 * @param spans Address and end of the bytes of each tile, as 32-bit integers. The 16 bytes
 *   after a tile are read, too.
 * @param to Receives the pixels of all tiles.
 * @param length Pixels of a tile.
 * @param bytepix Bytes of a pixel: 1, 2 or 4.
 * @param blocksize Pixels of a block, at least 1.
 * @param zero Added to each pixel, modulo the range of its type.
 * @returns The number of tiles before the first one that is damaged.
 */
export function decodeRice(
  spans: usize,
  tiles: i32,
  to: usize,
  length: i32,
  bytepix: i32,
  blocksize: i32,
  zero: i32,
): i32 {
  for (let tile = 0; tile < tiles; tile++) {
    const from = <usize> load<u32>(spans);
    const end = <usize> load<u32>(spans, 4);
    const isSound = bytepix == 1
      ? decodeTile<u8>(from, end, to, length, blocksize, zero)
      : bytepix == 2
      ? decodeTile<u16>(from, end, to, length, blocksize, zero)
      : decodeTile<u32>(from, end, to, length, blocksize, zero);
    if (!isSound) return tile;
    spans += 8;
    to += <usize> (length * bytepix);
  }
  return tiles;
}

function decodeTile<T>(
  from: usize,
  end: usize,
  to: usize,
  length: i32,
  blocksize: i32,
  zero: i32,
): bool {
  const codeBits: u64 = sizeof<T>() == 1 ? 3 : sizeof<T>() == 2 ? 4 : 5;
  const rawCode: i32 = sizeof<T>() == 1 ? 7 : sizeof<T>() == 2 ? 15 : 26;
  const rawBits: u64 = 8 * sizeof<T>();
  let pixel = zero + <i32> (loadBig(from) >> (64 - rawBits));
  let at = from + sizeof<T>();
  let window: u64 = 0;
  let count: u64 = 0;
  const stop = to + <usize> length * sizeof<T>();
  while (to < stop) {
    const left = <i32> ((stop - to) / sizeof<T>());
    const blockEnd = to + <usize> min(blocksize, left) * sizeof<T>();
    window |= loadBig(at) >> count;
    at += advance(count);
    count |= 56;
    const code = <i32> (window >> (64 - codeBits));
    window <<= codeBits;
    count -= codeBits;
    if (code == 0) {
      for (; to < blockEnd; to += sizeof<T>()) store<T>(to, <T> pixel);
    } else if (code < rawCode) {
      const low = <u64> (code - 1);
      const used = low + 1;
      while (to < blockEnd) {
        window |= loadBig(at) >> count;
        at += advance(count);
        count |= 56;
        if (at > end + 8) return false;
        if (to + 4 * sizeof<T>() <= blockEnd) {
          const zeros0 = clz(window);
          const rest0 = window << zeros0;
          const window1 = rest0 << used;
          const zeros1 = clz(window1);
          const rest1 = window1 << zeros1;
          const window2 = rest1 << used;
          const zeros2 = clz(window2);
          const rest2 = window2 << zeros2;
          const window3 = rest2 << used;
          const zeros3 = clz(window3);
          const rest3 = window3 << zeros3;
          const needed = zeros0 + zeros1 + zeros2 + zeros3 + 4 * used;
          if (needed <= count) {
            window = rest3 << used;
            count -= needed;
            pixel += unfold(zeros0, rest0, low);
            store<T>(to, <T> pixel);
            pixel += unfold(zeros1, rest1, low);
            store<T>(to, <T> pixel, sizeof<T>());
            pixel += unfold(zeros2, rest2, low);
            store<T>(to, <T> pixel, 2 * sizeof<T>());
            pixel += unfold(zeros3, rest3, low);
            store<T>(to, <T> pixel, 3 * sizeof<T>());
            to += 4 * sizeof<T>();
            continue;
          }
        }
        // One pixel of any length, at the end of a block or with long codes.
        let before: u64 = 0;
        let zeros = clz(window);
        while (zeros >= count) {
          if (at >= end) return false;
          before += count;
          window = loadBig(at);
          at += 7;
          count = 56;
          zeros = clz(window);
        }
        window <<= zeros;
        count -= zeros;
        window |= loadBig(at) >> count;
        at += advance(count);
        count |= 56;
        pixel += unfold(before + zeros, window, low);
        window <<= used;
        count -= used;
        store<T>(to, <T> pixel);
        to += sizeof<T>();
      }
    } else if (code == rawCode) {
      for (; to < blockEnd; to += sizeof<T>()) {
        window |= loadBig(at) >> count;
        at += advance(count);
        count |= 56;
        if (at > end + 8) return false;
        pixel += unzigzag(<u32> (window >> (64 - rawBits)));
        window <<= rawBits;
        count -= rawBits;
        store<T>(to, <T> pixel);
      }
    } else return false;
    if ((at << 3) - <usize> count > end << 3) return false;
  }
  return true;
}

function loadBig(at: usize): u64 {
  return bswap(load<u64>(at));
}

/** Returns the whole bytes that a window with so many valid bits has room for. */
function advance(count: u64): usize {
  return <usize> ((63 - count) >> 3);
}

/**
 * Returns the difference with so many leading zeros.
 *
 * @param rest The bits from the one after the zeros on.
 * @param low Number of low bits.
 */
function unfold(zeros: u64, rest: u64, low: u64): i32 {
  // The bit that ends the zeros is above the low bits: it counts as one of them.
  return unzigzag(<u32> (((zeros - 1) << low) + (rest >> (63 - low))));
}

function unzigzag(folded: u32): i32 {
  return <i32> (folded >> 1) ^ -(<i32> folded & 1);
}
