import type { Header } from "./header.ts";

/**
 * Pixels in row-major order (NAXIS1 varies fastest), in physical values (BZERO and
 * BSCALE applied). They are integers where that is exact, else floats, with NaN for
 * BLANK.
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
  /** Header of the HDU; in an extension followed by the cards of the primary header, except those of its layout. */
  readonly header: Header;
}
