/**
 * `cli.ts evaluate`: a model's verdicts against the labels of a manifest.
 *
 * @module
 */
import { classifyFile } from "../classify/classify_file.ts";
import { SpitError } from "../errors.ts";
import type { Device } from "../model/device.ts";
import { openModel } from "../model/open_model.ts";
import { failuresText, scoreText } from "../report/score_text.ts";
import { type LabelledFrame, readManifest } from "../train/manifest.ts";
import { type Judged, score } from "../train/score.ts";
import {
  SHIPPED_SPLIT,
  sideOf,
  spectrograph,
  type Split,
} from "../train/split.ts";

/** What the command takes. */
export interface EvaluateOptions {
  /** Name or path of the model. */
  readonly model: string;
  /** Where it runs. */
  readonly device: Device;
  /** Side of the shipped split; all frames when left out. */
  readonly split?: Split;
}

/**
 * Types the frames of a manifest and returns the score as text. With the
 * validation side, spectrographs and nights that training has not seen are
 * also told apart.
 *
 * @throws {SpitError} for a manifest that cannot be read, or has no frame on that side.
 */
export async function evaluate(
  manifest: string,
  options: EvaluateOptions,
): Promise<string> {
  const all = await readManifest(manifest);
  const frames = options.split
    ? all.filter((frame) => sideOf(frame, SHIPPED_SPLIT) === options.split)
    : all;
  if (frames.length === 0) {
    throw new SpitError(
      "bad_manifest",
      `no frame of ${manifest} is on the side asked for`,
    );
  }
  const judged = await judge(frames, options);
  const whole = score(judged);
  const sections = [scoreText(titleOf(options), whole)];
  if (options.split === "validation") {
    const trained = new Set(
      all.filter((frame) => sideOf(frame, SHIPPED_SPLIT) === "train")
        .map((frame) => spectrograph(frame.instrument)),
    );
    const seen = ({ frame }: Judged) =>
      trained.has(spectrograph(frame.instrument));
    sections.push(
      scoreText(
        "Unseen spectrographs",
        score(judged.filter((one) => !seen(one))),
      ),
      scoreText(
        "Unseen nights of seen spectrographs",
        score(judged.filter(seen)),
      ),
    );
  }
  return [...sections, failuresText(whole)].join("\n");
}

async function judge(
  frames: readonly LabelledFrame[],
  { model: name, device }: EvaluateOptions,
): Promise<Judged[]> {
  await using model = await openModel(name, device);
  const judged: Judged[] = [];
  for (const frame of frames) {
    // As in training: a row that names an HDU labels that one alone.
    const choice = frame.hdu === undefined ? {} : { hdu: frame.hdu };
    const verdict = await classifyFile(frame.path, { model, ...choice });
    judged.push({ frame, verdict });
  }
  return judged;
}

function titleOf({ model, split }: EvaluateOptions): string {
  return `${model} on ${split ? `the ${split} side` : "all frames"}`;
}
