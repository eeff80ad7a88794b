import { INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH } from "../input_image.ts";
import type { Preprocessed } from "../preprocess.ts";
import { scale as scaleImage } from "../scale.ts";
import { type Rows, trim } from "../trim.ts";
import { findLimits, type Limits, SAMPLES, takeSamples } from "../zscale.ts";
import {
  bytesAt,
  clip,
  clipFloats,
  fitSlope,
  FLOAT,
  floatRowMaxima,
  floatsAt,
  resize,
  resizeFloats,
  rowMaxima,
  scale,
  WORD,
} from "./kernels.ts";
import {
  type Loaded,
  type LoadedFloats,
  type LoadedPlane,
  SLACK,
} from "./load_plane.ts";

const SIZE = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

/** Largest distance of the limits for which no step of the scale can overflow. */
const LARGEST_RANGE = 1e300;

/** Returns what `preprocessByStep` returns for the same plane, bit for bit. */
export function preprocessLoaded(plane: Loaded): Preprocessed {
  return plane.kind === "words"
    ? preprocessWords(plane)
    : preprocessFloats(plane);
}

function preprocessWords(plane: LoadedPlane): Preprocessed {
  const { address, width, height, base, room } = plane;
  clip(address, width, height, base, room.strips, room.low, room.high);
  rowMaxima(address, width, height, base, room.low, room.high, room.maxima);
  return trimAndScale(plane, ({ first, end }) => {
    const start = address + first * width * WORD;
    resize(start, width, end - first, base, room.image);
  });
}

function preprocessFloats(plane: LoadedFloats): Preprocessed {
  const { first, rowStride, columnStride, width, height, room } = plane;
  const { low, high } = room;
  const strides = [rowStride, columnStride] as const;
  const column = (height + SLACK) * FLOAT;
  clipFloats(first, ...strides, height, width, room.columns, column, low, high);
  floatRowMaxima(first, ...strides, height, width, low, high, room.maxima);
  return trimAndScale(plane, (rows) => {
    const start = first + rows.first * rowStride;
    resizeFloats(start, ...strides, width, rows.end - rows.first, room.image);
  });
}

/** @param resizeRows Writes the rows as an image to the memory of the kernels. */
function trimAndScale(
  { height, rotated, room }: Loaded,
  resizeRows: (rows: Rows) => void,
): Preprocessed {
  const maxima = floatsAt(room.maxima, height).slice();
  const rows = trim(maxima);
  resizeRows(rows);
  const image = floatsAt(room.image, SIZE);
  const limits = zscaleLoaded(image, room);
  const { z1, z2 } = limits;
  const bytes = bytesAt(room.bytes, SIZE);
  if (!(z2 > z1)) bytes.fill(0);
  else if (z2 - z1 <= LARGEST_RANGE) scale(room.image, z1, z2, room.bytes);
  else bytes.set(scaleImage(image, limits));
  const pixels = bytes.slice();
  const { first: rowFirst, end: rowEnd } = rows;
  return {
    inputImage: { pixels, rotated, rowFirst, rowEnd, z1, z2 },
    rowMaxima: maxima,
  };
}

/** Returns what `zscale` returns for the image. */
function zscaleLoaded(
  image: Float64Array,
  { samples, scratch, results }: Loaded["room"],
): Limits {
  const values = floatsAt(samples, SAMPLES);
  const [width, height] = [INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT];
  const count = takeSamples(image, width, height, values);
  return findLimits(values.subarray(0, count), () => {
    const isFitted = fitSlope(samples, count, scratch, results);
    return isFitted ? floatsAt(results, 1)[0]! : undefined;
  });
}
