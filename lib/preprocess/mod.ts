/**
 * Preprocessing: the input image and the features that a network classifies.
 *
 * @example The input image and the features of a plane
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { computeFeatures, FEATURES, preprocess } from "./mod.ts";
 *
 * const plane = { width: 700, height: 300, pixels: new Uint16Array(700 * 300) };
 * const { pixels, z1, z2 } = preprocess(plane);
 * assertEquals([pixels.length, z1, z2], [210 * 650, 0, 0]);
 * assertEquals(computeFeatures(plane).length, FEATURES.length);
 * ```
 *
 * @module
 */
export { computeFeatures, FEATURES, FEATURES_VERSION } from "./features.ts";
export { FLIPS, makeFlips } from "./flips.ts";
export {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
  type InputImage,
} from "./input_image.ts";
export { preprocess, PREPROCESSING_VERSION } from "./preprocess.ts";
export type { Pixels, Plane } from "../fits/frame.ts";
export { type ErrorCode, SpitError, type SpitErrorOptions } from "../errors.ts";
