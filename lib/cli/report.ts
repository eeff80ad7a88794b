/**
 * `spit report PATH…`.
 *
 * @module
 */
import type { Command } from "commander";
import type { ReportOptions } from "../commands/report.ts";
import {
  type Run,
  withLabelsOption,
  withModelOptions,
  withReadOptions,
  withRulesOption,
  withWorkersOption,
} from "./options.ts";

/** Defines the command. */
export function defineReport(program: Command, run: Run): void {
  const command = withReadOptions(withModelOptions(program.command("report")));
  withLabelsOption(withRulesOption(withWorkersOption(command)))
    .description("write a page with the input images of a night")
    .argument("<PATH...>", "files, folders, @LIST, or -")
    .option("-o, --output <html>", "the page (default: night.html)")
    .option("--title <text>", "its heading (default: the paths)")
    .option("-q, --quiet", "no progress, no notices")
    .action(async (paths: string[], options: ReportOptions) => {
      const { report } = await import("../commands/report.ts");
      await run(() => report(paths, options));
    });
}
