/**
 * `worker --out DIR`: types frames that come from a queue.
 *
 * @module
 */
import { verdictOf } from "../classify/classify_file.ts";
import { classifyFiles } from "../classify/classify_files.ts";
import { SpitError } from "../errors.ts";
import { readRules } from "../header/read_rules.ts";
import { modelId } from "../model/model_card.ts";
import { DEFAULT_MODEL } from "../model/find_model.ts";
import { openModel } from "../model/open_model.ts";
import { nameStreams, openNatsQueue } from "../batch/nats_queue.ts";
import { connectToNats } from "../batch/nats_connection.ts";
import { runWorker, type WorkerSummary } from "../batch/worker.ts";
import { createStopSignal } from "../io/signals.ts";
import type { QueueCommandOptions } from "./enqueue.ts";
import { noticesOf, type TypingOptions } from "./frames_named.ts";
import { makeFolder } from "../io/output.ts";

/** Options of `worker`. */
export interface WorkerOptions extends TypingOptions, QueueCommandOptions {
  /** Folder for the parts, which `merge` reads; made if it is not there. */
  readonly out: string;
  /** What this worker is called: in the names of its parts, and by the server. */
  readonly name?: string;
  /** Rows a part, at most. Default: 200. */
  readonly partFrames?: number;
  /** Seconds until a part is written, however few its rows. Default: 5. */
  readonly partSeconds?: number;
  /** How often a message is tried, 3 or more. Default: 5. */
  readonly tries?: number;
  /** Seconds that it rests after the first time. Default: 5. */
  readonly rest?: number;
  /** Seconds that a worker may be silent. Default: 30. */
  readonly ackWait?: number;
  /** Messages that all workers hold at once. Default: 10,000. */
  readonly maxPending?: number;
  /** Ends when the queue is empty. */
  readonly untilEmpty?: boolean;
}

/** Messages for each reader of files: as many as it has and is to have next, and half as many waiting. */
const AHEAD = 6;

/**
 * Types what comes until Ctrl-C, SIGTERM or, with `untilEmpty`, the end of the queue.
 *
 * @returns The exit code: 0 when the queue is empty, else 130 or 143, by the signal.
 * @throws {SpitError} `usage` when there is no folder to write to; `io` when a part
 *   cannot be written, or the server refuses us; what `openModel` throws.
 */
export async function worker(options: WorkerOptions): Promise<number> {
  const { out, name = "worker", ackWait = 30, untilEmpty = false } = options;
  const notice = noticesOf(options);
  const names = nameStreams(options.stream ?? "frames");
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new SpitError(
      "usage",
      `a worker's name is made of letters, digits, _ and -; got ${name}`,
    );
  }
  await makeFolder(out);
  const rules = await readRules(options.rules ?? []);
  using stopping = await createStopSignal();
  await using model = await openModel(
    options.model ?? DEFAULT_MODEL,
    options.device,
  );
  await using link = await connectToNats({ ...options, name, notice });
  const queue = await openNatsQueue(link.connection, {
    names,
    ackWait,
    maxPending: options.maxPending ?? 10_000,
    fetchTimeout: untilEmpty ? 1 : 5,
  });
  notice(
    `${name}: ${modelId(model.card)} on ${model.device}, frames from ` +
      `${names.stream} at ${link.server}; Ctrl-C ends it`,
  );
  const lost = new AbortController();
  link.closed.then(() => lost.abort());
  const done = await runWorker({
    queue,
    classify: (paths) => classifyFiles(paths, { ...options, rules, model }),
    reject: (path, error) =>
      verdictOf({ path, header: null, log: null, error }, model),
    folder: out,
    name,
    partFrames: options.partFrames ?? 200,
    partSeconds: options.partSeconds ?? 5,
    prefetch: AHEAD * readersOf(options),
    maxAttempts: options.tries ?? 5,
    retryDelay: options.rest ?? 5,
    heartbeat: ackWait / 3,
    untilEmpty,
    stop: AbortSignal.any([stopping.signal, lost.signal]),
    notice,
  });
  notice(doneText(done));
  const { reason } = stopping.signal;
  if (reason !== undefined) {
    notice(`stopped by ${reason}`);
    return reason === "Ctrl-C" ? 130 : 143;
  }
  const error = lost.signal.aborted ? await link.closed : undefined;
  if (error !== undefined) throw error;
  return 0;
}

function readersOf({ workers }: WorkerOptions): number {
  return Math.max(1, workers ?? Math.min(8, navigator.hardwareConcurrency));
}

function doneText(
  { rows, parts, redeliveries, deadLetters, returned }: WorkerSummary,
): string {
  const extra = [
    redeliveries > 0 && `${redeliveries} redeliveries`,
    deadLetters > 0 && `${deadLetters} dead letters`,
    returned > 0 && `${returned} returned to the queue`,
  ].filter((text) => text !== false);
  return [`${rows} rows in ${parts} parts`, ...extra].join("; ");
}
