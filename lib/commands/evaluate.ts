/**
 * `evaluate MANIFEST`: a model's verdicts against the labels of a manifest.
 *
 * @module
 */
import { modelId } from "../model/model_card.ts";
import type { Device } from "../model/device.ts";
import { openModel } from "../model/open_model.ts";
import { createEvaluation } from "../output/evaluation/evaluation.ts";
import { stringifyPrediction } from "../evaluation/predictions.ts";
import { writeFileAtomically } from "../io/output.ts";
import { NO_PROGRESS, startProgress } from "../output/progress.ts";
import { predictFrames } from "../evaluation/predictions.ts";
import type { Prediction } from "../evaluation/predictions.ts";
import { type LabelledFrame, readManifest } from "../evaluation/manifest.ts";
import { getSpectrograph } from "../evaluation/split.ts";
import {
  selectFrames,
  type Selection,
  type Side,
} from "../evaluation/split.ts";
import { showEvaluation, type ShowOptions } from "./show_evaluation.ts";
import { noticesOf } from "./frames_named.ts";

/** What the command takes. */
export interface EvaluateOptions extends ShowOptions {
  /** Name or path of the model. */
  readonly model: string;
  /** Where it runs. */
  readonly device: Device;
  /**
   * Side of the split; by default the validation side of a network that was
   * trained on real frames, and all frames for another.
   */
  readonly split?: Side;
  /** File for one NDJSON row a frame, which `score` reads. */
  readonly predictions?: string;
}

/**
 * Types the frames of a manifest and returns the score. With the validation
 * side, spectrographs that training has not seen are also told apart.
 *
 * @throws {SpitError} for a manifest that cannot be read, or has no frame on that side.
 */
export async function evaluate(
  manifest: string,
  options: EvaluateOptions,
): Promise<string> {
  const all = await readManifest(manifest, noticesOf({}));
  await using model = await openModel(options.model, options.device);
  const selection = await selectFrames(all, model.card, options.split);
  const progress = Deno.stderr.isTerminal()
    ? startProgress(selection.frames.length, toStandardError)
    : NO_PROGRESS;
  const predictions: Prediction[] = [];
  for await (const prediction of predictFrames(selection.frames, model)) {
    predictions.push(prediction);
    progress.draw(predictions.length);
  }
  progress.clear();
  if (options.predictions !== undefined) {
    const rows = predictions.map((one) => stringifyPrediction(one) + "\n");
    await writeFileAtomically(options.predictions, rows.join(""));
  }
  const evaluation = createEvaluation({
    title: `${modelId(model.card)} on ${sideText(selection)} of ${manifest}`,
    notes: selection.notes,
    predictions,
    parts: partsOf(predictions, all, selection),
  });
  return await showEvaluation(evaluation, options);
}

function sideText({ side }: Selection): string {
  return side === "all" ? "all frames" : `the ${side} side`;
}

/** On the validation side: unseen spectrographs, and unseen nights of seen ones. */
function partsOf(
  predictions: readonly Prediction[],
  all: readonly LabelledFrame[],
  { side, frames }: Selection,
): { title: string; predictions: Prediction[] }[] {
  if (side !== "validation") return [];
  const kept = new Set(frames);
  const trained = new Set(
    all.filter((frame) => !kept.has(frame))
      .map(({ instrument }) => getSpectrograph(instrument)),
  );
  const seen = ({ frame }: Prediction) =>
    trained.has(getSpectrograph(frame.instrument));
  const unseen = predictions.filter((one) => !seen(one));
  return unseen.length === 0 ? [] : [
    { title: "Unseen spectrographs", predictions: unseen },
    {
      title: "Unseen nights of seen spectrographs",
      predictions: predictions.filter(seen),
    },
  ];
}

function toStandardError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
