/**
 * Views through the network.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { modelId } from "../model/card.ts";
import type { Model } from "../model/open_model.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "../preprocess/picture.ts";
import { VIEWS } from "../preprocess/views.ts";
import { calibrate } from "./calibrate.ts";

const VIEW_SIZE = PICTURE_HEIGHT * PICTURE_WIDTH;

/**
 * Calibrated probabilities of each view.
 *
 * The views go through the network four at a time, so that a mosaic of many
 * chips needs no more memory than one.
 *
 * @param views A whole number of views, `210 * 650` values each.
 * @returns `views * classes` probabilities, view after view, in the order of the card's classes.
 * @throws {SpitError} `inference`, also when the network gives what is no number.
 */
export async function typeViews(
  model: Model,
  views: Uint8Array,
): Promise<Float32Array> {
  const { classes, temperature } = model.card;
  const count = views.length / VIEW_SIZE;
  const probabilities = new Float32Array(count * classes.length);
  for (let first = 0; first < count; first += VIEWS) {
    const batch = Math.min(VIEWS, count - first);
    const part = await model.run(
      views.subarray(first * VIEW_SIZE, (first + batch) * VIEW_SIZE),
      batch,
    );
    probabilities.set(part, first * classes.length);
  }
  if (!probabilities.every(Number.isFinite)) {
    throw new SpitError(
      "inference",
      `the network ${modelId(model.card)} gave a probability that is no number`,
    );
  }
  return calibrate(probabilities, classes.length, temperature);
}
