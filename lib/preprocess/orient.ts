import type { Pixels, Plane } from "../fits/frame.ts";

/** Side of the square tiles in which a plane is turned, so that reads and writes stay in the cache. */
const TILE = 32;

/**
 * Step 1: turns a plane by 90° counter-clockwise when it is higher than wide, so that
 * the spectral axis is along columns, as `numpy.rot90` does: pixel `[i][j]` of the
 * result is pixel `[j][width - 1 - i]` of the plane. Any other plane is returned without
 * a copy.
 *
 * Source: Jankov & Prochaska 2018, pre-processing. The original turns frames with
 * `scipy.ndimage`, which interpolates; here the pixels are moved.
 *
 * @param plane height × width pixels of any type.
 */
export function orient(plane: Plane): { plane: Plane; rotated: boolean } {
  if (plane.height <= plane.width) return { plane, rotated: false };
  const { width, height, pixels } = plane;
  const turned = pixels.slice();
  turn(viewBits(pixels), viewBits(turned), width, height);
  const oriented = { width: height, height: width, pixels: turned };
  return { plane: oriented, rotated: true };
}

/**
 * Returns the same memory as unsigned integers of the same size. A loop over four
 * types of array is faster than one over eight.
 */
function viewBits(
  pixels: Pixels,
): Uint8Array | Uint16Array | Uint32Array | BigUint64Array {
  const { buffer, byteOffset, length } = pixels;
  switch (pixels.BYTES_PER_ELEMENT) {
    case 1:
      return new Uint8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    default:
      return new BigUint64Array(buffer, byteOffset, length);
  }
}

/** Stores a plane of height × width pixels in `to`, turned. */
export function turn<T extends { [index: number]: number | bigint }>(
  from: T,
  to: T,
  width: number,
  height: number,
): void {
  for (let top = 0; top < height; top += TILE) {
    const bottom = Math.min(top + TILE, height);
    for (let left = 0; left < width; left += TILE) {
      const right = Math.min(left + TILE, width);
      for (let column = left; column < right; column++) {
        const row = (width - 1 - column) * height;
        for (let j = top; j < bottom; j++) {
          to[row + j] = from[j * width + column]!;
        }
      }
    }
  }
}
