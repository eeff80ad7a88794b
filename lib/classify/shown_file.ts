/**
 * What a person is shown of a file, beside its verdict.
 *
 * @module
 */
import type { Frame } from "../fits/frame.ts";
import type { Card } from "../fits/header.ts";
import type { InputImage } from "../preprocess/input_image.ts";
import { maximaOf } from "../preprocess/wasm/plane_maxima.ts";

/** One image HDU. */
export interface ShownHdu {
  /** Index, from 0. */
  readonly hdu: number;
  /** Columns of the frame. */
  readonly width: number;
  /** Rows of the frame. */
  readonly height: number;
  /** Its input image, how it was trimmed and scaled. */
  readonly inputImage: InputImage;
  /** Maximum of each row of the oriented frame, NaN where nothing survives the clip. */
  readonly maxima: Float64Array;
  /** Its header's cards, those of the primary header behind them. */
  readonly cards: readonly Card[];
}

/** Shows an HDU; its input image is a copy, for that of the network is given up. */
export function showHdu(frame: Frame, inputImage: InputImage): ShownHdu {
  return {
    hdu: frame.hdu,
    width: frame.width,
    height: frame.height,
    inputImage: { ...inputImage, pixels: inputImage.pixels.slice() },
    maxima: maximaOf(frame),
    cards: frame.header.cards,
  };
}
