/**
 * FITS files: headers, HDUs and pixels in physical values.
 *
 * @example
 * ```ts no-eval
 * import { imageHdus, openFits } from "./mod.ts";
 *
 * using file = await openFits("r6.fits.gz");
 * for (const { index } of imageHdus(file)) {
 *   const { width, height, pixels } = await file.readFrame(index);
 *   console.log(index, width, height, pixels[0]);
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
