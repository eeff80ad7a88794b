/** A format that the first bytes of a file show. */
export type Format =
  | "FITS"
  | "gzip"
  | "bzip2"
  | "compress"
  | "compress -H"
  | "pack"
  | "xz"
  | "zstd"
  | "lzma"
  | "lzip"
  | "zip"
  | "7z"
  | "RAR"
  | "tar"
  | "IRAF";

/** Bytes that {@linkcode detectFormat} needs. */
export const MAGIC_LENGTH = 512;

const MAGIC: readonly (readonly [magic: string, format: Format])[] = [
  ["\x1f\x8b", "gzip"],
  ["BZh", "bzip2"],
  ["\x1f\x9d", "compress"],
  ["\x1f\xa0", "compress -H"],
  ["\x1f\x1e", "pack"],
  ["\xfd7zXZ\0", "xz"],
  ["\x28\xb5\x2f\xfd", "zstd"],
  // A frame without content, with which pzstd(1) begins.
  ["\x50\x2a\x4d\x18", "zstd"],
  ["\x5d\0\0", "lzma"],
  ["LZIP", "lzip"],
  ["PK\x03\x04", "zip"],
  ["7z\xbc\xaf\x27\x1c", "7z"],
  ["Rar!\x1a\x07", "RAR"],
  // The header of an image: of version 2, and of version 1 in both byte orders.
  ["imhv2", "IRAF"],
  ["\0i\0m\0h\0d\0r", "IRAF"],
  ["i\0m\0h\0d\0r\0", "IRAF"],
];

/** The magic of a tar archive, after the name and the attributes of its first file. */
const TAR_MAGIC = "ustar";
const TAR_MAGIC_OFFSET = 257;

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
  const found = MAGIC.find(([magic]) => text.startsWith(magic))?.[1];
  if (found !== undefined) return found;
  return text.startsWith(TAR_MAGIC, TAR_MAGIC_OFFSET) ? "tar" : undefined;
}

/** Returns what a file of a format is, for error messages, as `compressed with xz`. */
export function describeFormat(format: Format): string {
  switch (format) {
    case "FITS":
      return "a FITS file";
    case "tar":
      return "a tar archive";
    case "IRAF":
      return "the header of an IRAF image";
    default:
      return `compressed with ${format}`;
  }
}
