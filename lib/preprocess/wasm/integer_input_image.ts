/**
 * Steps 2 to 7 for a plane of 16-bit integers, by the kernels.
 *
 * @module
 */
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
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
  type InputImage,
} from "../input_image.ts";
import { trim } from "../trim.ts";
import { zscale } from "../zscale.ts";

const SIZE = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

/** The input image of a loaded plane: the same as that of the steps one by one, bit for bit. */
export function inputImageOf(plane: LoadedPlane): InputImage {
  const { address, width, base, rotated, room } = plane;
  const rows = trim(rowMaximaOf(plane));
  const first = address + rows.first * width * WORD;
  resize(first, width, rows.end - rows.first, base, room.image);
  const image = floatsAt(room.image, SIZE);
  const { z1, z2 } = zscale(image, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
  return {
    pixels: z2 > z1 ? shown(room, z1, z2) : new Uint8Array(SIZE),
    rotated,
    rowFirst: rows.first,
    rowEnd: rows.end,
    z1,
    z2,
  };
}

/** Row maxima of what survives the clip, in memory that the next frame is given. */
export function rowMaximaOf(plane: LoadedPlane): Float64Array {
  const { address, width, height, base, room } = plane;
  clip(address, width, height, base, room.strip, room.low, room.high);
  rowMaxima(address, width, height, base, room.low, room.high, room.maxima);
  return floatsAt(room.maxima, height);
}

function shown(room: LoadedPlane["room"], z1: number, z2: number): Uint8Array {
  scale(room.image, z1, z2, room.shown);
  return bytesAt(room.shown, SIZE).slice();
}
