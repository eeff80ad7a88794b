import type { HduPreview } from "../../classify/inputs.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../../preprocess/input_image.ts";
import { formatCount, formatNumber } from "../text.ts";

const PLOT_WIDTH = 650;
const PLOT_HEIGHT = 120;

/** More points than this would fall on the same pixels. */
const MAX_POINTS = 650;

const MARGIN = 3;

/** A plot of row maxima in SVG coordinates: rows to the right, counts upwards. */
export interface RowMaximaPlot {
  readonly viewBox: string;
  /** Path data of the curve, with gaps where a row has no maximum. */
  readonly path: string;
  /** Path data of lines at the upper edge over the rows that have no maximum. */
  readonly clipped: string;
  /** Left edge and width of the rows that the trim kept. */
  readonly keptX: number;
  readonly keptWidth: number;
  readonly caption: string;
}

/**
 * Returns the plot of an HDU's row maxima. Where a point covers several rows it
 * shows their maximum, so that no peak is lost.
 */
export function plotRowMaxima(hdu: HduPreview): RowMaximaPlot {
  const { rowMaxima, inputImage } = hdu;
  const { rowFirst, rowEnd } = inputImage;
  const finite = rowMaxima.filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const scale = (PLOT_HEIGHT - 2 * MARGIN) / (high - low || 1);
  const step = Math.ceil(rowMaxima.length / MAX_POINTS);
  const x = (row: number) => round(row / rowMaxima.length * PLOT_WIDTH);

  let path = "";
  let clipped = "";
  let command = "M";
  for (let row = 0; row < rowMaxima.length; row += step) {
    const end = Math.min(row + step, rowMaxima.length);
    const rows = rowMaxima.subarray(row, end).filter(Number.isFinite);
    if (rows.length === 0) {
      command = "M";
      clipped += `M${x(row)} ${MARGIN}H${x(end)}`;
    } else {
      const y = PLOT_HEIGHT - MARGIN - (Math.max(...rows) - low) * scale;
      path += `${command}${x((row + end) / 2)} ${round(y)}`;
      command = "L";
    }
  }
  return {
    viewBox: `0 0 ${PLOT_WIDTH} ${PLOT_HEIGHT}`,
    path,
    clipped,
    keptX: x(rowFirst),
    keptWidth: round(x(rowEnd) - x(rowFirst)),
    caption: describeHdu(hdu) +
      (finite.length === 0
        ? " No row has a maximum."
        : " Curve: the largest value of each row, the first one on the left, after the " +
          "clip, which removes values far from the median of their column, such as those " +
          `of a star; ${formatNumber(low)} to ${formatNumber(high)} counts.` +
          (finite.length === rowMaxima.length
            ? ""
            : ` Bars at the top: ${
              formatCount(rowMaxima.length - finite.length, "row")
            } of which the clip leaves nothing, as under a bright star.`) +
          " Shaded: the rows kept by the trim."),
  };
}

function describeHdu(
  { hdu, width, height, rowMaxima, inputImage }: HduPreview,
) {
  const { rotated, rowFirst, rowEnd, z1, z2 } = inputImage;
  return `HDU ${hdu}: ${width} × ${height} pixels` +
    `${rotated ? ", rotated by 90°" : ""}; ` +
    `rows ${rowFirst} to ${rowEnd - 1} of ${rowMaxima.length} kept; ` +
    `shown as the network sees it, ${INPUT_IMAGE_WIDTH} × ${INPUT_IMAGE_HEIGHT} pixels, ` +
    `${rotated ? "" : "the first row at the top, "}` +
    `from ${formatNumber(z1)} (black) to ${formatNumber(z2)} (white).`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
