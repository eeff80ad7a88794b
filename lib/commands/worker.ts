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
import { openNatsQueue } from "../batch/nats_queue.ts";
import { openLink } from "../batch/nats_link.ts";
import { streamNames } from "../batch/streams.ts";
import { type WorkDone, workOff } from "../batch/work_off.ts";
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
  const names = streamNames(options.stream ?? "frames");
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
  await using link = await openLink({ ...options, name, notice });
  const queue = await openNatsQueue(link.connection, {
    names,
    ackWait,
    maxPending: options.maxPending ?? 10_000,
    wait: untilEmpty ? 1 : 5,
  });
  notice(
    `${name}: ${modelId(model.card)} on ${model.device}, frames from ` +
      `${names.stream} at ${link.server}; Ctrl-C ends it`,
  );
  const lost = new AbortController();
  link.lost.then(() => lost.abort());
  const done = await workOff({
    queue,
    type: (paths) => classifyFiles(paths, { ...options, rules, model }),
    refuse: (path, error) =>
      verdictOf({ path, header: null, log: null, error }, model),
    folder: out,
    name,
    partFrames: options.partFrames ?? 200,
    partSeconds: options.partSeconds ?? 5,
    ahead: AHEAD * readersOf(options),
    tries: options.tries ?? 5,
    rest: options.rest ?? 5,
    keep: ackWait / 3,
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
  const error = lost.signal.aborted ? await link.lost : undefined;
  if (error !== undefined) throw error;
  return 0;
}

function readersOf({ workers }: WorkerOptions): number {
  return Math.max(1, workers ?? Math.min(8, navigator.hardwareConcurrency));
}

function doneText(
  { rows, parts, again, buried, givenBack }: WorkDone,
): string {
  const extra = [
    again > 0 && `${again} deliveries were not the first`,
    buried > 0 && `${buried} given up`,
    givenBack > 0 && `${givenBack} given back`,
  ].filter((text) => text !== false);
  return [`${rows} rows in ${parts} parts`, ...extra].join("; ");
}
