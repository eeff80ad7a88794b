/**
 * `spit merge DIR`.
 *
 * @module
 */
import { type Command, Option } from "commander";
import type { MergeCommandOptions } from "../commands/merge.ts";
import type { Run } from "./options.ts";

/** Defines the command. */
export function defineMerge(program: Command, run: Run): void {
  program.command("merge")
    .description("the rows of all shares as one, and which frames have none")
    .argument("<dir>", "folder that run or worker wrote to")
    .argument("[path...]", "the input, where the folder has no list of it")
    .addOption(
      new Option("--format <format>", "form of the report")
        .choices(["ndjson", "csv", "fitsort"])
        .default("ndjson"),
    )
    .option("-o, --output <file>", "write to a file, whole or not at all")
    .option("--model <id>", "only rows of this model, as NAME@VERSION")
    .option("--missing <file>", "list the frames without a row in a file")
    .option("-q, --quiet", "no notices")
    .action(
      async (dir: string, paths: string[], options: MergeCommandOptions) => {
        const { merge } = await import("../commands/merge.ts");
        await run(() => merge(dir, paths, options));
      },
    );
}
