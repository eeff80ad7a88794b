import { assertEquals, assertStringIncludes } from "@std/assert";
import type { HduPreview } from "../../lib/classify/inputs.ts";
import { plotRowMaxima } from "../../lib/output/night/row_maxima_plot.ts";

function makeHdu(maxima: readonly number[]): HduPreview {
  return {
    hdu: 0,
    width: 700,
    height: maxima.length,
    inputImage: {
      pixels: new Uint8Array(650 * 210),
      rotated: false,
      rowFirst: 1,
      rowEnd: 3,
      z1: 0,
      z2: 12345.6,
    },
    rowMaxima: Float64Array.from(maxima),
    cards: [],
  };
}

Deno.test("plotRowMaxima draws rows to the right and counts upwards, with gaps", () => {
  const plot = plotRowMaxima(makeHdu([10, 20, NaN, 30, 10]));
  assertEquals(plot.path, "M65 117L195 60M455 3L585 117");
  assertEquals(plot.clipped, "M260 3H390");
  assertEquals([plot.keptX, plot.keptWidth], [130, 260]);
  assertEquals(
    plot.caption,
    "HDU 0: 700 × 5 pixels; rows 1 to 2 of 5 kept; " +
      "shown as the network sees it, 650 × 210 pixels, the first row at the top, from 0 (black) to 12,346 (white). " +
      "Curve: the largest value of each row, the first one on the left, after the clip, " +
      "which removes values far from the median of their column, such as those of a star; " +
      "10 to 30 counts. Bars at the top: 1 row of which the clip leaves nothing, as under " +
      "a bright star. Shaded: the rows kept by the trim.",
  );
});

Deno.test("plotRowMaxima keeps the highest row of many as a peak", () => {
  const maxima = Array<number>(5000).fill(1);
  maxima[2503] = 100;
  const { path, viewBox } = plotRowMaxima(makeHdu(maxima));
  assertEquals(viewBox, "0 0 650 120");
  const points = path.split(/[ML]/).slice(1).map((point) => point.split(" "));
  assertEquals(points.length, 625);
  assertEquals(points.filter(([, y]) => y === "3").length, 1);
  assertEquals(
    points.every(([x, y]) => Number(x) <= 650 && Number(y) <= 120),
    true,
  );
});

Deno.test("plotRowMaxima draws a flat curve, and none without maxima", () => {
  assertEquals(plotRowMaxima(makeHdu([7, 7])).path, "M162.5 117L487.5 117");
  const { path, caption } = plotRowMaxima(makeHdu([NaN, NaN]));
  assertEquals(path, "");
  assertStringIncludes(caption, "No row has a maximum.");
});
