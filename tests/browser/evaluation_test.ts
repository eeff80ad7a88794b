import { assertEquals } from "@std/assert";
import { createEvaluation } from "../../lib/output/evaluation/evaluation.ts";
import { renderEvaluationPage } from "../../lib/output/evaluation/page.tsx";
import { FRAME_TYPES } from "../../lib/frame_type.ts";
import { makePrediction } from "../evaluation/predictions.ts";
import { browserTest, findViolations } from "./browser.ts";

browserTest(
  "evaluation: the page is accessible and does not scroll sideways on a phone",
  async (page) => {
    const predictions = [
      ...FRAME_TYPES.map((type, k) =>
        makePrediction(type, type, {
          path: `${type}.fits`,
          probability: 1 - k / 10,
        })
      ),
      makePrediction("science", "standard", { path: "star.fits" }),
      makePrediction("arc", "unknown", { path: "odd.fits" }),
      makePrediction("other", "unknown", { path: "sky.fits" }),
    ];
    const evaluation = createEvaluation({
      title: "m@1",
      notes: [],
      predictions,
    });
    await page.setContent(await renderEvaluationPage(evaluation));
    assertEquals(await findViolations(page), []);
    const width = await page.evaluate(() =>
      globalThis.document.documentElement.scrollWidth
    );
    assertEquals(width, 400);
    const headings = await page.locator("section h3").allTextContents();
    assertEquals(headings.slice(-2), [
      "wrong and use: true (1)",
      "unknown (1)",
    ]);
  },
  { viewport: { width: 400, height: 800 } },
);
