import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decode } from "fast-png";
import { join } from "../../lib/std.ts";
import { createEvaluation } from "../../lib/output/evaluation/evaluation.ts";
import { formatEvaluationJson } from "../../lib/output/evaluation/evaluation.ts";
import { renderEvaluationPage } from "../../lib/output/evaluation/page.tsx";
import {
  parsePredictions,
  stringifyPrediction,
} from "../../lib/evaluation/predictions.ts";
import { makeThumbnails } from "../../lib/output/evaluation/page.tsx";
import { formatEvaluation } from "../../lib/output/evaluation/text.ts";
import { computeScore } from "../../lib/evaluation/score.ts";
import { makePrediction } from "../evaluation/predictions.ts";
import { fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

const PREDICTIONS = [
  makePrediction("arc", "arc", {
    probability: 0.8,
    path: "a.fits",
    seconds: 0.25,
  }),
  makePrediction("arc", "flat", { probability: 0.7, path: "b.fits" }),
  makePrediction("dark", "unknown", {
    reason: "flips_disagree",
    path: "evil\x1b[2J\u2028<script>.fits",
    votes: { dark: 2, bias: 2 },
  }),
  makePrediction("other", "unknown", {
    reason: "low_probability",
    path: "d.fits",
  }),
  makePrediction("science", null, { path: "gone.fits" }),
];
const EVALUATION = createEvaluation({
  title: "m@1 on all frames",
  notes: ["WARNING: <i>"],
  predictions: PREDICTIONS,
  parts: [{ title: "Nothing", predictions: [] }, {
    title: "Some",
    predictions: PREDICTIONS.slice(0, 1),
  }],
});

Deno.test("predictions: rows that were written read back and give the same score", () => {
  const text = PREDICTIONS.map((one) => stringifyPrediction(one) + "\n").join(
    "",
  );
  const rows = parsePredictions(text, "rows.ndjson");
  assertEquals(computeScore(rows), computeScore(PREDICTIONS));
  assertEquals(rows.map(stringifyPrediction).join("\n") + "\n", text);
});

Deno.test("evaluation: parts without a frame are left out", () => {
  assertEquals(EVALUATION.sections.map(({ title }) => title), [
    "All frames",
    "Some",
  ]);
});

Deno.test("evaluation as text: has matrices and reasons, and no control characters", () => {
  const text = formatEvaluation(EVALUATION);
  assertStringIncludes(text, "dark -> unknown (flips disagree)");
  assertStringIncludes(text, "1 low_probability");
  assertStringIncludes(text, "0.250 median");
  assert(/arc +\. +\. +-50\.0 +\+50\.0/.test(text));
  assert(!text.includes("\x1b") && !text.includes("\u2028"));
});

Deno.test("evaluation as JSON: has the whole score, and failures as prediction rows", () => {
  const { sections, notes } = JSON.parse(formatEvaluationJson(EVALUATION));
  assertEquals(notes, ["WARNING: <i>"]);
  const { failures, ...rest } = sections[0];
  const { failures: expectedFailures, ...expected } = computeScore(PREDICTIONS);
  const keys = Object.keys(expected).toSorted();
  assertEquals(
    Object.keys(rest).filter((key) => key !== "title").toSorted(),
    keys,
  );
  assertEquals(rest.all.correct, {
    count: 1,
    n: 4,
    fraction: 0.25,
    interval: rest.all.correct.interval,
  });
  assertEquals(failures.length, expectedFailures.length);
  assertEquals(failures[0].verdict.type, "flat");
});

Deno.test("evaluation as a page: is escaped, and has frames that no longer exist", async () => {
  const html = await renderEvaluationPage(EVALUATION);
  assert(!html.includes("<script") && !html.includes("<i>"));
  assertStringIncludes(html, 'class="note warning"');
  assertStringIncludes(html, "flips disagree: a flip");
  assertEquals(html.split("no input image").length - 1, 3);
});

Deno.test("evaluation as a page: has no NaN when every proportion is of nothing", async () => {
  const html = await renderEvaluationPage(
    createEvaluation({
      title: "t",
      notes: [],
      predictions: PREDICTIONS.slice(3, 4),
    }),
  );
  assert(!html.includes("NaN") && !html.includes("Infinity"));
});

Deno.test("makeThumbnails: averages blocks of 2 × 2 pixels", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "lopsided.fits");
  await Deno.writeFile(path, fitsOf([lopsidedPlane(), lopsidedPlane()]));
  const [first, ...rest] = await makeThumbnails({ path, hdu: 0 });
  assertEquals(rest, []);
  const { width, height, data, channels } = decode(
    Uint8Array.fromBase64(first!.replace("data:image/png;base64,", "")),
  );
  assertEquals([width, height, channels], [325, 105, 1]);
  assert(data[0]! > 250 && data[324] === 0);
  assertEquals((await makeThumbnails({ path, hdu: undefined })).length, 2);
});
