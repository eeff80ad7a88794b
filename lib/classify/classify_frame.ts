/**
 * Pixels in hand → their type.
 *
 * @module
 */
import type { Plane } from "../fits/frame.ts";
import { borrowModel, type ModelChoice } from "../model/open_model.ts";
import { makeInput } from "./input_images.ts";
import { classifyInputs } from "./classify_inputs.ts";
import { vote, type VoteResult } from "./vote.ts";

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
): Promise<VoteResult> {
  await using model = await borrowModel(options);
  const { flips, features } = makeInput(model.card, plane);
  const output = await classifyInputs(model, flips, features);
  return vote(output, model.card);
}
