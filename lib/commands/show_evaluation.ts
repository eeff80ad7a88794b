/**
 * What `evaluate` and `score` do with an evaluation.
 *
 * @module
 */
import type { Evaluation } from "../output/evaluation/evaluation.ts";
import { formatEvaluationJson } from "../output/evaluation/evaluation.ts";
import { writeFileAtomically } from "../io/output.ts";
import { formatEvaluation } from "../output/evaluation/text.ts";

/** In which forms an evaluation is shown. */
export interface ShowOptions {
  /** Form of the report. Default: `text`. */
  readonly format?: "text" | "json";
  /** File for an HTML page, written whole or not at all. */
  readonly page?: string;
}

/**
 * Writes the page, where one is asked for.
 *
 * @returns The report.
 * @throws {SpitError} `usage` when the page cannot be written.
 */
export async function showEvaluation(
  evaluation: Evaluation,
  { format, page }: ShowOptions,
): Promise<string> {
  if (page !== undefined) {
    const { renderEvaluationPage } = await import(
      "../output/evaluation/page.tsx"
    );
    await writeFileAtomically(page, await renderEvaluationPage(evaluation));
  }
  return format === "json"
    ? formatEvaluationJson(evaluation)
    : formatEvaluation(evaluation);
}
