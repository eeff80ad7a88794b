/**
 * `spit enqueue PATH…`: posts frames to a queue for workers.
 *
 * @module
 */
import type { Command } from "commander";
import { publishFrames, republishDeadLetters } from "../batch/enqueue.ts";
import { connectToNats } from "../batch/nats_connection.ts";
import { nameStreams, openStreams } from "../batch/nats_queue.ts";
import { SpitError } from "../errors.ts";
import { type ListedFrame, listFrames } from "../io/find_frames.ts";
import { isUrl } from "../io/http.ts";
import { resolve } from "../std.ts";
import {
  addQueueOptions,
  addQuietOption,
  type QueueOptions,
} from "./options.ts";
import { makeNotify } from "./terminal.ts";

/** Options of `enqueue`. */
export interface EnqueueOptions extends QueueOptions {
  /** Posts the dead letters of the queue again, instead of frames. */
  readonly dead?: boolean;
  /** Whether notices are left out. */
  readonly quiet?: boolean;
}

/** Adds the arguments and options of `enqueue` to a command, and what it does. */
export function define(command: Command): void {
  addQueueOptions(command)
    .argument("[path...]", "files, folders, addresses, @LIST, or -")
    .option("--dead", "post the frames again that workers gave up")
    .action(async (paths: string[], options: EnqueueOptions) => {
      await enqueue(paths, options);
    });
  addQuietOption(command);
}

/**
 * Posts the frames that paths name, and reports how many were new.
 *
 * @throws {SpitError} `usage` without frames; what `connectToNats` and `openStreams` throw;
 *   `no_permission` for a frame that Deno may not read; `io` when the server refuses.
 */
async function enqueue(
  paths: readonly string[],
  options: EnqueueOptions,
): Promise<void> {
  const notify = makeNotify(options);
  if (paths.length === 0 === !options.dead) {
    throw new SpitError(
      "usage",
      "Name frames to post, or give --dead to post again those that workers gave up",
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
    notify(`${countFrames(count)} posted again`);
    return;
  }
  const { frames: count, duplicates } = await publishFrames(
    link.connection,
    names,
    withAbsolutePaths(listFrames(paths, notify)),
  );
  const rest = duplicates === 0
    ? ""
    : `; ${duplicates} already posted within the hour`;
  notify(`${countFrames(count - duplicates)} posted to ${names.stream}${rest}`);
}

function countFrames(count: number): string {
  return `${count} frame${count === 1 ? "" : "s"}`;
}

/** Makes paths absolute, because workers run in other folders. */
async function* withAbsolutePaths(
  frames: AsyncIterable<ListedFrame>,
): AsyncGenerator<ListedFrame, void, void> {
  for await (const { path, ...rest } of frames) {
    if (isUrl(path)) yield { ...rest, path };
    else {
      await checkReadPermission(path);
      yield { ...rest, path: resolve(path) };
    }
  }
}

/** Without read permission a folder looks like a file and would be posted as a frame. */
async function checkReadPermission(path: string): Promise<void> {
  const { state } = await Deno.permissions.query({ name: "read", path });
  if (state === "granted") return;
  throw new SpitError(
    "no_permission",
    `Cannot read ${path}: run Deno with --allow-read`,
    { file: path },
  );
}
