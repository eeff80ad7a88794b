/**
 * `spit watch DIR…`.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { WatchOptions } from "../commands/watch.ts";
import {
  positive,
  type Run,
  withModelOptions,
  withReadOptions,
  withRulesOption,
  withWorkersOption,
} from "./options.ts";

/** Defines the command. */
export function defineWatch(program: Command, run: Run): void {
  const command = program.command("watch")
    .description("type frames as they land in a folder, until Ctrl-C")
    .argument("<DIR...>", "folders, watched with all below them");
  withWorkersOption(
    withRulesOption(withReadOptions(withModelOptions(command))),
  )
    .addOption(
      new Option(
        "--format <format>",
        "form of the rows (default: table on a terminal, else ndjson)",
      ).choices(["table", "ndjson"]),
    )
    .option("--catchup", "first type what is there already and has no row")
    .option(
      "--append <ndjson>",
      "keep all rows in this file, and go on from it",
    )
    .option("--report <html>", "keep a page of this run's frames fresh")
    .option(
      "--on-conflict <command>",
      "run by the shell for a conflict, with the row as JSON on its standard input",
    )
    .option(
      "--hook-limit <seconds>",
      "time that one such run may take",
      positive,
      60,
    )
    .option(
      "--settle <seconds>",
      "a frame is whole when size and time stand still so long",
      positive,
      2,
    )
    .option(
      "--poll <seconds>",
      "time between two looks at the folders, where the system tells no news",
      positive,
      1,
    )
    .option("--stop-file <file>", "end when this file appears")
    .option("-q, --quiet", "no notices; conflicts are told all the same")
    .action(async (folders: string[], options: WatchOptions) => {
      const { watch } = await import("../commands/watch.ts");
      await run(() => watch(folders, options));
    });
}
