import { encode } from "fast-png";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";

/** Pixels of an input image that become one of a thumbnail, along either axis. */
const SHRINK = 2;

export const THUMBNAIL_WIDTH = INPUT_IMAGE_WIDTH / SHRINK;

export const THUMBNAIL_HEIGHT = INPUT_IMAGE_HEIGHT / SHRINK;

/** Encodes an input image, 210 × 650 bytes, as PNG. */
export function encodeInputImagePng(
  pixels: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return encodePng(pixels, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
}

/** Encodes an input image as a `data:` URI. Fewer grey levels make a smaller file. */
export function encodeInputImageUri(pixels: Uint8Array, levels = 256): string {
  const reduced = reduceGreys(pixels, levels);
  return encodeUri(reduced, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
}

/** Encodes an input image at half size, 325 × 105, as a `data:` URI. */
export function encodeThumbnailUri(pixels: Uint8Array, levels = 256): string {
  const small = reduceGreys(shrink(pixels), levels);
  return encodeUri(small, THUMBNAIL_WIDTH, THUMBNAIL_HEIGHT);
}

/** Averages blocks of 2 × 2 pixels. */
function shrink(pixels: Uint8Array): Uint8Array {
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

/** Reduces the grey levels; black and white stay. */
function reduceGreys(pixels: Uint8Array, levels: number): Uint8Array {
  if (levels >= 256) return pixels;
  return pixels.map((value) =>
    Math.round(Math.floor(value * levels / 256) * 255 / (levels - 1))
  );
}

function encodeUri(pixels: Uint8Array, width: number, height: number): string {
  const png = encodePng(pixels, width, height);
  return `data:image/png;base64,${png.toBase64()}`;
}

function encodePng(
  pixels: Uint8Array,
  width: number,
  height: number,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(
    encode({ width, height, data: pixels, depth: 8, channels: 1 }),
  );
}
