/**
 * `spit evaluate MANIFEST`: scores a model against the labels of a manifest.
 *
 * @module
 */
import { type Command, Option } from "commander";
import { judge } from "../evaluation/judge.ts";
import type { Judged } from "../evaluation/judged.ts";
import { type LabelledFrame, readManifest } from "../evaluation/manifest.ts";
import { spectrograph } from "../evaluation/split.ts";
import {
  chooseSide,
  type Chosen,
  type Side,
} from "../evaluation/trained_side.ts";
import { writeFileAtomically } from "../io/output.ts";
import { modelId } from "../model/model_card.ts";
import { openModel } from "../model/open_model.ts";
import { evaluationOf } from "../output/evaluation/evaluation.ts";
import { predictionJson } from "../output/evaluation/predictions.ts";
import {
  addEvaluationReportOptions,
  type EvaluationReportOptions,
  reportEvaluation,
} from "./evaluation_report.ts";
import { addModelOptions, type ModelOptions } from "./options.ts";
import { makeNotify, print, withProgress } from "./terminal.ts";

/** Options of `evaluate`. */
export interface EvaluateOptions extends ModelOptions, EvaluationReportOptions {
  /**
   * Side of the split. Default: the validation side of a model that was trained on
   * real frames; all frames for any other model.
   */
  readonly split?: Side;
  /** File for one NDJSON row per frame, which `score` reads. */
  readonly predictions?: string;
}

/** Adds the arguments and options of `evaluate` to a command, and what it does. */
export function define(command: Command): void {
  addEvaluationReportOptions(addModelOptions(command))
    .argument("<MANIFEST>", "CSV with the columns path and label")
    .addOption(
      new Option(
        "--split <side>",
        "only frames of one side of the split (default: validation, if the " +
          "model was trained on real frames)",
      ).choices(["train", "validation", "all"]),
    )
    .option("--predictions <ndjson>", "write a row per frame, for score")
    .action(async (manifest: string, options: EvaluateOptions) => {
      await print(await evaluate(manifest, options));
    });
}

/**
 * Classifies the frames of a manifest and scores the verdicts. On the validation side,
 * spectrographs that were absent from training are scored separately, too.
 *
 * @returns The report.
 * @throws {SpitError} For a manifest that cannot be read or has no frame on that side.
 */
export async function evaluate(
  manifest: string,
  options: EvaluateOptions,
): Promise<string> {
  const all = await readManifest(manifest, makeNotify());
  await using model = await openModel(options.model, options.device);
  const chosen = await chooseSide(all, model.card, options.split);
  const progress = { total: chosen.frames.length };
  const judged = await Array.fromAsync(
    withProgress(judge(chosen.frames, model), progress),
  );
  if (options.predictions !== undefined) {
    const rows = judged.map((one) => predictionJson(one) + "\n");
    await writeFileAtomically(options.predictions, rows.join(""));
  }
  const side = chosen.side === "all" ? "all frames" : `the ${chosen.side} side`;
  const evaluation = evaluationOf({
    title: `${modelId(model.card)} on ${side} of ${manifest}`,
    notes: chosen.notes,
    judged,
    parts: splitBySpectrograph(judged, all, chosen),
  });
  return await reportEvaluation(evaluation, options);
}

/** On the validation side: unseen spectrographs, and unseen nights of seen ones. */
function splitBySpectrograph(
  judged: readonly Judged[],
  all: readonly LabelledFrame[],
  { side, frames }: Chosen,
): { title: string; judged: Judged[] }[] {
  if (side !== "validation") return [];
  const validation = new Set(frames);
  const trained = new Set(
    all.filter((frame) => !validation.has(frame))
      .map(({ instrument }) => spectrograph(instrument)),
  );
  const { seen = [], unseen = [] } = Object.groupBy(
    judged,
    ({ frame }) =>
      trained.has(spectrograph(frame.instrument)) ? "seen" : "unseen",
  );
  return unseen.length === 0 ? [] : [
    { title: "Unseen spectrographs", judged: unseen },
    { title: "Unseen nights of seen spectrographs", judged: seen },
  ];
}
