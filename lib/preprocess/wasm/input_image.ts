import { INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH } from "../input_image.ts";
import type { Preprocessed } from "../preprocess.ts";
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
): Preprocessed {
  const { address, width, height, base, rotated, room } = plane;
  clip(address, width, height, base, room.strips, room.low, room.high);
  rowMaxima(address, width, height, base, room.low, room.high, room.maxima);
  const maxima = floatsAt(room.maxima, height).slice();
  const rows = trim(maxima);
  const start = address + rows.first * width * WORD;
  resize(start, width, rows.end - rows.first, base, room.image);
  const image = floatsAt(room.image, SIZE);
  const { z1, z2 } = zscale(image, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
  if (z2 > z1) scale(room.image, z1, z2, room.bytes);
  else bytesAt(room.bytes, SIZE).fill(0);
  const pixels = bytesAt(room.bytes, SIZE).slice();
  const { first: rowFirst, end: rowEnd } = rows;
  return {
    inputImage: { pixels, rotated, rowFirst, rowEnd, z1, z2 },
    rowMaxima: maxima,
  };
}
