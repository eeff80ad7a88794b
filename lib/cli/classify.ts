/**
 * `spit PATH…` and `spit classify PATH…`.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { ClassifyCommandOptions } from "../commands/classify.ts";
import { GROUPINGS } from "../output/groups.ts";
import {
  type Run,
  withLabelsOption,
  withModelOptions,
  withReadOptions,
  withRulesOption,
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
        .choices(["table", "csv", "fitsort", "ndjson", "json", "pypeit"])
        .default("table"),
    )
    .option(
      "-o, --output <file>",
      "write the report to a file, whole or not at all; pypeit: the folder",
    )
    .addOption(
      new Option("--group <by>", "rows in groups, when all are typed")
        .choices(GROUPINGS),
    )
    .option("--spectrograph <name>", "pypeit: its name, as shane_kast_blue")
    .option("--overwrite", "pypeit: replace files that are there")
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
  withLabelsOption(withRulesOption(command));
}
