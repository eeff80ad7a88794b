import type { Verdict } from "../classify/verdict.ts";
import { SpitError } from "../errors.ts";
import { type FileVersion, readFileVersion } from "../io/file_version.ts";
import {
  type ChangeSignal,
  createChangeSignal,
  createPendingMessages,
  createServerStatus,
  receiveDeliveries,
} from "./deliveries.ts";
import { createPartWriter } from "./part_writer.ts";
import {
  type ConsumerName,
  type Delivery,
  MAX_MAIN_DELIVERIES,
  parseMessage,
  type Queue,
} from "./queue.ts";
import { computeRetryDelay, decideRetry } from "./retry.ts";
import { createRow, type StoredRow } from "./rows.ts";

export interface RunWorkerOptions {
  readonly queue: Queue;
  /** Classifies frames: yields a verdict for each path, in their order. */
  readonly classify: (paths: AsyncIterable<string>) => AsyncIterable<Verdict>;
  /** Whether the worker may open a path or URL; messages can name any. */
  readonly isAllowed: (path: string) => Promise<boolean>;
  /** Returns the verdict on a frame that is not to be read. */
  readonly reject: (path: string, error: SpitError) => Promise<Verdict>;
  readonly folder: string;
  readonly name: string;
  readonly partFrames: number;
  /** Seconds after its first row when a part is written at the latest. */
  readonly partSeconds: number;
  /** Number of messages to have before their frames are read. */
  readonly prefetch: number;
  /** Largest number of attempts per message, above {@linkcode MAX_MAIN_DELIVERIES}. */
  readonly maxAttempts: number;
  /** Seconds between the first attempt and the second; see `computeRetryDelay`. */
  readonly retryDelay: number;
  /** Seconds between two reports of progress to the server. */
  readonly heartbeat: number;
  /** Ends when the queue is empty. Default: false. */
  readonly untilEmpty?: boolean;
  /** Ends the worker: frames that are being read are finished, the others returned. */
  readonly stop: AbortSignal;
  readonly notice: (message: string) => void;
}

/** The numbers of what a worker wrote, received and published. */
export interface WorkerSummary {
  readonly rows: number;
  readonly parts: number;
  /** Deliveries that were not the first of their message. */
  readonly redeliveries: number;
  readonly deadLetters: number;
  /** Messages returned to the queue at the end. */
  readonly returned: number;
}

/** UTF-16 code units of a message that are shown if it names no frame. */
const SHOWN_LENGTH = 200;

/**
 * Runs until it is stopped or, with `untilEmpty`, the queue is empty.
 *
 * A message is acknowledged only when the row of its frame is on the disk. A worker
 * that ends in between leaves a row, and the message is redelivered; of the two equal
 * rows `mergeParts` selects one. So each frame has a row, and after the merge exactly
 * one.
 *
 * @throws {SpitError} `io` if a part cannot be written; the errors of `classify`. All
 *   unacknowledged messages are returned to the queue then.
 */
export async function runWorker(
  options: RunWorkerOptions,
): Promise<WorkerSummary> {
  const { queue, maxAttempts, retryDelay, untilEmpty = false } = options;
  const ending = new AbortController();
  const stop = AbortSignal.any([options.stop, ending.signal]);
  const changes = createChangeSignal();
  stop.addEventListener("abort", changes.notify);
  const errors: unknown[] = [];
  const fail = (error: unknown) => {
    errors.push(error);
    ending.abort();
  };
  const status = createServerStatus(options.notice);
  using pending = createPendingMessages(options.heartbeat, changes, status);
  const parts = createPartWriter({ ...options, onError: fail });
  const readQueue = createReadQueue(changes, parts.flush, stop);
  let rows = 0;
  let redeliveries = 0;
  let deadLetters = 0;

  function capacity(consumer: ConsumerName): number {
    if (consumer === "isolated") return 1 - pending.count("isolated");
    // Half at a time, for fewer requests.
    const free = options.prefetch - readQueue.count();
    return 2 * free > options.prefetch ? free : 0;
  }

  async function idle(): Promise<void> {
    if (readQueue.count() > 0) return;
    // No more rows will arrive soon to complete the part.
    await parts.flush();
    if (!untilEmpty || pending.count() > 0) return;
    try {
      if (await queue.isEmpty()) ending.abort();
    } catch (error) {
      status.failed(error);
    }
  }

  async function receive(consumer: ConsumerName): Promise<void> {
    const deliveries = receiveDeliveries({
      queue,
      consumer,
      changes,
      idle,
      status,
      stop,
      capacity: () => capacity(consumer),
    });
    for await (const delivery of deliveries) await accept(delivery);
  }

  async function accept(delivery: Delivery): Promise<void> {
    pending.add(delivery);
    if (delivery.attempts > 1) redeliveries++;
    const path = parseMessage(delivery.body);
    if (path === null) {
      return await sendDeadLetter(delivery, "the message names no frame", null);
    }
    const { consumer, attempts } = delivery;
    if (!await options.isAllowed(path)) {
      return await rejectFrame(delivery, path, {
        code: "no_permission",
        what: "it is not below the folders and URLs given to this worker",
      });
    }
    if (consumer === "main" && attempts > MAX_MAIN_DELIVERIES) {
      await pending.isolate(delivery);
      return;
    }
    const version = readFileVersion(path);
    if (attempts > maxAttempts) {
      await rejectFrame(delivery, path, {
        code: "worker_lost",
        what: "the workers that read the file ended unexpectedly, " +
          `${maxAttempts} times: does it need more memory than they have?`,
        version: await version,
      });
      return await parts.flush();
    }
    readQueue.add({ delivery, path, version });
  }

  /** Gives up a frame without reading it. */
  async function rejectFrame(
    delivery: Delivery,
    path: string,
    { code, what, version = { size: null, modified: null } }: {
      readonly code: "no_permission" | "worker_lost";
      readonly what: string;
      readonly version?: FileVersion;
    },
  ): Promise<void> {
    const error = new SpitError(code, what, { file: path });
    const verdict = await options.reject(path, error);
    await giveUp(delivery, createRow(verdict, version));
  }

  async function finish(verdict: Verdict): Promise<void> {
    const { delivery, version } = readQueue.first();
    const { attempts } = delivery;
    const code = verdict.error?.code ?? null;
    const decision = decideRetry(code, attempts, maxAttempts);
    const row = createRow(verdict, await version);
    if (decision === "retry") {
      pending.nak(delivery, computeRetryDelay(attempts, retryDelay));
    } else if (decision === "give_up") await giveUp(delivery, row);
    else {
      rows++;
      await parts.add(row, () => pending.ack(delivery));
    }
    readQueue.removeFirst();
  }

  async function giveUp(delivery: Delivery, row: StoredRow): Promise<void> {
    rows++;
    const reason = row.error?.message ?? "it cannot be classified";
    await parts.add(row, () => sendDeadLetter(delivery, reason, row));
  }

  async function sendDeadLetter(
    delivery: Delivery,
    reason: string,
    row: StoredRow | null,
  ): Promise<void> {
    const subject = row?.file ??
      new TextDecoder().decode(delivery.body).slice(0, SHOWN_LENGTH);
    options.notice(`given up: ${subject}: ${reason}`);
    if (await pending.deadLetter(delivery, reason, row)) deadLetters++;
  }

  const receiving = Promise.all([
    receive("main").catch(fail),
    receive("isolated").catch(fail),
  ]);
  try {
    const verdicts = options.classify(readQueue.paths());
    for await (const verdict of verdicts) await finish(verdict);
    await parts.flush();
  } catch (error) {
    fail(error);
  }
  ending.abort();
  await receiving;
  const returned = pending.nakAll();
  if (errors.length > 0) throw errors[0];
  return { rows, parts: parts.count, redeliveries, deadLetters, returned };
}

interface QueuedFrame {
  readonly delivery: Delivery;
  readonly path: string;
  /** The version of the file when the message was received. */
  readonly version: Promise<FileVersion>;
}

/**
 * Creates a queue of frames that wait to be read or are being read.
 *
 * @param flush Writes and acknowledges all rows so far.
 */
function createReadQueue(
  changes: ChangeSignal,
  flush: () => Promise<void>,
  stop: AbortSignal,
) {
  const waiting: QueuedFrame[] = [];
  const reading: QueuedFrame[] = [];

  async function waitForOthers(): Promise<void> {
    await changes.waitUntil(() => reading.length === 0);
    await flush();
  }

  return {
    add(frame: QueuedFrame) {
      // The longer an isolated message waits, the likelier it is that the worker ends
      // for another reason meanwhile.
      if (frame.delivery.consumer === "isolated") waiting.unshift(frame);
      else waiting.push(frame);
      changes.notify();
    },
    count: () => waiting.length + reading.length,
    /** Yields the paths to read, until the stop signal. */
    async *paths() {
      while (true) {
        await changes.waitUntil(() => stop.aborted || waiting.length > 0);
        const isIsolated = waiting[0]?.delivery.consumer === "isolated";
        if (isIsolated) await waitForOthers();
        if (stop.aborted) return;
        const frame = waiting.shift()!;
        reading.push(frame);
        await frame.version;
        yield frame.path;
        if (isIsolated) await waitForOthers();
      }
    },
    /** Returns the frame whose verdict comes next. */
    first: () => reading[0]!,
    removeFirst() {
      reading.shift();
      changes.notify();
    },
  };
}
