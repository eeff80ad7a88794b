/** Options of {@linkcode compressLzw}. */
export interface LzwOptions {
  /** Width of the longest codes, 10 to 16 bits. Default: 16. */
  readonly width?: number;
  /** Whether a code empties the dictionary. Default: true. */
  readonly isBlockMode?: boolean;
  /** Bytes after which a full dictionary is emptied. Default: never. */
  readonly clearEvery?: number;
}

/** Compresses as compress(1) does, except for the moment at which the dictionary is emptied. */
export function compressLzw(
  content: Uint8Array,
  { width: maxWidth = 16, isBlockMode = true, clearEvery = Infinity }:
    LzwOptions = {},
): Uint8Array {
  const first = isBlockMode ? 257 : 256;
  const packed: number[] = [0x1f, 0x9d, maxWidth | (isBlockMode ? 0x80 : 0)];
  let width = 9, codes = first, bits = 0, bitCount = 0, groupBits = 0;
  let dictionary = new Map<number, number>();
  const put = (code: number) => {
    bits |= code << bitCount;
    groupBits += width;
    for (bitCount += width; bitCount >= 8; bitCount -= 8) {
      packed.push(bits & 255);
      bits >>= 8;
    }
  };
  const endGroup = () => {
    if (bitCount > 0) packed.push(bits & 255);
    groupBits += bitCount > 0 ? 8 - bitCount : 0;
    bits = bitCount = 0;
    for (; groupBits % (8 * width) !== 0; groupBits += 8) packed.push(0);
    groupBits = 0;
  };
  const widen = () => {
    if (codes >= 2 ** width && width < maxWidth) {
      endGroup();
      width++;
    }
  };
  let current = -1, since = 0;
  for (const byte of content) {
    since++;
    if (current < 0) {
      current = byte;
      continue;
    }
    const key = current * 256 + byte;
    const known = dictionary.get(key);
    if (known !== undefined) {
      current = known;
      continue;
    }
    put(current);
    widen();
    if (codes < 2 ** maxWidth) dictionary.set(key, codes++);
    else if (isBlockMode && since >= clearEvery) {
      put(256);
      endGroup();
      dictionary = new Map();
      width = 9;
      codes = first;
      since = 0;
    }
    current = byte;
  }
  if (current >= 0) put(current);
  if (bitCount > 0) packed.push(bits & 255);
  return Uint8Array.from(packed);
}
