/**
 * Pixels of an image that is stored as it is.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { ByteSource } from "../io/byte_source.ts";
import type { Pixels } from "./frame.ts";
import type { Hdu } from "./hdu.ts";
import { cardNumber } from "./header.ts";
import {
  decodePixels,
  type PixelMemory,
  readScaling,
  storedArray,
} from "./scale_pixels.ts";

/**
 * Reads the pixels of an image HDU straight into their final memory.
 *
 * @param memory What that is; without it the pixels get some of their own.
 * @throws {SpitError} `truncated_data`, and what the source throws.
 */
export async function readPixels(
  source: ByteSource,
  hdu: Hdu,
  memory?: PixelMemory,
): Promise<Pixels> {
  const { header, width, height, dataStart, index } = hdu;
  const bitpix = cardNumber(header, "BITPIX")!;
  const stored = storedArray(bitpix, width * height, memory);
  const bytes = new Uint8Array(stored.buffer, 0, stored.byteLength);
  const count = await source.readInto(dataStart, bytes);
  if (count < bytes.length) {
    throw new SpitError("truncated_data", "the pixels end early", {
      hdu: index,
      byte: dataStart + count,
    });
  }
  return decodePixels(stored, readScaling(header));
}
