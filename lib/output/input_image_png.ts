/**
 * Input images as PNG in a page.
 *
 * @module
 */
import { encode } from "fast-png";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";

/** Pixels of an input image along either axis that become one of a thumbnail. */
const SHRINK = 2;

/** Width of a thumbnail, pixels. */
export const THUMBNAIL_WIDTH = INPUT_IMAGE_WIDTH / SHRINK;

/** Height of a thumbnail, pixels. */
export const THUMBNAIL_HEIGHT = INPUT_IMAGE_HEIGHT / SHRINK;

/**
 * A input image as a `data:` URI.
 *
 * @param pixels 210 × 650 bytes.
 * @param levels Greys that are left of 256: noise costs no bytes that nobody sees.
 */
export function inputImageUri(pixels: Uint8Array, levels = 256): string {
  return pngUri(greys(pixels, levels), INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
}

/**
 * A input image at half size, 325 × 105, as a `data:` URI.
 *
 * @param pixels 210 × 650 bytes.
 * @param levels Greys that are left of 256.
 */
export function thumbnailUri(pixels: Uint8Array, levels = 256): string {
  const small = greys(shrunk(pixels), levels);
  return pngUri(small, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT);
}

/**
 * A input image as PNG.
 *
 * @param pixels 210 × 650 bytes.
 */
export function encodeInputImagePng(
  pixels: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return png(pixels, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
}

/** Means of blocks of 2 × 2 pixels. */
function shrunk(pixels: Uint8Array): Uint8Array {
  const small = new Uint8Array(THUMBNAIL_WIDTH * THUMBNAIL_HEIGHT);
  for (let y = 0; y < THUMBNAIL_HEIGHT; y++) {
    for (let x = 0; x < THUMBNAIL_WIDTH; x++) {
      let sum = 0;
      for (let dy = 0; dy < SHRINK; dy++) {
        const start = (SHRINK * y + dy) * INPUT_IMAGE_WIDTH + SHRINK * x;
        for (let dx = 0; dx < SHRINK; dx++) sum += pixels[start + dx]!;
      }
      small[y * THUMBNAIL_WIDTH + x] = Math.round(sum / SHRINK ** 2);
    }
  }
  return small;
}

/** Fewer greys, black and white among them. */
function greys(pixels: Uint8Array, levels: number): Uint8Array {
  if (levels >= 256) return pixels;
  return pixels.map((value) =>
    Math.round(Math.floor(value * levels / 256) * 255 / (levels - 1))
  );
}

function pngUri(pixels: Uint8Array, width: number, height: number): string {
  return `data:image/png;base64,${png(pixels, width, height).toBase64()}`;
}

function png(
  pixels: Uint8Array,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    encode({ width, height, data: pixels, depth: 8, channels: 1 }),
  );
}
