import { SpitError } from "../errors.ts";
import { releaseMemory } from "../io/memory.ts";
import { modelId } from "../model/model_card.ts";
import type { Model, ModelOutput } from "../model/open_model.ts";
import { FLIPS } from "../preprocess/flips.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import type { PlaneInputs } from "../preprocess/preprocess.ts";
import type { AnswerOptions } from "./evidence.ts";
import type { FailedInputs, FileInputs } from "./inputs.ts";
import { createFailedVerdict, createVerdict, type Verdict } from "./verdict.ts";
import { calibrate } from "./vote.ts";

const FLIP_SIZE = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

/**
 * Classifies a file that was read. The memory of its flips is released.
 *
 * @throws {SpitError} `inference`.
 */
export async function classifyInputs(
  file: FileInputs | FailedInputs,
  model: Model,
  options: AnswerOptions = {},
): Promise<Verdict> {
  if (file.error !== null) return createFailedVerdict(file, model.card);
  const output = await runModel(model, file.hdus);
  for (const { flips } of file.hdus) releaseMemory(flips);
  return createVerdict(file, output, model.card, options);
}

/**
 * Runs the network on the flips of each HDU and calibrates the probabilities.
 *
 * The HDUs are run one at a time, so that a mosaic of many chips needs no more memory
 * than a single image. An HDU with one flip, for a network whose output no flip
 * changes, gives the output of all four flips.
 *
 * @param hdus The inputs of each HDU, as `getInputOptions` asks for them. Features may
 *   be `null` for a network that takes none.
 * @returns The output for four flips per HDU, HDU after HDU; the probabilities are
 *   calibrated and in the order of the model card's classes.
 * @throws {SpitError} `inference`, also when the output is not finite.
 */
export async function runModel(
  model: Model,
  hdus: readonly Pick<PlaneInputs, "flips" | "features">[],
): Promise<ModelOutput> {
  const { card } = model;
  const count = card.classes.length;
  const probabilities = new Float32Array(hdus.length * FLIPS * count);
  const ood = card.ood === undefined
    ? null
    : new Float32Array(hdus.length * FLIPS);
  for (const [k, { flips, features }] of hdus.entries()) {
    const run = flips.length / FLIP_SIZE;
    const rows = features && card.features ? repeatRow(features, run) : null;
    const output = await model.run(flips, rows, run);
    const copies = FLIPS / run;
    const row = k * FLIPS;
    probabilities.set(repeatRow(output.probabilities, copies), row * count);
    ood?.set(repeatRow(output.ood!, copies), row);
  }
  if (![...probabilities, ...ood ?? []].every(Number.isFinite)) {
    const what = `the output of the model ${modelId(card)} is not finite`;
    throw new SpitError("inference", what);
  }
  const calibrated = calibrate(probabilities, count, card.temperature);
  return { probabilities: calibrated, ood };
}

function repeatRow(row: Float32Array, times: number): Float32Array {
  const rows = new Float32Array(times * row.length);
  for (let k = 0; k < times; k++) rows.set(row, k * row.length);
  return rows;
}
