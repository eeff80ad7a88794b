/**
 * Views through the network.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { modelId } from "../model/card.ts";
import type { Model, NetworkOutput } from "../model/open_model.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "../preprocess/input_image.ts";
import { VIEWS } from "../preprocess/flips.ts";
import { calibrate } from "./calibrate.ts";
import { viewsRun } from "./input_images.ts";

const VIEW_SIZE = PICTURE_HEIGHT * PICTURE_WIDTH;

/**
 * What the network says of each view, its probabilities calibrated.
 *
 * The views go through the network one HDU at a time, so that a mosaic of many
 * chips needs no more memory than one. Of a network that no flip changes
 * (`vote.alike` of its card) only the first view of an HDU is run, and stands for
 * the others.
 *
 * @param views As many for each HDU as `viewsRun` says of the card, four or one,
 *   `210 * 650` values each.
 * @param statistics One row for each HDU; `null` will do for a network whose card
 *   has no `statistics`.
 * @returns Of four views for each HDU, whatever was run; the probabilities in the order of the card's classes.
 * @throws {SpitError} `inference`, also when the network gives what is no number.
 */
export async function typeViews(
  model: Model,
  views: Uint8Array,
  statistics: Float32Array | null,
): Promise<NetworkOutput> {
  const { classes, temperature, statistics: wanted } = model.card;
  const run = viewsRun(model.card);
  const hdus = views.length / (run * VIEW_SIZE);
  const probabilities = new Float32Array(hdus * VIEWS * classes.length);
  const strangeness = model.card.strangeness === undefined
    ? null
    : new Float32Array(hdus * VIEWS);
  for (let hdu = 0; hdu < hdus; hdu++) {
    const part = await model.run(
      rowOf(views, hdu, run * VIEW_SIZE),
      statistics === null || wanted === undefined
        ? null
        : repeated(rowOf(statistics, hdu, wanted.length), run),
      run,
    );
    const times = VIEWS / run;
    rowOf(probabilities, hdu, VIEWS * classes.length)
      .set(repeated(part.probabilities, times));
    if (strangeness) {
      rowOf(strangeness, hdu, VIEWS).set(repeated(part.strangeness!, times));
    }
  }
  if (
    !probabilities.every(Number.isFinite) ||
    !(strangeness?.every(Number.isFinite) ?? true)
  ) {
    throw new SpitError(
      "inference",
      `the network ${modelId(model.card)} gave a probability that is no number`,
    );
  }
  return {
    probabilities: calibrate(probabilities, classes.length, temperature),
    strangeness,
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
