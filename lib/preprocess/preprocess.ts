/**
 * Preprocessing: from a plane of raw pixels to what a network takes.
 *
 * Each step of the paper is one file of this folder: `orient.ts`,
 * `sigma_clip.ts`, `row_maxima.ts`, `trim.ts`, `resize.ts`, `zscale.ts`,
 * `scale.ts`, `flips.ts`. These files, with `features.ts`, the `features_*.ts`
 * that it imports, `statistics.ts` and `damage.ts`, are the specification. They
 * accept any pixels.
 *
 * `wasm/` is the fast path: the same operations in WebAssembly, for planes of 16-bit
 * integers, as most raw frames are, and, except for the statistics and the damage, for
 * others as floats. The tests require both to give the same bits
 * (`tests/preprocess/wasm_test.ts`). A change starts in the specification.
 *
 * @module
 */
import type { Frame, Plane } from "../fits/frame.ts";
import { checkPlane } from "./check_plane.ts";
import { assembleDamage, measureDamage, type PlaneDamage } from "./damage.ts";
import {
  computeFeaturesByStep,
  computeLoadedFeatures,
  measureNoise,
} from "./features.ts";
import { makeFlips } from "./flips.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
  type InputImage,
} from "./input_image.ts";
import { orient } from "./orient.ts";
import { resize } from "./resize.ts";
import { rowMaxima } from "./row_maxima.ts";
import { scale } from "./scale.ts";
import { sigmaClip } from "./sigma_clip.ts";
import {
  assembleStatistics,
  computeStatistics,
  type FrameStatistics,
} from "./statistics.ts";
import { trim } from "./trim.ts";
import { clipAnyPlane } from "./wasm/clip.ts";
import { measureLoadedDamage } from "./wasm/damage.ts";
import { preprocessLoaded } from "./wasm/input_image.ts";
import { load, type Loaded } from "./wasm/load_plane.ts";
import { measureLoadedStatistics } from "./wasm/statistics.ts";
import { zscale } from "./zscale.ts";

/**
 * Version of the preprocessing steps. A model is trained for the input images of one
 * version; a model card with another one is refused.
 */
export const PREPROCESSING_VERSION = 1;

/**
 * Makes the input image of a plane: orient, sigma-clip, row maxima, trim,
 * resize, zscale, scale to bytes.
 *
 * Any plane with at least one pixel has an input image. A plane whose pixels are
 * all equal, or all NaN, gives an all-zero input image. NaN and ±Inf are ignored
 * by the trim and by zscale, and become 0, as do the pixels of the input image
 * that are interpolated from them.
 *
 * Source: Jankov & Prochaska 2018 (SPIT), and the original's code where the
 * paper does not say. Each step documents where it differs.
 *
 * @param plane height × width pixels in physical values; either axis may be the
 *   spectral one. Not modified.
 * @returns 210 × 650 bytes, with the trim and the zscale limits. The rows of the
 *   trim are those of the oriented plane.
 * @throws {SpitError} `usage` when the width or height is not a positive integer,
 *   or when `pixels` is not a typed array of `width * height` numbers.
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
  return prepareInputs(plane, { flips: 1, features: false }).inputImage;
}

export interface InputOptions {
  /** How many of the four flips; with 1, the input image as it is. */
  readonly flips: 1 | 4;
  /** Whether to compute the features, which takes as long as the input image. */
  readonly features: boolean;
}

export interface PlaneInputs {
  readonly inputImage: InputImage;
  /**
   * The maximum of each row of the oriented plane after the clip, in the units of
   * the pixels; NaN for a row of which nothing survives.
   */
  readonly rowMaxima: Float64Array;
  /**
   * `flips * 210 * 650` bytes, flip after flip. With one flip this is the memory
   * of the input image.
   */
  readonly flips: Uint8Array;
  /** As `computeFeatures` returns them; `null` unless they were asked for. */
  readonly features: Float32Array | null;
}

/** The inputs of a network, and what a frame is compared with others by. */
export interface MeasuredInputs extends PlaneInputs {
  /** Noise of the quiet parts, counts. */
  readonly noise: number;
  /** As `computeStatistics` returns them. */
  readonly statistics: FrameStatistics;
}

/** What is measured of a frame. */
export interface MeasuredFrame extends MeasuredInputs {
  /** As `measureDamage` returns it. */
  readonly damage: PlaneDamage;
}

/**
 * Makes the input image, the flips and the features of a plane in one pass.
 *
 * @throws {SpitError} As {@linkcode preprocess} does.
 */
export function prepareInputs(
  plane: Plane,
  options: InputOptions,
): PlaneInputs {
  checkPlane(plane);
  return prepareLoaded(plane, load(plane), options);
}

/**
 * Makes the inputs of a plane as {@linkcode prepareInputs} does, and its statistics, which
 * share the memory of the kernels.
 *
 * @throws {SpitError} As {@linkcode preprocess} does.
 */
export function measureInputs(
  plane: Plane,
  options: InputOptions,
): MeasuredInputs {
  checkPlane(plane);
  return measureLoaded(plane, load(plane), options);
}

/**
 * Measures a frame as {@linkcode measureInputs} does, and its damage.
 *
 * @throws {SpitError} As {@linkcode preprocess} does.
 */
export function measureFrame(
  frame: Frame,
  options: InputOptions,
): MeasuredFrame {
  checkPlane(frame);
  const loaded = load(frame);
  const measurements = loaded && measureLoadedDamage(loaded);
  const damage = measurements === undefined
    ? measureDamage(frame, frame.header)
    : assembleDamage(frame, frame.header, measurements);
  return { ...measureLoaded(frame, loaded, options), damage };
}

function measureLoaded(
  plane: Plane,
  loaded: Loaded | undefined,
  options: InputOptions,
): MeasuredInputs {
  const inputs = prepareLoaded(plane, loaded, options);
  const noise = measureNoise(plane, inputs.features);
  const statistics = computeLoadedStatistics(plane, loaded, noise);
  return { ...inputs, noise, statistics };
}

function prepareLoaded(
  plane: Plane,
  loaded: Loaded | undefined,
  { flips, features }: InputOptions,
): PlaneInputs {
  const { inputImage, rowMaxima } = loaded === undefined
    ? preprocessByStep(plane, clipAnyPlane)
    : preprocessLoaded(loaded);
  const { pixels } = inputImage;
  return {
    inputImage,
    rowMaxima,
    flips: flips === 1 ? pixels : makeFlips(pixels),
    features: !features
      ? null
      : loaded === undefined
      ? computeFeaturesByStep(plane)
      : computeLoadedFeatures(plane, loaded),
  };
}

/** Computes the statistics by the fast path where the plane is large enough for it. */
function computeLoadedStatistics(
  plane: Plane,
  loaded: Loaded | undefined,
  noise: number,
): FrameStatistics {
  const measured = loaded && measureLoadedStatistics(loaded, noise);
  return measured === undefined
    ? computeStatistics(plane, noise)
    : assembleStatistics(plane, noise, measured);
}

/** The result of steps 1 to 7. */
export type Preprocessed = Pick<PlaneInputs, "inputImage" | "rowMaxima">;

/**
 * Runs steps 1 to 7 without the fast path, for any pixels.
 *
 * @param clip Step 2. Default: {@linkcode sigmaClip}.
 */
export function preprocessByStep(
  plane: Plane,
  clip: typeof sigmaClip = sigmaClip,
): Preprocessed {
  const { plane: oriented, rotated } = orient(plane);
  const maxima = rowMaxima(oriented, clip(oriented));
  const rows = trim(maxima);
  const image = resize(oriented, rows);
  const limits = zscale(image, INPUT_IMAGE_WIDTH, INPUT_IMAGE_HEIGHT);
  const pixels = scale(image, limits);
  const { first: rowFirst, end: rowEnd } = rows;
  return {
    inputImage: { pixels, rotated, rowFirst, rowEnd, ...limits },
    rowMaxima: maxima,
  };
}
