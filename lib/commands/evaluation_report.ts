import { type Command, Option } from "commander";
import { writeFileAtomically } from "../io/output.ts";
import {
  type Evaluation,
  formatEvaluationJson,
} from "../output/evaluation/evaluation.ts";
import {
  formatEvaluation,
  formatEvaluationSummary,
} from "../output/evaluation/text.ts";
import { parseOutputOf } from "./options.ts";
import { makeNotify } from "./terminal.ts";

export interface EvaluationReportOptions {
  readonly format?: "text" | "json";
  readonly page?: string;
  readonly verbose?: boolean;
}

export function addEvaluationReportOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "format of the report")
        .choices(["text", "json"]).default("text"),
    )
    .option(
      "--verbose",
      "text: all figures and each failure instead of a summary",
    )
    .option(
      "--page <html>",
      "also write a page with charts and thumbnails",
      parseOutputOf("html"),
    );
}

/**
 * Returns the report of an evaluation, and writes the page if one is wanted.
 *
 * @throws {SpitError} `usage` when the page cannot be written.
 */
export async function reportEvaluation(
  evaluation: Evaluation,
  { format, page, verbose }: EvaluationReportOptions,
): Promise<string> {
  if (page !== undefined) {
    const { renderEvaluationPage } = await import(
      "../output/evaluation/page.tsx"
    );
    await writeFileAtomically(page, await renderEvaluationPage(evaluation));
    makeNotify()(`wrote ${page}`);
  }
  if (format === "json") return formatEvaluationJson(evaluation);
  return verbose
    ? formatEvaluation(evaluation)
    : formatEvaluationSummary(evaluation, { hasPage: page !== undefined });
}
