/**
 * Names under which FITS files go.
 *
 * @module
 */

/** Endings of FITS files, lower case. */
export const FITS_ENDINGS = [".fits", ".fit", ".fts"] as const;

/** Endings that compression adds to them, lower case. */
export const PACKED_ENDINGS = [".gz", ".bz2", ".fz"] as const;

/**
 * Whether a file name looks like that of a FITS file, packed or not, in any case.
 * For picking files from folders; what a file is, its bytes decide.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { isFitsName } from "./file_names.ts";
 *
 * assert(isFitsName("night/R6.FITS.gz"));
 * assert(!isFitsName("fits.txt"));
 * ```
 */
export function isFitsName(name: string): boolean {
  let stem = name.toLowerCase();
  // Twice, for frames in tiles under gzip.
  for (let i = 0; i < 2; i++) {
    const packed = PACKED_ENDINGS.find((ending) => stem.endsWith(ending));
    if (packed !== undefined) stem = stem.slice(0, -packed.length);
  }
  return FITS_ENDINGS.some((ending) => stem.endsWith(ending));
}
