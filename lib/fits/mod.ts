/**
 * FITS files: headers, HDUs and pixels in physical values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { imageHdus, openFits } from "./mod.ts";
 *
 * const { pathname } = new URL("../../tests/fixtures/fits/bitpix.fits.gz", import.meta.url);
 * using file = await openFits(pathname);
 * for (const { index } of imageHdus(file)) {
 *   const { width, height, pixels } = await file.readFrame(index);
 *   assertEquals(pixels.length, width * height);
 * }
 * ```
 *
 * @module
 */
export { type ErrorCode, SpitError, type SpitErrorOptions } from "../errors.ts";
export type { Frame, Pixels, Plane } from "./frame.ts";
export type { Hdu, HduKind } from "./hdu.ts";
export type { Card, CardValue, Header } from "./header.ts";
export {
  type FitsFile,
  type FitsLimits,
  imageHdus,
  openFits,
} from "./open_fits.ts";
export type { PixelMemory } from "./pixels.ts";
