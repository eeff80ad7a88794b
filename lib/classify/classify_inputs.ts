import { releaseMemory } from "../io/memory.ts";
import type { Model } from "../model/open_model.ts";
import type { AnswerOptions } from "./evidence.ts";
import type { FailedInputs, FileInputs } from "./inputs.ts";
import { runModel } from "./run_model.ts";
import { createFailedVerdict, createVerdict, type Verdict } from "./verdict.ts";

/**
 * Classifies a file that was read. Runs the network unless the reader did; the memory of
 * the flips is released.
 *
 * @throws {SpitError} `inference`.
 */
export async function classifyInputs(
  file: FileInputs | FailedInputs,
  model: Model,
  options: AnswerOptions = {},
): Promise<Verdict> {
  if (file.error !== null) return createFailedVerdict(file, model.card);
  const output = file.output ?? await runModel(model, file.hdus);
  for (const { flips } of file.hdus) releaseMemory(flips);
  return createVerdict(file, output, model.card, options);
}
