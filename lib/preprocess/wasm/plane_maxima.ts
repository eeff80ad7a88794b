/**
 * Steps 1 to 3 of a plane, for those who want to see them.
 *
 * @module
 */
import type { Plane } from "../../fits/frame.ts";
import { rowMaximaOf } from "./integer_input_image.ts";
import { loadPlane } from "./load_plane.ts";
import { orient } from "../orient.ts";
import { rowMaxima } from "../row_maxima.ts";
import { sigmaClip } from "../sigma_clip.ts";

/**
 * The row maxima that the trim of a plane goes by.
 *
 * @param plane height × width pixels in physical units, either axis spectral.
 * @returns One value for each row of the oriented plane, in the units of the pixels;
 *   NaN for a row of which nothing survives the clip.
 */
export function maximaOf(plane: Plane): Float64Array {
  const loaded = loadPlane(plane);
  if (loaded !== undefined) return rowMaximaOf(loaded).slice();
  const { plane: oriented } = orient(plane);
  return rowMaxima(oriented, sigmaClip(oriented));
}
