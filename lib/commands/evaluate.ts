import { type Command, Option } from "commander";
import { weighNight } from "../calibration/weigh_nights.ts";
import type { AnswerOptions } from "../classify/evidence.ts";
import { type LabelledFrame, readManifest } from "../evaluation/manifest.ts";
import {
  predictFrames,
  type Prediction,
  stringifyPrediction,
} from "../evaluation/predictions.ts";
import {
  getSpectrograph,
  selectFrames,
  type Selection,
  type Side,
} from "../evaluation/split.ts";
import { readRules } from "../header/parse_rules.ts";
import { checkOutput, writeFileAtomically } from "../io/output.ts";
import { modelId } from "../model/model_card.ts";
import { openModel } from "../model/open_model.ts";
import { createEvaluation } from "../output/evaluation/evaluation.ts";
import { roundVerdict } from "../output/json.ts";
import {
  addEvaluationReportOptions,
  type EvaluationReportOptions,
  reportEvaluation,
} from "./evaluation_report.ts";
import {
  addAnswerOptions,
  addModelOptions,
  type ModelOptions,
  parseOutputOf,
  RULES_OPTION,
} from "./options.ts";
import { makeNotify, print, withProgress } from "./terminal.ts";

interface EvaluateOptions
  extends ModelOptions, AnswerOptions, EvaluationReportOptions {
  readonly rules?: readonly string[];
  readonly split?: Side;
  readonly predictions?: string;
}

export function define(command: Command): void {
  addEvaluationReportOptions(addAnswerOptions(addModelOptions(command)))
    .argument("<MANIFEST>", "CSV with the columns path and label")
    .addOption(
      new Option(
        "--split <side>",
        "score only the frames on one side of the split (default: validation, if the " +
          "model was trained on real frames)",
      ).choices(["train", "validation", "all"]),
    )
    .option(RULES_OPTION.flags, RULES_OPTION.description)
    .option(
      "--predictions <ndjson>",
      "write a row per frame, for score",
      parseOutputOf("ndjson"),
    )
    .action(async (manifest: string, options: EvaluateOptions) => {
      await print(await evaluate(manifest, options));
    });
}

/**
 * Classifies the frames of a manifest and scores the answers and the pixel verdicts. On the
 * validation side, spectrographs that were absent from training are scored separately, too.
 *
 * @returns The report.
 * @throws {SpitError} For a manifest that cannot be read or has no frame on that side.
 */
export async function evaluate(
  manifest: string,
  options: EvaluateOptions,
): Promise<string> {
  for (const path of [options.predictions, options.page]) {
    if (path !== undefined) await checkOutput(path);
  }
  const notify = makeNotify();
  const all = await readManifest(manifest, notify);
  const rules = await readRules(options.rules ?? []);
  await using model = await openModel(options.model, options.device);
  const selection = await selectFrames(all, model.card, options.split);
  const progress = { total: selection.frames.length };
  const classified = await Array.fromAsync(
    withProgress(
      predictFrames(selection.frames, model, { ...options, rules }),
      progress,
    ),
  );
  const verdicts = classified.map(({ verdict }) => verdict);
  const predictions = weighNight(verdicts, model.card, options).map(
    // As the stored predictions have them, so that `score` gives the same score.
    (verdict, k) => ({ ...classified[k]!, verdict: roundVerdict(verdict) }),
  );
  if (options.predictions !== undefined) {
    const rows = predictions.map((one) => stringifyPrediction(one) + "\n");
    await writeFileAtomically(options.predictions, rows.join(""));
    notify(`wrote ${options.predictions}`);
  }
  const side = selection.frames.length === all.length
    ? "all frames"
    : `the ${selection.side} side`;
  const evaluation = createEvaluation({
    title: `${modelId(model.card)} on ${side} of ${manifest}`,
    notes: [...selection.notes, ...describeAnswer(options)],
    predictions,
    parts: splitBySpectrograph(predictions, all, selection),
  });
  return await reportEvaluation(evaluation, options);
}

/** Notes on how the answer was formed, where this is not the default. */
function describeAnswer(
  { pixelsOnly, trustHeader, minProbability }: AnswerOptions,
): string[] {
  return [
    pixelsOnly ? "The answer is the pixel verdict (--pixels-only)." : "",
    trustHeader
      ? "Frames unlike any spectral frame may be used as what their header " +
        "claims (--trust-header)."
      : "",
    minProbability === undefined
      ? ""
      : `Frames below a probability of ${minProbability} are unknown ` +
        "(--min-probability).",
  ].filter((note) => note !== "");
}

/** On the validation side: unseen spectrographs, and unseen nights of seen ones. */
function splitBySpectrograph(
  predictions: readonly Prediction[],
  all: readonly LabelledFrame[],
  { side, frames }: Selection,
): { title: string; predictions: Prediction[] }[] {
  if (side !== "validation" || frames.length === all.length) return [];
  const validation = new Set(frames);
  const trained = new Set(
    all.filter((frame) => !validation.has(frame))
      .map(({ instrument }) => getSpectrograph(instrument)),
  );
  const { seen = [], unseen = [] } = Object.groupBy(
    predictions,
    ({ frame }) =>
      trained.has(getSpectrograph(frame.instrument)) ? "seen" : "unseen",
  );
  return unseen.length === 0 ? [] : [
    { title: "Unseen spectrographs", predictions: unseen },
    { title: "Unseen nights of seen spectrographs", predictions: seen },
  ];
}
