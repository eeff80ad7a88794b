/**
 * A frame as the contact sheet has it.
 *
 * @module
 */
import type { ShownHdu } from "../../classify/shown_file.ts";
import type { Verdict } from "../../classify/verdict.ts";
import type { Label } from "../../evaluation/labels_file.ts";
import { inputImageUri, thumbnailUri } from "../input_image_png.ts";

/** A frame of the sheet. */
export interface SheetFrame {
  /** Place in the input, from 0; its name in the page. */
  readonly id: number;
  /** What we say of it. */
  readonly verdict: Verdict;
  /** What a person says of it; `null` for nothing. */
  readonly label: Label | null;
  /** Thumbnails of its HDUs, as `data:` URIs; none of a frame with an error. */
  readonly thumbnails: readonly string[];
}

/** What is shown of a frame that is opened. */
export interface FrameDetails {
  /** Each HDU that is shown. */
  readonly hdus: readonly {
    readonly hdu: number;
    /** Columns and rows of the frame. */
    readonly width: number;
    readonly height: number;
    /** Its input image, a `data:` URI. */
    readonly inputImage: string;
    readonly rotated: boolean;
    /** Rows of the oriented frame that the trim keeps: from `first`, up to before `end`. */
    readonly first: number;
    readonly end: number;
    /** Limits of zscale. */
    readonly z1: number;
    readonly z2: number;
    /** Row maxima, four digits; `null` where nothing survives the clip. */
    readonly maxima: readonly (number | null)[];
  }[];
  /** HDUs that voted and are not shown. */
  readonly more: number;
  /** Cards of the first HDU: keyword, value, comment. */
  readonly cards: readonly (readonly [string, string, string])[];
}

/** More HDUs of one frame are not shown. */
const MOST_HDUS = 4;

/** Greys of a thumbnail, and of an input image at full size. */
const FEW_GREYS = 16;
const GREYS = 32;

/** Points of a plot of row maxima: more would fall onto one another. */
const MOST_POINTS = 600;

/** Thumbnails of a frame. */
export function thumbnailsOf(shown: readonly ShownHdu[]): string[] {
  return shown.slice(0, MOST_HDUS).map(({ inputImage }) =>
    thumbnailUri(inputImage.pixels, FEW_GREYS)
  );
}

/** What is shown of a frame that is opened. */
export function detailsOf(shown: readonly ShownHdu[]): FrameDetails {
  return {
    hdus: shown.slice(0, MOST_HDUS).map((one) => {
      const { rotated, rowFirst, rowEnd, z1, z2 } = one.inputImage;
      return {
        hdu: one.hdu,
        width: one.width,
        height: one.height,
        inputImage: inputImageUri(one.inputImage.pixels, GREYS),
        rotated,
        first: rowFirst,
        end: rowEnd,
        z1,
        z2,
        maxima: thinned(one.maxima),
      };
    }),
    more: Math.max(0, shown.length - MOST_HDUS),
    cards: (shown[0]?.cards ?? []).map(({ keyword, value, comment }) => [
      keyword,
      value === null ? "" : String(value),
      comment,
    ]),
  };
}

/** The largest of each few rows, so that a plot misses no peak. */
function thinned(maxima: Float64Array): (number | null)[] {
  const step = Math.ceil(maxima.length / MOST_POINTS);
  const points: (number | null)[] = [];
  for (let row = 0; row < maxima.length; row += step) {
    const some = maxima.subarray(row, row + step).filter(Number.isFinite);
    points.push(
      some.length === 0 ? null : Number(Math.max(...some).toPrecision(4)),
    );
  }
  return points;
}
