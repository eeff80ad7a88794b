/**
 * What `evaluate` and `score` do with an evaluation.
 *
 * @module
 */
import type { Evaluation } from "../output/evaluation/evaluation.ts";
import { evaluationJson } from "../output/evaluation/evaluation_json.ts";
import { writeFileAtomically } from "../io/output.ts";
import { evaluationText } from "../output/score_text.ts";

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
    const { evaluationPage } = await import("../output/evaluation/page.tsx");
    await writeFileAtomically(page, await evaluationPage(evaluation));
  }
  return format === "json"
    ? evaluationJson(evaluation)
    : evaluationText(evaluation);
}
