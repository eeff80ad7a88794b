/**
 * `spit PATH…` and `spit classify PATH…`.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { ClassifyCommandOptions } from "../commands/classify.ts";
import {
  type Run,
  withModelOptions,
  withReadOptions,
  withWorkersOption,
} from "./options.ts";

/** Defines the command on the program itself, or on one of its own. */
export function defineClassify(
  command: Command,
  run: Run,
  before: (paths: readonly string[]) => Promise<void> = async () => {},
): void {
  withWorkersOption(withReadOptions(withModelOptions(command)))
    .argument("[PATH...]", "files, folders, @LIST, or -")
    .addOption(
      new Option("--format <format>", "form of the report")
        .choices(["table", "csv", "ndjson", "json"]).default("table"),
    )
    .option(
      "-o, --output <file>",
      "write the report to a file, whole or not at all",
    )
    .option(
      "--strict",
      "exit 1 on an unknown, unreadable or conflicting frame",
    )
    .option("-q, --quiet", "no progress, no notices")
    .action(async (paths: string[], options: ClassifyCommandOptions) => {
      if (paths.length === 0) command.help({ error: true });
      await before(paths);
      const { classify } = await import("../commands/classify.ts");
      await run(() => classify(paths, options));
    });
}
