/**
 * Many paths → what the network needs of each file, read ahead of it.
 *
 * @module
 */
import { Worker } from "node:worker_threads";
import {
  type FileInputs,
  readFileInputs,
  type ReadOptions,
} from "./file_inputs.ts";
import type { Wants } from "./input_images.ts";
import type { ReadOrders } from "./read_message.ts";
import { openReadPool } from "./read_pool.ts";

/** Who reads files. */
export interface Readers {
  /** How many workers; with 0 this thread reads, one file ahead. Default: 0. */
  readonly workers?: number;
  /** Seconds that a file may take; 0 for as long as it takes. Default: 0. */
  readonly timeout?: number;
  /** Starts a worker. Default: one of `read_worker.ts`. */
  readonly startWorker?: (orders: ReadOrders) => Worker;
}

/**
 * Files a worker that are asked for and not handed on: those that it has, and as
 * many that are read and wait for a slower one before them. With 2 a night of
 * frames of two sizes took 5 % longer.
 */
const AHEAD = 4;

/**
 * Reads files, in the order of their paths and ahead of who takes them, so that
 * the next ones are read while the network works on one.
 *
 * Four files a worker, no more, are asked for and not handed on: memory is
 * bounded by them, however many there are and however slow the first of them is.
 * Leaving the loop early ends all readers, and does not wait for the next path.
 *
 * @param paths Paths of FITS files; an asynchronous source may be endless.
 * @param wants The card of the network, or as much of it as matters here.
 * @throws What `paths` throws, after the files before it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readAhead } from "./read_ahead.ts";
 *
 * const wants = { vote: { flips: 4, majority: 0.75 } };
 * const read: unknown[] = [];
 * for await (const { path, error } of readAhead(["a.fits", "b.fits"], wants)) {
 *   read.push([path, error?.code]);
 * }
 * assertEquals(read, [["a.fits", "not_found"], ["b.fits", "not_found"]]);
 * ```
 */
export async function* readAhead(
  paths: Iterable<string> | AsyncIterable<string>,
  wants: Wants,
  options: ReadOptions = {},
  { workers = 0, timeout = 0, startWorker = startReadWorker }: Readers = {},
): AsyncGenerator<FileInputs, void, void> {
  const orders = ordersFor(wants, options);
  await using pool = openReadPool({
    workers,
    startWorker: () => startWorker(orders),
    readHere: (path) => readFileInputs(path, wants, options),
    timeout,
  });
  await using source = startTaking(paths);
  const takeAndRead = async () => {
    const path = await source.take();
    return path === undefined ? undefined : await pool.read(path);
  };

  const most = Math.max(1, workers * AHEAD);
  const ahead: Promise<FileInputs | undefined>[] = [];
  const fill = () => {
    while (ahead.length < most) {
      const file = takeAndRead();
      // A source that fails is heard of in its turn, not as unhandled.
      file.catch(() => {});
      ahead.push(file);
    }
  };
  while (true) {
    fill();
    const file = await ahead.shift();
    if (file === undefined) return;
    fill();
    yield file;
  }
}

/** Takes paths from their source one after another, whoever asks, and `undefined` at its end. */
function startTaking(paths: Iterable<string> | AsyncIterable<string>) {
  const source = Symbol.asyncIterator in paths
    ? paths[Symbol.asyncIterator]()
    : paths[Symbol.iterator]();
  let last: Promise<string | undefined> = Promise.resolve("");
  let ended = false;
  const next = async () => {
    if (ended) return undefined;
    const { done, value } = await source.next();
    ended ||= done === true;
    return done ? undefined : value;
  };
  return {
    take: () => last = last.then(next),
    [Symbol.asyncDispose]() {
      // Not waited for: an endless source may never give the path it is asked for.
      if (!ended) Promise.resolve(source.return?.()).catch(() => {});
      ended = true;
      return Promise.resolve();
    },
  };
}

/** What can be sent to a worker: options may come with an opened model, which cannot. */
function ordersFor(
  { vote, features }: Wants,
  { hdu, maxBytes, show, rules }: ReadOptions,
): ReadOrders {
  return {
    wants: { vote, ...(features && { features }) },
    options: {
      ...(hdu !== undefined && { hdu }),
      ...(maxBytes !== undefined && { maxBytes }),
      ...(show && { show }),
      ...(rules !== undefined && { rules }),
    },
  };
}

/** The worker that reads files. */
const READ_WORKER = new URL("./read_worker.ts", import.meta.url);

/**
 * Megabytes of values that a worker may hold, its pixels not among them: those of
 * a frame are a few. Beyond them Deno would end the process; so it halts the worker,
 * within a promise without a word (2.9.6), and the time limit ends that.
 */
const HEAP = 512;

/**
 * Starts a worker of `node:worker_threads` rather than a `Worker`: it says when it
 * has exited, whatever the reason, and one without work keeps no process alive.
 *
 * @param module Default: `read_worker.ts`.
 */
export function startReadWorker(
  orders: ReadOrders,
  module: URL = READ_WORKER,
): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP };
  return new Worker(module, { workerData: orders, resourceLimits });
}
