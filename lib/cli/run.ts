/**
 * `spit run PATH… --out DIR`.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from "commander";
import { parseShard, type Shard } from "../batch/shard.ts";
import { SpitError } from "../errors.ts";
import type { RunCommandOptions } from "../commands/run.ts";
import {
  type Run,
  withModelOptions,
  withReadOptions,
  withRulesOption,
  withWorkersOption,
} from "./options.ts";

/** Defines the command. */
export function defineRun(program: Command, run: Run): void {
  const command = program.command("run")
    .description("type a share of many frames, and go on where it ended");
  withWorkersOption(withReadOptions(withModelOptions(command)))
    .argument("<path...>", "files, folders, @LIST, or -")
    .requiredOption("--out <dir>", "folder for the rows; merge DIR reads it")
    .option("--shard <i/n>", "only this share, as 3/10 (default: 1/1)", shard)
    .option("-q, --quiet", "no progress, no notices")
    .action(async (paths: string[], options: RunCommandOptions) => {
      const { run: work } = await import("../commands/run.ts");
      await run(() => work(paths, options));
    });
  withRulesOption(command);
}

function shard(text: string): Shard {
  try {
    return parseShard(text);
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    throw new InvalidArgumentError(error.description);
  }
}
