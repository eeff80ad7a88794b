/**
 * Names under which FITS files go.
 *
 * @module
 */

/** Endings of FITS files, lower case. */
export const FITS_ENDINGS = [".fits", ".fit", ".fts"] as const;

/** Endings that compression adds, lower case. */
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
  return /\.(?:fits|fit|fts)(?:\.(?:gz|bz2|fz))?$/i.test(name) ||
    /\.fz$/i.test(name);
}
