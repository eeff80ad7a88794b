import { assert, assertStringIncludes } from "@std/assert";
import { renderReportPage } from "../../../lib/output/night/page.tsx";
import { computeStatistics } from "../../../lib/preprocess/statistics.ts";
import { evenPlane } from "../../tiny.ts";
import { makeVerdict } from "../../verdicts.ts";

/** Renders a page of biases with these levels. */
function render(levels: readonly number[]): string {
  const frames = levels.map((level, id) => {
    const bias = makeVerdict(`b${id}.fits`, { type: "bias" });
    const statistics = computeStatistics(evenPlane(700, 260, level), 4);
    const verdict = { ...bias, pixels: { ...bias.pixels, statistics } };
    return { id, verdict, thumbnails: [] };
  });
  return renderReportPage({ title: "night", subtitle: "", frames }).join("");
}

Deno.test("the report lists outliers and what differs", () => {
  assertStringIncludes(
    render([1000, 1000, 1040, 1000, 1000]),
    "<li>outlier: b2.fits is unlike the other biases: level 40 counts (10 × the noise) above the other 4</li>",
  );
  assert(!render([1000, 1000, 1000, 1000]).includes("outlier:"));
});
