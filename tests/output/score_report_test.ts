import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { decode } from "fast-png";
import { join } from "../../lib/io/path.ts";
import { evaluationOf } from "../../lib/output/evaluation/evaluation.ts";
import { evaluationJson } from "../../lib/output/evaluation/evaluation_json.ts";
import { evaluationPage } from "../../lib/output/evaluation/page.tsx";
import {
  parsePredictions,
  predictionJson,
} from "../../lib/output/evaluation/predictions.ts";
import { thumbnailsOf } from "../../lib/output/evaluation/thumbnail.ts";
import { evaluationText } from "../../lib/output/score_text.ts";
import { score } from "../../lib/evaluation/score.ts";
import { judged } from "../evaluation/judged.ts";
import { fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

const JUDGED = [
  judged("arc", "arc", { sure: 0.8, path: "a.fits", seconds: 0.25 }),
  judged("arc", "flat", { sure: 0.7, path: "b.fits" }),
  judged("dark", "unknown", {
    reason: "flips_disagree",
    path: "evil\x1b[2J\u2028<script>.fits",
    votes: { dark: 2, bias: 2 },
  }),
  judged("other", "unknown", { reason: "low_probability", path: "d.fits" }),
  judged("science", null, { path: "gone.fits" }),
];
const EVALUATION = evaluationOf({
  title: "m@1 on all frames",
  notes: ["WARNING: <i>"],
  judged: JUDGED,
  parts: [{ title: "Nothing", judged: [] }, {
    title: "Some",
    judged: JUDGED.slice(0, 1),
  }],
});

Deno.test("predictions: what is written is read again, and scores the same", () => {
  const text = JUDGED.map((one) => predictionJson(one) + "\n").join("");
  const rows = parsePredictions(text, "rows.ndjson");
  assertEquals(score(rows), score(JUDGED));
  assertEquals(rows.map(predictionJson).join("\n") + "\n", text);
});

Deno.test("evaluation: parts without a frame are left out", () => {
  assertEquals(EVALUATION.sections.map(({ title }) => title), [
    "All frames",
    "Some",
  ]);
});

Deno.test("evaluation as text: matrices, reasons, and nothing that steers a terminal", () => {
  const text = evaluationText(EVALUATION);
  assertStringIncludes(text, "dark -> unknown (flips disagree)");
  assertStringIncludes(text, "1 low probability");
  assertStringIncludes(text, "0.250 median");
  assert(/arc +\. +\. +-50\.0 +\+50\.0/.test(text));
  assert(!text.includes("\x1b") && !text.includes("\u2028"));
});

Deno.test("evaluation as JSON: the whole score, and the failures as rows", () => {
  const { sections, notes } = JSON.parse(evaluationJson(EVALUATION));
  assertEquals(notes, ["WARNING: <i>"]);
  const { failures, ...rest } = sections[0];
  const { failures: judgedFailures, ...expected } = score(JUDGED);
  const keys = Object.keys(expected).toSorted();
  assertEquals(
    Object.keys(rest).filter((key) => key !== "title").toSorted(),
    keys,
  );
  assertEquals(rest.all.right, {
    hits: 1,
    n: 4,
    share: 0.25,
    interval: rest.all.right.interval,
  });
  assertEquals(failures.length, judgedFailures.length);
  assertEquals(failures[0].verdict.type, "flat");
});

Deno.test("evaluation as a page: escaped, also of frames that are gone", async () => {
  const html = await evaluationPage(EVALUATION);
  assert(!html.includes("<script") && !html.includes("<i>"));
  assertStringIncludes(html, 'class="note warning"');
  assertStringIncludes(html, "flips_disagree");
  assertEquals(html.split("no input image").length - 1, 3);
});

Deno.test("evaluation as a page: of frames labelled other alone, where every share is of nothing", async () => {
  const html = await evaluationPage(
    evaluationOf({ title: "t", notes: [], judged: JUDGED.slice(3, 4) }),
  );
  assert(!html.includes("NaN") && !html.includes("Infinity"));
});

Deno.test("thumbnailsOf: half the size, means of two by two", async () => {
  using folder = temporaryFolder();
  const path = join(folder.path, "lopsided.fits");
  await Deno.writeFile(path, fitsOf([lopsidedPlane(), lopsidedPlane()]));
  const [first, ...rest] = await thumbnailsOf({ path, hdu: 0 });
  assertEquals(rest, []);
  const { width, height, data, channels } = decode(
    Uint8Array.fromBase64(first!.replace("data:image/png;base64,", "")),
  );
  assertEquals([width, height, channels], [325, 105, 1]);
  assert(data[0]! > 250 && data[324] === 0);
  assertEquals((await thumbnailsOf({ path, hdu: undefined })).length, 2);
});
