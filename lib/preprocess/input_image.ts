/** Rows of an input image: the spatial axis. */
export const INPUT_IMAGE_HEIGHT = 210;

/** Columns of an input image: the spectral axis. */
export const INPUT_IMAGE_WIDTH = 650;

/** A frame after preprocessing, with a record of how it was made. */
export interface InputImage {
  /** `INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH` values, row-major, 0 to 255. */
  readonly pixels: Uint8Array;
  /** Whether the frame was turned by 90° so that its longer axis lies along columns. */
  readonly rotated: boolean;
  /** First row kept by the trim (in the oriented frame). */
  readonly rowFirst: number;
  /** One past the last row kept. */
  readonly rowEnd: number;
  /** Lower zscale limit in physical units, which is mapped to 0. */
  readonly z1: number;
  /** Upper zscale limit in physical units, which is mapped to 255. */
  readonly z2: number;
}
