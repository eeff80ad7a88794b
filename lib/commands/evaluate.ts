/**
 * `evaluate MANIFEST`: a model's verdicts against the labels of a manifest.
 *
 * @module
 */
import { modelId } from "../model/model_card.ts";
import type { Device } from "../model/device.ts";
import { openModel } from "../model/open_model.ts";
import { evaluationOf } from "../output/evaluation/evaluation.ts";
import { predictionJson } from "../output/evaluation/predictions.ts";
import { writeFileAtomically } from "../io/output.ts";
import { NO_PROGRESS, startProgress } from "../output/progress.ts";
import { judge } from "../evaluation/judge.ts";
import type { Judged } from "../evaluation/judged.ts";
import { type LabelledFrame, readManifest } from "../evaluation/manifest.ts";
import { spectrograph } from "../evaluation/split.ts";
import {
  chooseSide,
  type Chosen,
  type Side,
} from "../evaluation/trained_side.ts";
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
  const chosen = await chooseSide(all, model.card, options.split);
  const progress = Deno.stderr.isTerminal()
    ? startProgress(chosen.frames.length, toStandardError)
    : NO_PROGRESS;
  const judged: Judged[] = [];
  for await (const one of judge(chosen.frames, model)) {
    judged.push(one);
    progress.draw(judged.length);
  }
  progress.clear();
  if (options.predictions !== undefined) {
    const rows = judged.map((one) => predictionJson(one) + "\n");
    await writeFileAtomically(options.predictions, rows.join(""));
  }
  const evaluation = evaluationOf({
    title: `${modelId(model.card)} on ${sideText(chosen)} of ${manifest}`,
    notes: chosen.notes,
    judged,
    parts: partsOf(judged, all, chosen),
  });
  return await showEvaluation(evaluation, options);
}

function sideText({ side }: Chosen): string {
  return side === "all" ? "all frames" : `the ${side} side`;
}

/** On the validation side: unseen spectrographs, and unseen nights of seen ones. */
function partsOf(
  judged: readonly Judged[],
  all: readonly LabelledFrame[],
  { side, frames }: Chosen,
): { title: string; judged: Judged[] }[] {
  if (side !== "validation") return [];
  const kept = new Set(frames);
  const trained = new Set(
    all.filter((frame) => !kept.has(frame))
      .map(({ instrument }) => spectrograph(instrument)),
  );
  const seen = ({ frame }: Judged) =>
    trained.has(spectrograph(frame.instrument));
  const unseen = judged.filter((one) => !seen(one));
  return unseen.length === 0 ? [] : [
    { title: "Unseen spectrographs", judged: unseen },
    {
      title: "Unseen nights of seen spectrographs",
      judged: judged.filter(seen),
    },
  ];
}

function toStandardError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
