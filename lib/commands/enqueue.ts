import type { Command } from "commander";
import { publishFrames, republishDeadLetters } from "../batch/enqueue.ts";
import { connectToNats } from "../batch/nats_connection.ts";
import { nameStreams, openStreams } from "../batch/nats_queue.ts";
import { SpitError } from "../errors.ts";
import { type ListedFrame, listFrames } from "../io/find_frames.ts";
import { isUrl } from "../io/http.ts";
import { formatCount } from "../output/text.ts";
import { resolve } from "../std.ts";
import {
  addQueueOptions,
  addQuietOption,
  addSearchOptions,
  type QueueOptions,
  type SearchOptions,
} from "./options.ts";
import { makeNotify } from "./terminal.ts";

interface EnqueueOptions extends QueueOptions, SearchOptions {
  readonly dead?: boolean;
  readonly quiet?: boolean;
}

export function define(command: Command): void {
  addQueueOptions(command)
    .argument("[PATH...]", "files, folders, URLs, @LIST, or -")
    .option("--dead", "publish again the frames that workers gave up on")
    .action(async (paths: string[], options: EnqueueOptions) => {
      Deno.exitCode = await enqueue(paths, options);
    });
  addSearchOptions(addQuietOption(command));
}

/**
 * Publishes the frames that paths name, and reports how many were new. Returns the exit
 * code.
 *
 * @throws {SpitError} `usage` without frames; what `connectToNats` and `openStreams` throw;
 *   `no_permission` for a frame that Deno may not read; `io` when the server refuses.
 */
async function enqueue(
  paths: readonly string[],
  options: EnqueueOptions,
): Promise<number> {
  const notify = makeNotify(options);
  if (paths.length === 0 === !options.dead) {
    throw new SpitError(
      "usage",
      "name frames to publish, or give --dead to publish again those that workers gave up",
    );
  }
  const names = nameStreams(options.stream);
  await using link = await connectToNats({
    ...options,
    name: "enqueue",
    notice: notify,
  });
  const manager = await openStreams(link.connection, names);
  if (options.dead) {
    const count = await republishDeadLetters(link.connection, manager, names);
    notify(`${formatCount(count, "frame")} published again`);
    return 0;
  }
  let exitCode = 0;
  const { followLinks, verbose } = options;
  const frames = listFrames(paths, notify, {
    followLinks,
    verbose,
    onMissing(path) {
      exitCode = 2;
      notify(`no such file or folder: ${path}`);
    },
  });
  const { frames: count, duplicates } = await publishFrames(
    link.connection,
    names,
    withAbsolutePaths(frames),
  );
  const rest = duplicates === 0
    ? ""
    : `; ${duplicates} already published within the hour`;
  const published = formatCount(count - duplicates, "frame");
  notify(`${published} published to ${names.stream}${rest}`);
  return exitCode;
}

/** Makes paths absolute, because workers run in other folders. */
async function* withAbsolutePaths(
  frames: AsyncIterable<ListedFrame>,
): AsyncGenerator<ListedFrame, void, void> {
  for await (const { path, ...rest } of frames) {
    if (isUrl(path)) {
      yield { ...rest, path };
      continue;
    }
    // Without it, a folder looks like a file and would be published as a frame.
    const { state } = await Deno.permissions.query({ name: "read", path });
    if (state !== "granted") {
      throw new SpitError(
        "no_permission",
        `cannot read ${path}: run Deno with --allow-read`,
        { file: path },
      );
    }
    yield { ...rest, path: resolve(path) };
  }
}
