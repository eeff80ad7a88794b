/**
 * `score FILE…`: rows of `evaluate --predictions` scored together.
 *
 * @module
 */
import { pooledEvaluation } from "../output/evaluation/pooled.ts";
import { readPredictions } from "../output/evaluation/predictions.ts";
import { showEvaluation, type ShowOptions } from "./show_evaluation.ts";

/**
 * Scores rows that were written before, without a network; those of several
 * files, as of the folds of a cross-validation, as one.
 *
 * @throws {SpitError} `not_found`; `bad_manifest` for a row that is none, for no
 *   row at all, and for a frame that comes twice.
 */
export async function scoreRows(
  files: readonly string[],
  options: ShowOptions,
): Promise<string> {
  const judged = await readPredictions(files);
  const models = [...new Set(judged.map(({ verdict }) => verdict.model))];
  const title = `${models.join(", ")} on the rows of ${files.join(", ")}`;
  return await showEvaluation(pooledEvaluation(title, judged), options);
}
