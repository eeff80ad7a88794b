/**
 * Steps 2 to 7 by the kernels, for a plane of 16-bit integers.
 *
 * @module
 */
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
  type InputImage,
} from "../input_image.ts";
import { trim } from "../trim.ts";
import { zscale } from "../zscale.ts";
import {
  bytesAt,
  clip,
  floatsAt,
  resize,
  rowMaxima,
  scale,
  WORD,
} from "./kernels.ts";
import type { LoadedPlane } from "./load_plane.ts";

const SIZE = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

/** Returns what `preprocessByStep` returns for the same plane, bit for bit. */
export function preprocessLoaded(
  plane: LoadedPlane,
): { inputImage: InputImage; rowMaxima: Float64Array } {
  const { address, width, height, base, rotated, room } = plane;
  clip(address, width, height, base, room.strip, room.low, room.high);
  rowMaxima(address, width, height, base, room.low, room.high, room.maxima);
  const maxima = floatsAt(room.maxima, height).slice();
  const rows = trim(maxima);
  const first = address + rows.first * width * WORD;
  resize(first, width, rows.end - rows.first, base, room.image);
  const image = floatsAt(room.image, SIZE);
  const { z1, z2 } = zscale(image, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
  return {
    inputImage: {
      pixels: z2 > z1 ? scaleToBytes(room, z1, z2) : new Uint8Array(SIZE),
      rotated,
      rowFirst: rows.first,
      rowEnd: rows.end,
      z1,
      z2,
    },
    rowMaxima: maxima,
  };
}

function scaleToBytes(
  room: LoadedPlane["room"],
  z1: number,
  z2: number,
): Uint8Array {
  scale(room.image, z1, z2, room.bytes);
  return bytesAt(room.bytes, SIZE).slice();
}
