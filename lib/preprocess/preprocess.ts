/**
 * Preprocessing: a plane of raw pixels to the input image that the network sees.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { Plane } from "../fits/frame.ts";
import { inputImageOf } from "./wasm/integer_input_image.ts";
import { loadPlane } from "./wasm/load_plane.ts";
import { orient } from "./orient.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
  type InputImage,
} from "./input_image.ts";
import { resize } from "./resize.ts";
import { rowMaxima } from "./row_maxima.ts";
import { scale } from "./scale.ts";
import { sigmaClip } from "./sigma_clip.ts";
import { summarizeFeatures } from "./features.ts";
import { trim } from "./trim.ts";
import { zscale } from "./zscale.ts";

/**
 * Version of the preprocessing steps. A model is trained for the input images of one
 * version; a model card with another one is refused.
 */
export const PREPROCESSING_VERSION = 1;

/**
 * Makes the input image of a plane: orient, sigma-clip, row maxima, trim, resize,
 * zscale, scale to bytes; each step in the file of its name. Where pixels are
 * integers that 16 bits tell apart, as of most raw frames, the same steps run in
 * WebAssembly (`kernels/`), to the same bits.
 *
 * Any plane with a pixel has an input image. One whose pixels are all equal, or all
 * NaN, gives an all-zero input image. NaN and ±Inf have no part in the trim nor in
 * the limits, and show as 0, with the input image's pixels that rest on them.
 *
 * Source: Jankov & Prochaska 2018 (SPIT), and the original's code where
 * the paper is silent; the steps say where we differ.
 *
 * @param plane height × width pixels in physical units, either axis spectral. Not changed.
 * @returns 210 × 650 bytes, with the trim and the limits; rows of the trim are those of the oriented plane.
 * @throws {SpitError} `zero_axis` when the plane has no pixel.
 * @throws {RangeError} When there are not `width * height` pixels.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { preprocess } from "./preprocess.ts";
 *
 * const pixels = Uint16Array.from({ length: 300 * 400 }, (_, k) => 1000 + k % 400);
 * const inputImage = preprocess({ width: 400, height: 300, pixels });
 * assertEquals(inputImage.pixels.length, 210 * 650);
 * assertEquals([inputImage.rotated, inputImage.rowFirst, inputImage.rowEnd], [false, 1, 299]);
 * ```
 */
export function preprocess(plane: Plane): InputImage {
  check(plane);
  const loaded = loadPlane(plane);
  return loaded === undefined ? inputImageByStep(plane) : inputImageOf(loaded);
}

/** A input image, and the features of the same plane. */
export interface Examined {
  /** As {@linkcode preprocess} makes it. */
  readonly inputImage: InputImage;
  /** As `computeFeatures` gives them. */
  readonly features: Float32Array;
}

/** {@linkcode preprocess} and `computeFeatures` in one, for less time than both. */
export function examine(plane: Plane): Examined {
  check(plane);
  const loaded = loadPlane(plane);
  return {
    inputImage: loaded === undefined
      ? inputImageByStep(plane)
      : inputImageOf(loaded),
    features: summarizeFeatures(plane, loaded),
  };
}

/** {@linkcode preprocess} without the kernels: the steps as they are written here, for any pixels. */
export function inputImageByStep(plane: Plane): InputImage {
  const { plane: oriented, rotated } = orient(plane);
  const maxima = rowMaxima(oriented, sigmaClip(oriented));
  const rows = trim(maxima);
  const image = resize(oriented, rows);
  const limits = zscale(image, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
  return {
    pixels: scale(image, limits),
    rotated,
    rowFirst: rows.first,
    rowEnd: rows.end,
    z1: limits.z1,
    z2: limits.z2,
  };
}

function check({ width, height, pixels }: Plane): void {
  if (width * height === 0) {
    throw new SpitError(
      "zero_axis",
      `a plane of ${width} × ${height} has no pixels to type`,
    );
  }
  if (pixels.length !== width * height) {
    throw new RangeError(
      `${pixels.length} pixels do not fill a plane of ${width} × ${height}`,
    );
  }
}
