/**
 * Flips through the network.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { modelId } from "../model/model_card.ts";
import type { Model, ModelOutput } from "../model/open_model.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import { FLIPS } from "../preprocess/flips.ts";
import { calibrate } from "./calibrate.ts";
import { countFlips } from "./input_images.ts";

const FLIP_SIZE = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

/**
 * What the network says of each flip, its probabilities calibrated.
 *
 * The flips go through the network one HDU at a time, so that a mosaic of many
 * chips needs no more memory than one. Of a network that no flip changes
 * (`vote.flip_invariant` of its card) only the first flip of an HDU is run, and stands for
 * the others.
 *
 * @param flips As many for each HDU as `countFlips` says of the card, four or one,
 *   `210 * 650` values each.
 * @param features One row for each HDU; `null` will do for a network whose card
 *   has no `features`.
 * @returns Of four flips for each HDU, whatever was run; the probabilities in the order of the card's classes.
 * @throws {SpitError} `inference`, also when the network gives what is no number.
 */
export async function classifyInputs(
  model: Model,
  flips: Uint8Array,
  features: Float32Array | null,
): Promise<ModelOutput> {
  const { classes, temperature, features: wanted } = model.card;
  const run = countFlips(model.card);
  const hdus = flips.length / (run * FLIP_SIZE);
  const probabilities = new Float32Array(hdus * FLIPS * classes.length);
  const ood = model.card.ood === undefined
    ? null
    : new Float32Array(hdus * FLIPS);
  for (let hdu = 0; hdu < hdus; hdu++) {
    const part = await model.run(
      rowOf(flips, hdu, run * FLIP_SIZE),
      features === null || wanted === undefined
        ? null
        : repeated(rowOf(features, hdu, wanted.length), run),
      run,
    );
    const times = FLIPS / run;
    rowOf(probabilities, hdu, FLIPS * classes.length)
      .set(repeated(part.probabilities, times));
    if (ood) {
      rowOf(ood, hdu, FLIPS).set(repeated(part.ood!, times));
    }
  }
  if (
    !probabilities.every(Number.isFinite) ||
    !(ood?.every(Number.isFinite) ?? true)
  ) {
    throw new SpitError(
      "inference",
      `the network ${modelId(model.card)} gave a probability that is no number`,
    );
  }
  return {
    probabilities: calibrate(probabilities, classes.length, temperature),
    ood,
  };
}

function rowOf<T extends Uint8Array | Float32Array>(
  rows: T,
  row: number,
  length: number,
): T {
  return rows.subarray(row * length, (row + 1) * length) as T;
}

function repeated(row: Float32Array, times: number): Float32Array {
  const rows = new Float32Array(times * row.length);
  for (let k = 0; k < times; k++) rows.set(row, k * row.length);
  return rows;
}
