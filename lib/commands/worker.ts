import type { Command } from "commander";
import { connectToNats } from "../batch/nats_connection.ts";
import { nameStreams, openNatsQueue } from "../batch/nats_queue.ts";
import { recordOptions } from "../batch/parts.ts";
import { runWorker, type WorkerSummary } from "../batch/worker.ts";
import { classifyInputs } from "../classify/classify_inputs.ts";
import { SpitError } from "../errors.ts";
import { createRootCheck } from "../io/find_frames.ts";
import { makeFolder } from "../io/output.ts";
import { createStopSignal } from "../io/signals.ts";
import { openClassifier } from "./inputs.ts";
import {
  addClassificationOptions,
  addLabelsOption,
  addQueueOptions,
  type ClassificationOptions,
  parseCountFrom,
  parsePositive,
  type QueueOptions,
} from "./options.ts";
import { formatCount } from "../output/text.ts";
import { makeNotify } from "./terminal.ts";

interface WorkerOptions extends ClassificationOptions, QueueOptions {
  readonly out: string;
  readonly name: string;
  readonly partFrames: number;
  readonly partSeconds: number;
  readonly tries: number;
  readonly rest: number;
  readonly ackWait: number;
  readonly maxPending: number;
  readonly untilEmpty?: boolean;
}

/** Messages fetched per reader of files: in progress, next, and some waiting. */
const MESSAGES_PER_READER = 6;

export function define(command: Command): void {
  addQueueOptions(command)
    .argument(
      "<ROOT...>",
      "folders and URLs; frames that are not below one of them are refused",
    )
    .requiredOption("--out <dir>", "folder for the rows, which merge reads")
    .option("--name <name>", "name of this worker", "worker")
    .option(
      "--part-frames <number>",
      "write a file after this many rows",
      parseCountFrom(1),
      200,
    )
    .option(
      "--part-seconds <seconds>",
      "write a file when its first row is this old",
      parsePositive,
      5,
    )
    .option(
      "--tries <number>",
      "give up on a frame that cannot be reached, or crashes workers, after this many tries",
      parseCountFrom(3),
      5,
    )
    .option(
      "--rest <seconds>",
      "wait before the second try; four times longer before each further one",
      parsePositive,
      5,
    )
    .option(
      "--ack-wait <seconds>",
      "redeliver the frames of a worker that reports no progress for this long",
      parsePositive,
      30,
    )
    .option(
      "--max-pending <number>",
      "most frames that all workers together may have in progress",
      parseCountFrom(1),
      10_000,
    )
    .option("--until-empty", "end when the queue is empty")
    .action(async (roots: string[], options: WorkerOptions) => {
      Deno.exitCode = await worker(roots, options);
    });
  addClassificationOptions(addLabelsOption(command));
}

/**
 * Classifies frames until Ctrl-C, SIGTERM or, with `untilEmpty`, the end of the queue.
 *
 * @returns The exit code: 0 when the queue is empty, else 130 or 143, by the signal.
 * @param roots Folders and addresses that messages may name frames below.
 * @throws {SpitError} `usage` when a root does not exist, without a folder to write to, or
 *   when its rows were written with other options; `io` when rows cannot be written or the
 *   server refuses; what `openClassifier` throws.
 */
async function worker(
  roots: readonly string[],
  options: WorkerOptions,
): Promise<number> {
  const { out, name, ackWait, untilEmpty = false } = options;
  const notify = makeNotify(options);
  const names = nameStreams(options.stream);
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new SpitError(
      "usage",
      `the name of a worker consists of letters, digits, _ and -; got ${name}`,
    );
  }
  const { workers: readers = Math.min(8, navigator.hardwareConcurrency) } =
    options;
  const isAllowed = await createRootCheck(roots);
  await makeFolder(out);
  using stopping = await createStopSignal();
  await using classifier = await openClassifier(options, notify);
  const { model } = classifier;
  await recordOptions(out, classifier.recorded);
  await using link = await connectToNats({ ...options, name, notice: notify });
  const queue = await openNatsQueue(link.connection, {
    names,
    ackWait,
    maxPending: options.maxPending,
    fetchTimeout: untilEmpty ? 1 : 5,
  });
  notify(
    `${name}: frames from ${names.stream} at ${link.server}; Ctrl-C ends it`,
  );
  const lost = new AbortController();
  link.closed.then(() => lost.abort());
  const summary = await runWorker({
    queue,
    async *classify(paths) {
      for await (const { verdict } of classifier.classify(paths)) yield verdict;
    },
    isAllowed,
    reject: (path, error) =>
      classifyInputs({ path, header: null, log: null, error }, model),
    folder: out,
    name,
    partFrames: options.partFrames,
    partSeconds: options.partSeconds,
    prefetch: MESSAGES_PER_READER * Math.max(1, readers),
    maxAttempts: options.tries,
    retryDelay: options.rest,
    heartbeat: ackWait / 3,
    untilEmpty,
    stop: AbortSignal.any([stopping.signal, lost.signal]),
    notice: notify,
  });
  notify(summarize(summary));
  const { reason } = stopping.signal;
  if (reason !== undefined) {
    notify(`stopped by ${reason}`);
    return reason === "Ctrl-C" ? 130 : 143;
  }
  const error = lost.signal.aborted ? await link.closed : undefined;
  if (error !== undefined) throw error;
  return 0;
}

function summarize(
  { rows, parts, redeliveries, deadLetters, returned }: WorkerSummary,
): string {
  const extra = [
    redeliveries > 0 && `redeliveries: ${redeliveries}`,
    deadLetters > 0 && `dead letters: ${deadLetters}`,
    returned > 0 && `returned to the queue: ${returned}`,
  ].filter((text) => text !== false);
  const written = `${formatCount(rows, "row")} in ${
    formatCount(parts, "file")
  }`;
  return [written, ...extra].join("; ");
}
