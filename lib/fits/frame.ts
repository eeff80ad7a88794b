/**
 * The frame: one image plane in physical values.
 *
 * @module
 */
import type { Header } from "./header.ts";

/**
 * Pixels in row-major order (NAXIS1 runs fastest), physical values
 * (BZERO and BSCALE applied). Integers stay integers where that is exact;
 * frames with BLANK pixels or fractional scaling are floats, BLANK as NaN.
 */
export type Pixels =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** A rectangle of pixels. */
export interface Plane {
  /** Columns, NAXIS1. */
  readonly width: number;
  /** Rows, NAXIS2. */
  readonly height: number;
  /** `width * height` values, row-major. */
  readonly pixels: Pixels;
}

/** One image HDU of a file. */
export interface Frame extends Plane {
  /** Index of the HDU in its file, from 0. */
  readonly hdu: number;
  /** Header of the HDU; for extensions, cards of the primary (but those of its layout) follow those of the extension. */
  readonly header: Header;
}
