import type { Plane } from "../fits/frame.ts";
import { borrowModel, type ModelChoice } from "../model/open_model.ts";
import { checkPlane } from "../preprocess/check_plane.ts";
import { measureInputs } from "../preprocess/preprocess.ts";
import { runModel } from "./classify_inputs.ts";
import { getInputOptions } from "./inputs.ts";
import { vote, type VoteResult } from "./vote.ts";

/**
 * Classifies one image plane from its pixels alone.
 *
 * @param plane Raw pixels in physical values (BZERO and BSCALE applied), row-major.
 *   The longer axis is taken as the dispersion. Not modified.
 * @param options The model. For many frames give an opened one.
 * @throws {SpitError} `usage` when the width or height is not a positive integer or does
 *   not match the number of pixels; as `openModel` does; `inference`.
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
  checkPlane(plane);
  await using model = await borrowModel(options);
  const inputs = measureInputs(plane, getInputOptions(model.card));
  const result = vote(await runModel(model, [inputs]), model.card);
  return { ...result, statistics: inputs.statistics };
}
