/**
 * Small input images of frames, as the network saw them.
 *
 * @module
 */
import { selectHdus } from "../../classify/inputs.ts";
import { SpitError } from "../../errors.ts";
import { openFits } from "../../fits/open_fits.ts";
import { preprocess } from "../../preprocess/preprocess.ts";
import { thumbnailUri } from "../input_image_png.ts";
import type { LabelledFrame } from "../../evaluation/manifest.ts";

/** More images of one frame than this are not drawn. */
const MOST_HDUS = 4;

/**
 * The input images of a frame at half size, 325 × 105, as `data:` URIs of PNGs: one
 * for each image HDU, the first four. A file that cannot be read has none.
 */
export async function thumbnailsOf(
  { path, hdu }: Pick<LabelledFrame, "path" | "hdu">,
): Promise<string[]> {
  try {
    using file = await openFits(path);
    const uris: string[] = [];
    for (const { index } of selectHdus(file, hdu).slice(0, MOST_HDUS)) {
      const { pixels } = preprocess(await file.readFrame(index));
      uris.push(thumbnailUri(pixels));
    }
    return uris;
  } catch (error) {
    // Its verdict says what is wrong with it.
    if (error instanceof SpitError) return [];
    throw error;
  }
}
