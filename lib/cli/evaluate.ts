/**
 * `spit evaluate MANIFEST` and `spit score FILE…`.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { EvaluateOptions } from "../commands/evaluate.ts";
import type { ShowOptions } from "../commands/show_evaluation.ts";
import { type Run, withModelOptions } from "./options.ts";

/** Defines both commands. */
export function defineEvaluate(program: Command, run: Run): void {
  withShowOptions(withModelOptions(program.command("evaluate")))
    .description("score a model against the labels of a manifest")
    .argument("<MANIFEST>", "CSV with the columns path and label")
    .addOption(
      new Option(
        "--split <side>",
        "frames of one side of the split (default: validation, if the " +
          "model was trained on real frames)",
      ).choices(["train", "validation", "all"]),
    )
    .option("--predictions <ndjson>", "write a row a frame, for score")
    .action(async (manifest: string, options: EvaluateOptions) => {
      const { evaluate } = await import("../commands/evaluate.ts");
      await run(() => print(evaluate(manifest, options)));
    });

  withShowOptions(program.command("score"))
    .description("score rows of evaluate --predictions, without a model")
    .argument("<FILE...>", "NDJSON")
    .action(async (files: string[], options: ShowOptions) => {
      const { scoreRows } = await import("../commands/score.ts");
      await run(() => print(scoreRows(files, options)));
    });
}

function withShowOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "form of the report")
        .choices(["text", "json"]).default("text"),
    )
    .option("--page <html>", "write a page with charts and thumbnails, too");
}

async function print(text: Promise<string>): Promise<number> {
  const { standardOutput } = await import("../io/output.ts");
  try {
    await standardOutput().write(await text);
  } catch (error) {
    // `… | head` has seen enough.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  return 0;
}
