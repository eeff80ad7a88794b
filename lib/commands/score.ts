import type { Command } from "commander";
import { createPooledEvaluation } from "../output/evaluation/evaluation.ts";
import { readPredictions } from "../evaluation/predictions.ts";
import {
  addEvaluationReportOptions,
  type EvaluationReportOptions,
  reportEvaluation,
} from "./evaluation_report.ts";
import { print } from "./terminal.ts";

export function define(command: Command): void {
  addEvaluationReportOptions(command)
    .argument("<FILE...>", "NDJSON files of evaluate --predictions")
    .action(async (files: string[], options: EvaluationReportOptions) => {
      await print(await score(files, options));
    });
}

/**
 * Scores rows of one or several files together, as of the folds of a cross-validation.
 *
 * @returns The report.
 * @throws {SpitError} `not_found`; `bad_manifest` for an invalid row, for no row at all,
 *   and for a frame that occurs twice.
 */
export async function score(
  files: readonly string[],
  options: EvaluationReportOptions,
): Promise<string> {
  const predictions = await readPredictions(files);
  const models = [...new Set(predictions.map(({ verdict }) => verdict.model))];
  const title = `${models.join(", ")} on the rows of ${files.join(", ")}`;
  return await reportEvaluation(
    createPooledEvaluation(title, predictions),
    options,
  );
}
