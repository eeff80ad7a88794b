/** A format that the first bytes of a file show. */
export type Format =
  | "FITS"
  | "gzip"
  | "bzip2"
  | "compress"
  | "xz"
  | "zstd"
  | "lzma"
  | "zip"
  | "7z"
  | "RAR";

/** Bytes that {@linkcode detectFormat} needs. */
export const MAGIC_LENGTH = 80;

const COMPRESSED: readonly (readonly [magic: string, format: Format])[] = [
  ["\x1f\x8b", "gzip"],
  ["BZh", "bzip2"],
  // LZW, and the older packings of pack(1) and compact(1).
  ["\x1f\x9d", "compress"],
  ["\x1f\xa0", "compress"],
  ["\x1f\x1e", "compress"],
  ["\xfd7zXZ\0", "xz"],
  ["\x28\xb5\x2f\xfd", "zstd"],
  ["\x5d\0\0", "lzma"],
  ["PK\x03\x04", "zip"],
  ["7z\xbc\xaf\x27\x1c", "7z"],
  ["Rar!\x1a\x07", "RAR"],
];

/** The keyword of the first card, and its value indicator, which may be misplaced. */
const FITS = /^SIMPLE *=/;

/**
 * Returns the format that the first bytes of a file show; `undefined` for any other. A
 * file that the reader opens has a format, so the guard of outputs uses it, too.
 *
 * @param head The first bytes, {@linkcode MAGIC_LENGTH} if the file has so many.
 */
export function detectFormat(head: Uint8Array): Format | undefined {
  const text = String.fromCharCode(...head.subarray(0, MAGIC_LENGTH));
  if (FITS.test(text)) return "FITS";
  return COMPRESSED.find(([magic]) => text.startsWith(magic))?.[1];
}
