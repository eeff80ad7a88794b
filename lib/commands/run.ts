import { type Command, InvalidArgumentError, Option } from "commander";
import { recordOptions } from "../batch/parts.ts";
import { openShard } from "../batch/run_shard.ts";
import { parseShard, readListedVersions, type Shard } from "../batch/shard.ts";
import { SpitError } from "../errors.ts";
import { makeFolder } from "../io/output.ts";
import { formatSummary } from "../output/summary.ts";
import { formatCount } from "../output/text.ts";
import { findInputFrames, openClassifier } from "./inputs.ts";
import {
  addClassificationOptions,
  addLabelsOption,
  addSearchOptions,
  type ClassificationOptions,
} from "./options.ts";
import { makeNotify, withProgress } from "./terminal.ts";

interface RunOptions extends ClassificationOptions {
  readonly shard: Shard;
  readonly out: string;
}

export function define(command: Command): void {
  command
    .argument("<PATH...>", "files, folders, URLs, @LIST, or -")
    .requiredOption("--out <dir>", "folder for the rows, which merge reads")
    .addOption(
      new Option("--shard <i/n>", "only this shard of the frames, such as 3/10")
        .argParser(parseShardOption).default({ index: 1, count: 1 }, "1/1"),
    )
    .action(async (paths: string[], options: RunOptions) => {
      Deno.exitCode = await run(paths, options);
    });
  addSearchOptions(addClassificationOptions(addLabelsOption(command)));
}

/**
 * Classifies the frames of a shard that have no row yet. Returns the exit code.
 *
 * @throws {SpitError} `usage` without frames, without a folder to write to, or when its
 *   rows were written with other options; `io` when rows cannot be written; what
 *   `openClassifier` throws.
 */
async function run(
  paths: readonly string[],
  options: RunOptions,
): Promise<number> {
  const { out, shard, quiet } = options;
  const notify = makeNotify(options);
  const { frames: listed, files, exitCode } = await findInputFrames(
    paths,
    notify,
    options,
  );
  // With sizes, shards can be made equally large.
  const versions = await readListedVersions(listed);
  const frames = listed.map(({ path }, k) => ({
    path,
    size: versions[k]!.size,
  }));
  await makeFolder(out);
  await using classifier = await openClassifier(options, notify, files);
  const { modelId: model, labels } = classifier;
  await recordOptions(out, classifier.recorded);
  const work = await openShard({ frames, shard, folder: out, model, labels });
  const total = work.pending.length;
  notify(
    `shard ${shard.index}/${shard.count}: ` +
      `${formatCount(work.frames, "frame")}, ${
        work.frames - total
      } done before`,
  );
  let firstError = "";
  async function* verdicts() {
    const classified = classifier.classify(work.pending);
    for await (const { verdict } of classified) {
      if (verdict.error !== null && firstError === "") {
        const { code, message } = verdict.error;
        firstError = `${verdict.file}: ${code}: ${message}`;
      }
      yield verdict;
    }
  }
  await work.write(withProgress(verdicts(), { total, quiet }));
  if (total > 0) {
    formatSummary(classifier.summary()).trimEnd().split("\n").forEach(notify);
    if (firstError !== "") notify(`the first error: ${firstError}`);
  }
  return exitCode;
}

function parseShardOption(text: string): Shard {
  try {
    return parseShard(text);
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    throw new InvalidArgumentError(error.description);
  }
}
