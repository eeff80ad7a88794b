/**
 * Small pictures of frames, as the network saw them.
 *
 * @module
 */
import { encode } from "fast-png";
import { votingHdus } from "../../classify/pictures.ts";
import { SpitError } from "../../errors.ts";
import { openFits } from "../../fits/open_fits.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "../../preprocess/picture.ts";
import { preprocess } from "../../preprocess/preprocess.ts";
import type { LabelledFrame } from "../../train/manifest.ts";

/** Pixels of a picture along either axis that become one. */
const SHRINK = 2;

/** More images of one frame than this are not drawn. */
const MOST_HDUS = 4;

/**
 * The pictures of a frame at half size, 325 × 105, as `data:` URIs of PNGs: one
 * for each image HDU, the first four. A file that cannot be read has none.
 */
export async function thumbnailsOf(
  { path, hdu }: Pick<LabelledFrame, "path" | "hdu">,
): Promise<string[]> {
  try {
    using file = await openFits(path);
    const uris: string[] = [];
    for (const { index } of votingHdus(file, hdu).slice(0, MOST_HDUS)) {
      const { pixels } = preprocess(await file.readFrame(index));
      uris.push(pngUri(shrink(pixels)));
    }
    return uris;
  } catch (error) {
    // Its verdict says what is wrong with it.
    if (error instanceof SpitError) return [];
    throw error;
  }
}

/** Means of blocks of 2 × 2 pixels. */
function shrink(pixels: Uint8Array): Uint8Array {
  const width = PICTURE_WIDTH / SHRINK;
  const height = PICTURE_HEIGHT / SHRINK;
  const small = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let dy = 0; dy < SHRINK; dy++) {
        const start = (SHRINK * y + dy) * PICTURE_WIDTH + SHRINK * x;
        for (let dx = 0; dx < SHRINK; dx++) sum += pixels[start + dx]!;
      }
      small[y * width + x] = Math.round(sum / SHRINK ** 2);
    }
  }
  return small;
}

function pngUri(pixels: Uint8Array): string {
  const png = encode({
    width: PICTURE_WIDTH / SHRINK,
    height: PICTURE_HEIGHT / SHRINK,
    data: pixels,
    depth: 8,
    channels: 1,
  });
  return `data:image/png;base64,${new Uint8Array(png).toBase64()}`;
}
