/**
 * Pixels in hand → their type.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { borrowModel, type ModelChoice } from "../model/borrow_model.ts";
import { pictureFor } from "./input_images.ts";
import { typeViews } from "./classify_inputs.ts";
import { type Tally, vote } from "./vote.ts";

/**
 * Types one image plane.
 *
 * @param plane Raw pixels in physical values, row-major, longer axis = dispersion.
 * @param options Which network. Give an opened {@linkcode Model} when there are many frames.
 * @throws {SpitError} As `preprocess` does for the pixels and `openModel` for the model; `inference`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { openModel } from "../model/open_model.ts";
 * import { classifyFrame } from "./classify_frame.ts";
 *
 * const tiny = new URL("../../tests/fixtures/model/tiny.json", import.meta.url);
 * await using model = await openModel(tiny.pathname, "cpu");
 * const blank = { width: 700, height: 300, pixels: new Uint16Array(700 * 300) };
 * const { type, votes } = await classifyFrame(blank, { model });
 * assertEquals([type, votes], ["bias", { bias: 4 }]);
 * ```
 */
export async function classifyFrame(
  plane: Plane,
  options: ModelChoice = {},
): Promise<Tally> {
  await using model = await borrowModel(options);
  const { views, statistics } = pictureFor(model.card, plane);
  const output = await typeViews(model, views, statistics);
  return vote(output, model.card);
}
