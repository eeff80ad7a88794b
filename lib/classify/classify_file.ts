import { borrowModel, type ModelChoice } from "../model/open_model.ts";
import { classifyInputs } from "./classify_inputs.ts";
import { type AnswerOptions, checkAnswerOptions } from "./evidence.ts";
import { getInputOptions, readInputs, type ReadOptions } from "./inputs.ts";
import { rejectOnAbort } from "./reader_pool.ts";
import type { Verdict } from "./verdict.ts";

/** Which model classifies, and what is read. */
export interface ClassifyOptions
  extends ModelChoice, ReadOptions, AnswerOptions {
  /**
   * Aborts the work: the promise rejects with the signal's reason. A file that is
   * being read at that moment is read to its end in the background and discarded.
   */
  readonly signal?: AbortSignal;
}

/**
 * Classifies one file. An error of the file is the verdict's `error`; an error of the
 * model is thrown.
 *
 * @param path A FITS file, which may be compressed.
 * @param options The model, the HDU, rules, a signal. For many files give an opened
 *   model, or use `classifyFiles`.
 * @throws {SpitError} As `openModel` does; `inference`; `usage` when `minProbability` is
 *   not a number from 0 to 1.
 * @throws The reason of `signal` when it is aborted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { classifyFile } from "./classify_file.ts";
 *
 * const model = new URL("../../tests/fixtures/model/tiny.json", import.meta.url).pathname;
 * const { type, error } = await classifyFile("no-such.fits", { model, device: "cpu" });
 * assertEquals([type, error?.code], [null, "not_found"]);
 * ```
 */
export async function classifyFile(
  path: string,
  options: ClassifyOptions = {},
): Promise<Verdict> {
  const { hdu, rules, maxBytes, signal } = options;
  checkAnswerOptions(options);
  signal?.throwIfAborted();
  await using model = await borrowModel(options);
  const inputs = getInputOptions(model.card);
  const reading = readInputs(path, { hdu, rules, maxBytes, ...inputs });
  const file = await rejectOnAbort(reading, signal);
  const verdict = await classifyInputs(file, model, options);
  signal?.throwIfAborted();
  return verdict;
}
