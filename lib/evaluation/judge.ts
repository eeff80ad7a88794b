/**
 * Labelled frames through the real pipeline.
 *
 * @module
 */
import { classifyFile } from "../classify/classify_file.ts";
import type { Model } from "../model/open_model.ts";
import type { Judged } from "./judged.ts";
import type { LabelledFrame } from "./manifest.ts";

/**
 * Types labelled frames, one after the other, in their order; measures the time
 * of each from its path to its verdict. A row that names an HDU labels that one
 * alone, as in training.
 *
 * @throws {SpitError} `inference`; what is wrong with a file is in its verdict.
 */
export async function* judge(
  frames: Iterable<LabelledFrame>,
  model: Model,
): AsyncGenerator<Judged> {
  for (const frame of frames) {
    const choice = frame.hdu === undefined ? {} : { hdu: frame.hdu };
    const start = performance.now();
    const verdict = await classifyFile(frame.path, { model, ...choice });
    yield { frame, verdict, seconds: (performance.now() - start) / 1000 };
  }
}
