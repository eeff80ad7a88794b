import { Worker } from "node:worker_threads";
import { type ErrorCode, SpitError, type SpitErrorOptions } from "../errors.ts";
import {
  type FailedInputs,
  type FileInputs,
  readInputs,
  type ReadInputsOptions,
} from "./inputs.ts";

type ReadResult = FileInputs | FailedInputs;

interface ReaderOptions {
  /** Number of workers; with 0 this thread reads, one file ahead. Default: 0. */
  readonly workers?: number;
  /** Seconds that a file may take; 0 for no limit. Default: 0. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Starts a worker. Default: {@linkcode startReaderWorker}. */
  readonly startWorker?: (options: ReadInputsOptions) => Worker;
}

/**
 * Files per worker that are requested and not yet consumed: those the worker has, and as
 * many that were read and wait for a slower file before them. With 2, a night of frames
 * of two sizes took 5 % longer.
 */
const FILES_AHEAD = 4;

/**
 * Reads files in the order of their paths and ahead of the consumer, so that the next
 * files are read while the network runs on one.
 *
 * At most four files per worker are requested and not yet consumed, which bounds the
 * memory, however many files there are and however slow one of them is. The first file is
 * read alone. Leaving the loop early ends all workers and does not wait for the next path.
 *
 * @param paths Paths of FITS files. An asynchronous source may be endless.
 * @throws The reason of `signal` when it is aborted; what `paths` throws, after the
 *   files before it.
 */
export async function* readInputsAhead(
  paths: Iterable<string> | AsyncIterable<string>,
  options: ReadInputsOptions,
  {
    workers = 0,
    timeout = 0,
    signal,
    startWorker = startReaderWorker,
  }: ReaderOptions = {},
): AsyncGenerator<ReadResult, void, void> {
  signal?.throwIfAborted();
  await using pool = openReaderPool({
    workers,
    startWorker: () => startWorker(options),
    readHere: (path) => readInputs(path, options),
    timeout,
    signal,
  });
  await using source = openPathSource(paths);
  const readNext = async () => {
    const path = await source.next();
    return path === undefined ? undefined : await pool.read(path);
  };

  const ahead: Promise<ReadResult | undefined>[] = [];
  const fill = (most: number) => {
    while (ahead.length < most) {
      const file = readNext();
      // An error of the source is thrown in its turn; until then it is not unhandled.
      file.catch(() => {});
      ahead.push(file);
    }
  };
  const take = () => rejectOnAbort(ahead.shift()!, signal);

  // The start of workers would delay the first file.
  fill(1);
  const first = await take();
  if (first === undefined) return;
  yield first;

  const most = Math.max(1, workers * FILES_AHEAD);
  while (true) {
    fill(most);
    const file = await take();
    if (file === undefined) return;
    fill(most);
    yield file;
  }
}

/** Takes paths from an iterable one after another, however many callers wait for one. */
function openPathSource(paths: Iterable<string> | AsyncIterable<string>) {
  const source = Symbol.asyncIterator in paths
    ? paths[Symbol.asyncIterator]()
    : paths[Symbol.iterator]();
  let last: Promise<string | undefined> = Promise.resolve("");
  let ended = false;
  const take = async () => {
    if (ended) return undefined;
    const { done, value } = await source.next();
    ended ||= done === true;
    return done ? undefined : value;
  };
  return {
    /** Resolves to the next path; to `undefined` after the last one. */
    next: () => last = last.then(take),
    [Symbol.asyncDispose]() {
      // Not awaited: an endless source may never resolve the path it was asked for.
      if (!ended) Promise.resolve(source.return?.()).catch(() => {});
      ended = true;
      return Promise.resolve();
    },
  };
}

/** Returns the promise, which rejects with the signal's reason once the signal is aborted. */
export async function rejectOnAbort<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return await promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/**
 * Megabytes of JavaScript values that a worker may hold; a frame needs a few, without
 * its pixels. A worker that exceeds them halts without an event (Deno 2.9.6) and is
 * ended by the time limit. Without a limit, Deno would end the process.
 */
const HEAP = 512;

/**
 * Megabytes of short-lived JavaScript values in a worker, in V8's count of three parts.
 * Without a limit V8 doubles their memory every few thousand frames, up to 64 MB a worker,
 * although what a frame leaves behind is collected as fast.
 */
const YOUNG_HEAP = 6;

/**
 * Starts a worker that reads files. It is a `node:worker_threads` worker, not a `Worker`,
 * because that one reports its exit, whatever the cause, and does not keep the process
 * alive while it has no work.
 *
 * @param module Default: `reader_worker.ts`.
 */
export function startReaderWorker(
  options: ReadInputsOptions,
  module: URL = new URL("./reader_worker.ts", import.meta.url),
): Worker {
  const resourceLimits = {
    maxOldGenerationSizeMb: HEAP,
    maxYoungGenerationSizeMb: YOUNG_HEAP,
  };
  return new Worker(module, { workerData: options, resourceLimits });
}

/**
 * Files that a worker has at most: the one it reads and the next one, so that it need
 * not wait for this thread while the network runs.
 */
const FILES_PER_WORKER = 2;

interface ReaderPoolOptions extends Pick<ReaderOptions, "timeout"> {
  readonly workers: number;
  /** Starts a worker that exchanges the messages of `reader_worker.ts`. */
  readonly startWorker: () => Worker;
  /** Reads a file in this thread; never rejects. */
  readonly readHere: (path: string) => Promise<ReadResult>;
  /** Once it is aborted, disposing the pool does not wait for the file that this thread reads. */
  readonly signal?: AbortSignal;
}

/** Readers of files; declare the pool with `await using`. */
interface ReaderPool extends AsyncDisposable {
  /** Reads a file as soon as a reader is free. Never rejects: a lost reader is an error of the file. */
  read(path: string): Promise<ReadResult>;
}

interface Request {
  readonly path: string;
  readonly resolve: (file: ReadResult) => void;
}

interface Reader {
  readonly worker: Worker;
  /** Files that were sent and not yet returned; the worker reads the first of them. */
  readonly requests: Request[];
  ready: boolean;
  timer?: Timer;
}

/**
 * Opens a pool of readers.
 *
 * The first file starts no worker; further files start one each, up to the limit. This
 * thread reads until a worker is ready (about 50 ms), and reads all files if none
 * becomes ready, for want of a permission or of the module.
 *
 * A worker that ends costs the file it was reading, which gets the error `worker_lost`.
 * Its other file goes to another worker, and a new worker replaces it when there is work.
 * This thread, which might not survive such files either, then reads none. A worker that
 * exceeds the time limit is terminated, with the error `timeout`. It ends at the end of
 * its current operation: one that hangs in the system, as on a lost file server, keeps
 * its thread, and one in an endless loop, which Deno 2.9.6 does not interrupt, keeps a
 * core until the process ends. A file that this thread waits for is abandoned after the
 * time limit; a computation in this thread cannot be interrupted.
 *
 * If the process may not open enough files, fewer workers start.
 *
 * A worker without work does not keep the process alive. Disposing the pool terminates
 * all workers.
 */
export function openReaderPool(
  { workers, startWorker, readHere, timeout = 0, signal }: ReaderPoolOptions,
): ReaderPool {
  const waiting: Request[] = [];
  const readers = new Set<Reader>();
  let readingHere: Promise<void> | undefined;
  let requested = 0;
  let anyReady = false;
  let mayStart = true;
  let most: number | undefined;
  let closed = false;

  function assign(): void {
    if (closed) return;
    while (waiting.length > 0) {
      const reader = findFreeReader(readers);
      if (reader === undefined) break;
      send(reader, waiting.shift()!);
    }
    if (waiting.length === 0) return;
    if (readers.size < Math.min(workers, requested - 1) && mayStart) {
      most ??= countAffordableWorkers(workers, waiting[0]!.path);
      if (readers.size < most) start();
      mayStart &&= most > 0;
    }
    const isAlone = !anyReady || (readers.size === 0 && !mayStart);
    if (isAlone && readingHere === undefined) startHere(waiting.shift()!);
  }

  function startHere({ path, resolve }: Request): void {
    const reading = Promise.withResolvers<ReadResult>();
    const timeOut = () => reading.resolve(failByTimeout(path, timeout));
    const timer = startTimer(timeout, timeOut);
    readHere(path).then(reading.resolve);
    readingHere = reading.promise.then((file) => {
      clearTimeout(timer);
      readingHere = undefined;
      resolve(file);
      assign();
    });
  }

  function send(reader: Reader, request: Request): void {
    const { worker, requests } = reader;
    requests.push(request);
    if (requests.length === 1) restartTimer(reader);
    worker.ref();
    worker.postMessage(request.path);
  }

  /** Times the first file; the other one waits in the worker's queue. */
  function restartTimer(reader: Reader): void {
    clearTimeout(reader.timer);
    const [request] = reader.requests;
    if (request === undefined) return;
    reader.timer = startTimer(timeout, () => {
      remove(reader, failByTimeout(request.path, timeout));
      reader.worker.terminate();
      // A worker that hangs in the system must not keep the process alive.
      reader.worker.unref();
    });
  }

  /** Removes a reader; `lost` is the result of its first file. */
  function remove(reader: Reader, lost: ReadResult | undefined): void {
    if (!readers.delete(reader)) return;
    clearTimeout(reader.timer);
    mayStart &&= reader.ready;
    const [first, ...others] = reader.requests;
    waiting.unshift(...others);
    if (lost !== undefined) first?.resolve(lost);
    assign();
  }

  function start(): void {
    let worker: Worker;
    try {
      worker = startWorker();
    } catch {
      // Without permission to read its module no worker starts; this thread reads.
      mayStart = false;
      return;
    }
    const reader: Reader = { worker, requests: [], ready: false };
    readers.add(reader);
    // While this thread reads, a starting worker need not keep the process alive.
    if (!anyReady) worker.unref();
    let cause = "it exited";
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "ready") anyReady = reader.ready = true;
      else if (!readers.has(reader)) return;
      else {
        reader.requests.shift()!.resolve(deserializeInputs(message.inputs));
        restartTimer(reader);
      }
      assign();
      if (reader.requests.length === 0) worker.unref();
    });
    worker.on("error", (error: Error) => cause = error.message);
    // The result is lost, and its request would never be resolved.
    worker.on("messageerror", () => worker.terminate());
    // The last event of every worker, and the only one of a worker that exits.
    worker.on("exit", () => {
      const [request] = reader.requests;
      const what = `the worker that read it ended (${cause})`;
      remove(reader, request && fail(request.path, "worker_lost", what));
    });
  }

  return {
    read(path) {
      const { promise, resolve } = Promise.withResolvers<ReadResult>();
      waiting.push({ path, resolve });
      requested++;
      assign();
      return promise;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(
        readers.values().map(({ worker }) => {
          // Otherwise the process could end before the worker.
          worker.ref();
          return worker.terminate();
        }),
      );
      if (!signal?.aborted) await readingHere;
    },
  };
}

/**
 * File descriptors that a worker uses while it starts, and those for everything else, as
 * the connections of `review`.
 */
const DESCRIPTORS = { perWorker: 12, others: 48 };

/** Enough for 300 workers, so that the test stays short where the limit is high. */
const MOST_DESCRIPTORS = 4096;

/**
 * Returns for how many workers there are file descriptors: without them Deno ends the
 * process. They are counted by opening a file, since its limit cannot be read without
 * permission.
 *
 * @param path A regular file; any other is not opened, and all workers are affordable.
 */
function countAffordableWorkers(workers: number, path: string): number {
  const { perWorker, others } = DESCRIPTORS;
  const wanted = Math.min(perWorker * workers + others, MOST_DESCRIPTORS);
  const files: Deno.FsFile[] = [];
  try {
    if (!Deno.statSync(path).isFile) return workers;
    while (files.length < wanted) files.push(Deno.openSync(path));
    return workers;
  } catch (error) {
    if ((error as { code?: string }).code !== "EMFILE") return workers;
    return Math.max(0, Math.floor((files.length - others) / perWorker));
  } finally {
    for (const file of files) file.close();
  }
}

/** Returns the ready worker with the fewest files; `undefined` when all have enough. */
function findFreeReader(readers: Iterable<Reader>): Reader | undefined {
  let best: Reader | undefined;
  for (const reader of readers) {
    const { ready, requests: { length } } = reader;
    if (!ready || length >= FILES_PER_WORKER) continue;
    if (best === undefined || length < best.requests.length) best = reader;
  }
  return best;
}

function failByTimeout(path: string, seconds: number): FailedInputs {
  const what = `it took more than ${seconds} s. Check that its disk ` +
    "responds, or allow more time with --timeout (0 for no limit)";
  return fail(path, "timeout", what);
}

function fail(path: string, code: ErrorCode, what: string): FailedInputs {
  const message = `cannot read the file: ${what}`;
  const error = new SpitError(code, message, { file: path });
  return { path, header: null, log: null, error };
}

type Timer = ReturnType<typeof setTimeout>;

/** Calls `act` after so many seconds unless the timer is cleared; with 0, never. */
function startTimer(seconds: number, act: () => void): Timer | undefined {
  return seconds === 0 ? undefined : setTimeout(act, 1000 * seconds);
}

/** A message of a worker. It sends `ready` once, when its modules are loaded. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "inputs"; readonly inputs: SerializedInputs };

/**
 * The result of reading a file in a form that can be sent to another thread. An error
 * would arrive as a plain `Error`, so its parts are sent, without the cause.
 */
export type SerializedInputs =
  | FileInputs
  | Omit<FailedInputs, "error"> & {
    readonly error: {
      readonly code: ErrorCode;
      readonly description: string;
      readonly location: SpitErrorOptions;
    };
  };

/**
 * Serializes the result of reading a file.
 *
 * @returns The message, and the memory that must be transferred with it, not copied.
 */
export function serializeInputs(
  file: ReadResult,
): { inputs: SerializedInputs; transfer: ArrayBuffer[] } {
  if (file.error !== null) {
    const { code, description, file: path, hdu, card, byte } = file.error;
    const location = { file: path, hdu, card, byte };
    const error = { code, description, location };
    return { inputs: { ...file, error }, transfer: [] };
  }
  const transfer: ArrayBuffer[] = [];
  const hdus = file.hdus.map((hdu) => {
    const flips = toTransferable(hdu.flips);
    const features = hdu.features && toTransferable(hdu.features);
    transfer.push(flips.buffer);
    if (features) transfer.push(features.buffer);
    return { ...hdu, flips, features };
  });
  return { inputs: { ...file, hdus }, transfer };
}

/** Inverts {@linkcode serializeInputs}. */
export function deserializeInputs(inputs: SerializedInputs): ReadResult {
  if (inputs.error === null) return inputs;
  const { code, description, location } = inputs.error;
  return { ...inputs, error: new SpitError(code, description, location) };
}

/** Copies an array that is a part of a larger buffer, which cannot be transferred. */
function toTransferable<T extends Uint8Array | Float32Array>(
  values: T,
): T & { readonly buffer: ArrayBuffer } {
  const isWhole = values.buffer instanceof ArrayBuffer &&
    values.byteLength === values.buffer.byteLength;
  return (isWhole ? values : values.slice()) as T & { buffer: ArrayBuffer };
}
