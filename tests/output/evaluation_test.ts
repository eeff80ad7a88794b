import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { decode } from "fast-png";
import { join } from "../../lib/std.ts";
import { SpitError } from "../../lib/errors.ts";
import {
  createEvaluation,
  formatEvaluationJson,
  getFailureKind,
  sortFailures,
} from "../../lib/output/evaluation/evaluation.ts";
import { renderEvaluationPage } from "../../lib/output/evaluation/page.tsx";
import {
  parsePredictions,
  stringifyPrediction,
} from "../../lib/evaluation/predictions.ts";
import { makeThumbnails } from "../../lib/output/evaluation/page.tsx";
import {
  formatEvaluation,
  formatEvaluationSummary,
} from "../../lib/output/evaluation/text.ts";
import { computeScore } from "../../lib/evaluation/score.ts";
import { makePrediction } from "../evaluation/predictions.ts";
import { NO_CLAIM } from "../verdicts.ts";
import { fitsOf, lopsidedPlane, temporaryFolder } from "../tiny.ts";

const PREDICTIONS = [
  makePrediction("arc", "arc", {
    probability: 0.8,
    path: "a.fits",
    seconds: 0.25,
  }),
  makePrediction("arc", "flat", {
    probability: 0.7,
    path: "b.fits",
    header: { ...NO_CLAIM, type: "arc", evidence: "OBSTYPE=<u>\x1b" },
    agreement: "conflict",
    use: true,
  }),
  makePrediction("dark", "unknown", {
    reason: "undecided",
    path: "evil\x1b[2J\u2028<script>.fits",
    probabilities: { dark: 0.45, bias: 0.44 },
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
  assertEquals(rows[1]!.verdict, PREDICTIONS[1]!.verdict);
  assertEquals(rows.map(stringifyPrediction).join("\n") + "\n", text);
});

Deno.test("predictions: rows of earlier versions and incomplete rows are refused", () => {
  const row = JSON.parse(stringifyPrediction(PREDICTIONS[0]!));
  const parse = (verdict: Record<string, unknown>) =>
    parsePredictions(JSON.stringify({ ...row, verdict }), "rows.ndjson");
  const { use: _, decided_by: __, ...earlier } = row.verdict;
  assertThrows(
    () => parse(earlier),
    SpitError,
    "line 1 of rows.ndjson was written by an earlier version",
  );
  for (const key of ["probabilities", "decided_by", "header", "agreement"]) {
    const { [key]: _, ...verdict } = row.verdict;
    assertThrows(() => parse(verdict), SpitError, `(verdict.${key}: `);
  }
});

Deno.test("evaluation: failures begin with wrong frames that are to be used", () => {
  const sorted = sortFailures([
    makePrediction("arc", null),
    makePrediction("arc", "unknown"),
    makePrediction("arc", "flat", { probability: 0.9, use: false }),
    makePrediction("other", "flat", { probability: 0.8 }),
    makePrediction("science", "standard", { probability: 0.6 }),
    makePrediction("arc", "flat", { probability: 0.7 }),
    makePrediction("other", "flat", { use: false }),
    makePrediction("arc", "arc"),
  ]);
  assertEquals(
    sorted.map((one) => [getFailureKind(one), one.verdict.probability]),
    [
      ["wrong and use: true", 0.7],
      ["wrong and use: true", 0.6],
      ["labelled other and use: true", 0.8],
      ["wrong and use: false", 0.9],
      ["unknown", null],
      ["unreadable", null],
    ],
  );
});

Deno.test("evaluation: parts without a frame are left out", () => {
  assertEquals(EVALUATION.sections.map(({ title }) => title), [
    "All frames",
    "Some",
  ]);
});

Deno.test("evaluation as a summary: has n, intervals and the worst kinds in ten lines of 80 columns", () => {
  const stars = Array.from(
    { length: 3 },
    () => makePrediction("standard", "science"),
  );
  const text = formatEvaluationSummary(createEvaluation({
    title: "m@1 on all frames",
    notes: [
      "WARNING: this note is longer than one line of a terminal ".repeat(2),
    ],
    predictions: [
      ...PREDICTIONS,
      ...stars,
      ...(["dark", "bias", "arc", "flat", "science"] as const).map((label) =>
        makePrediction(label, label === "dark" ? "bias" : "dark")
      ),
      makePrediction("arc", "flat", { use: false }),
      makePrediction("other", "flat", { use: true }),
    ],
  }));
  const lines = text.trimEnd().split("\n");
  assertEquals(lines.filter((line) => line.length > 80), []);
  assert(lines.length <= 11, text);
  const [first] = lines;
  assertEquals(first, "m@1 on all frames");
  assert(
    /\n {2}answer +1 of 13 right +7\.7 % {3}95 % interval 1\.4 to 33\.3 %\n/
      .test(text),
    text,
  );
  assert(/\n {2}pixel verdict +1 of 13 right +7\.7 % /.test(text), text);
  assert(/\n {2}labelled other +1 of 2 rejected +50\.0 % /.test(text), text);
  assertStringIncludes(
    text,
    "\n  9 wrong and use: true: 3 standard as science, 1 dark as bias, ",
  );
  assertStringIncludes(
    text,
    "…\n  1 labelled other and use: true: 1 other as flat\n",
  );
  assertStringIncludes(text, "\n  1 wrong and use: false: 1 arc as flat\n");
  assertStringIncludes(text, "\n  1 unknown, 1 unreadable\n");
});

Deno.test("evaluation as a summary: has no figure of nothing, and no control characters", () => {
  const summarize = (title: string, predictions: typeof PREDICTIONS) =>
    formatEvaluationSummary(
      createEvaluation({ title, notes: ["\u2028"], predictions }),
    );
  const right = summarize("m\x1b", PREDICTIONS.slice(0, 1));
  const lines = right.replace(/ +/g, " ").trimEnd().split("\n");
  assertEquals(lines.slice(0, -1), [
    "m\\u{1b}",
    "\\u{2028}",
    " answer 1 of 1 right 100.0 % 95 % interval 20.7 to 100.0 %",
    " pixel verdict 1 of 1 right 100.0 % 95 % interval 20.7 to 100.0 %",
  ]);
  const other = summarize("m", PREDICTIONS.slice(3, 4));
  assert(!other.includes("answer") && other.includes("1 of 1 rejected"), other);
});

Deno.test("evaluation as text: has matrices and reasons, and no control characters", () => {
  const text = formatEvaluation(EVALUATION);
  assertStringIncludes(
    text,
    "dark -> unknown (undecided: dark 0.450 or bias 0.440)",
  );
  assertStringIncludes(text, "pixels: flat 0.700");
  assertStringIncludes(text, "header: arc (OBSTYPE=<u>\\u{1b}), conflict");
  assert(/wrong and use: true +25\.0 % \(1\/4;/.test(text));
  assert(/low probability +0 frames, and 1 labelled other/.test(text));
  assert(
    /by chance alone +mean \d+\.\d\d %, 95 % below \d+\.\d\d %/.test(text),
  );
  assertStringIncludes(text, "0.250 median");
  assert(/arc +\. +\. +-50\.0 +\+50\.0/.test(text));
  const [first] = text.split("Failures\n")[1]!.split("\n");
  assertStringIncludes(first!, "wrong and use: true (1)");
  assert(!text.includes("\x1b") && !text.includes("\u2028"));
});

Deno.test("evaluation as JSON: has the whole score, and failures as prediction rows", () => {
  const { sections, notes } = JSON.parse(formatEvaluationJson(EVALUATION));
  assertEquals(notes, ["WARNING: <i>"]);
  const { failures, ...rest } = sections[0];
  const { failures: expectedFailures, ...expected } = computeScore(PREDICTIONS);
  assertEquals(rest.claims.flagged.right.count, 1);
  assertEquals(rest.claims.falseAlarms[0].path, "b.fits");
  const keys = Object.keys(expected).toSorted();
  assertEquals(
    Object.keys(rest).filter((key) => key !== "title").toSorted(),
    keys,
  );
  assertEquals(rest.answer.all.correct, {
    count: 1,
    n: 4,
    fraction: 0.25,
    interval: rest.answer.all.correct.interval,
  });
  assertEquals(failures.length, expectedFailures.length);
  assertEquals(failures[0].verdict.type, "flat");
});

Deno.test("evaluation as a page: is escaped, and has frames that no longer exist", async () => {
  const html = await renderEvaluationPage(EVALUATION);
  assert(!/<script|<i>|<u>/.test(html));
  assertStringIncludes(html, 'class="note warning"');
  assertStringIncludes(html, "undecided: dark 0.450 or bias 0.440");
  assertEquals(html.split("no input image").length - 1, 3);
});

Deno.test("evaluation as a page: begins with the proportion of right answers", async () => {
  const lead = async (predictions: typeof PREDICTIONS) => {
    const html = await renderEvaluationPage(
      createEvaluation({ title: "t", notes: [], predictions }),
    );
    const [header] = /<header.*?<\/header>/s.exec(html)!;
    return header.replace(/<[^>]+>/g, "|").replace(/\|+/g, "|");
  };
  assertEquals(
    await lead(PREDICTIONS),
    "|t|25.0 %|1 of 4 frames have the right type (95 % interval 4.6 to 69.9 %). " +
      "The pixels alone: 25.0 %. Wrong and not marked: 1 frame.|",
  );
  assertStringIncludes(
    await lead(PREDICTIONS.slice(3, 4)),
    "|t|100.0 %|1 of 1 frame labelled other rejected (95 % interval",
  );
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

Deno.test("evaluation: intervals for other instruments are given from five instruments on", async () => {
  const evaluate = (instruments: number) =>
    createEvaluation({
      title: "m@1",
      notes: [],
      predictions: Array.from({ length: 3 * instruments }, (_, k) =>
        makePrediction("arc", k % 3 === 0 && k < 6 ? "flat" : "arc", {
          instrument: `camera-${k % instruments}`,
          path: `${k}.fits`,
        })),
    });
  const row = /other instruments \(5\) +\d+\.\d to \d+\.\d %/;
  assert(row.test(formatEvaluation(evaluate(5))));
  assert(!formatEvaluation(evaluate(4)).includes("other instruments"));
  const page = await renderEvaluationPage(evaluate(5));
  assertStringIncludes(page, "for other instruments");
  assertStringIncludes(page, "correct, other instruments");
});
