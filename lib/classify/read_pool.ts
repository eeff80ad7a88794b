/**
 * Readers of files: workers, and this thread while there is none.
 *
 * @module
 */
import type { Worker } from "node:worker_threads";
import { SpitError } from "../errors.ts";
import type { FileInputs } from "./file_inputs.ts";
import { type PackedFileInputs, READY, unpacked } from "./read_message.ts";

/**
 * Files a worker has at most: one that it reads, and the next, so that it need
 * not wait for a thread that `session.run` holds.
 */
const FILES_A_WORKER = 2;

/** Who reads. */
export interface Crew {
  /** At most so many workers. */
  readonly workers: number;
  /** Starts one, `read_worker.ts` or what speaks like it. */
  readonly startWorker: () => Worker;
  /** Reads a file in this thread; never throws. */
  readonly readHere: (path: string) => Promise<FileInputs>;
  /** Seconds that a file may take; 0 for as long as it takes. Default: 0. */
  readonly timeout?: number;
}

/** Readers at work; declare them with `await using`. */
export interface ReadPool extends AsyncDisposable {
  /** Reads a file, when a reader is free. Whatever happens to it, or to its reader, is in the answer. */
  read(path: string): Promise<FileInputs>;
}

interface Reading {
  readonly path: string;
  readonly done: (file: FileInputs) => void;
}

interface Hand {
  readonly worker: Worker;
  /** What it was sent and has not answered; it reads the first. */
  readonly readings: Reading[];
  ready: boolean;
  /** Runs while it reads. */
  alarm?: Alarm;
}

/**
 * Opens a pool. No worker is started for the first file, and no more than there
 * are further ones; until one is up (some 50 ms) this thread reads. It goes on
 * doing so where none comes up, for want of a permission or of the module.
 *
 * A worker that dies costs the file it was at, whose answer says so; its other
 * file goes to another, and a new one takes its place when there is work for it.
 * This thread, which might not survive such files, then reads none. A worker
 * that takes too long for a file is given up, with the same consequences. It ends
 * when it comes to the end of what it does; one that hangs in the system (a file
 * server that is gone) keeps its thread, and one in an endless loop, which Deno
 * 2.9.6 does not interrupt, a core, until the process ends. This thread gives up a
 * file that it waits for, but cannot stop computing.
 *
 * A worker without work keeps no process alive. Closing the pool ends all of
 * them, whatever they are at.
 */
export function openReadPool(
  { workers, startWorker, readHere, timeout = 0 }: Crew,
): ReadPool {
  const waiting: Reading[] = [];
  const hands = new Set<Hand>();
  let here: Promise<void> | undefined;
  let asked = 0;
  let anyCame = false;
  let mayStart = true;
  let closed = false;

  function assign(): void {
    if (closed) return;
    while (waiting.length > 0) {
      const hand = freest(hands);
      if (hand === undefined) break;
      send(hand, waiting.shift()!);
    }
    if (waiting.length === 0) return;
    if (hands.size < Math.min(workers, asked - 1) && mayStart) start();
    const isAlone = !anyCame || (hands.size === 0 && !mayStart);
    if (isAlone && here === undefined) readOneHere(waiting.shift()!);
  }

  function readOneHere({ path, done }: Reading): void {
    const { promise, resolve } = Promise.withResolvers<FileInputs>();
    const alarm = setAlarm(timeout, () => resolve(tookTooLong(path, timeout)));
    readHere(path).then(resolve);
    here = promise.then((file) => {
      alarm.clear();
      here = undefined;
      done(file);
      assign();
    });
  }

  function send(hand: Hand, reading: Reading): void {
    const { worker, readings } = hand;
    readings.push(reading);
    if (readings.length === 1) watch(hand);
    worker.ref();
    worker.postMessage(reading.path);
  }

  /** From when it begins with a file; the next one waits in its queue meanwhile. */
  function watch(hand: Hand): void {
    hand.alarm?.clear();
    const [reading] = hand.readings;
    if (reading === undefined) return;
    hand.alarm = setAlarm(timeout, () => {
      const { path } = reading;
      dismiss(hand, tookTooLong(path, timeout));
      hand.worker.terminate();
      // It may hang where nothing ends it: nobody waits for it then.
      hand.worker.unref();
    });
  }

  /** Its file has an answer, its other file another reader. */
  function dismiss(hand: Hand, lost: FileInputs | undefined): void {
    if (!hands.delete(hand)) return;
    hand.alarm?.clear();
    mayStart &&= hand.ready;
    const [first, ...others] = hand.readings;
    waiting.unshift(...others);
    if (lost !== undefined) first?.done(lost);
    assign();
  }

  function start(): void {
    let worker: Worker;
    try {
      worker = startWorker();
    } catch {
      // No permission to read its module: not worth a second try, nor a fault of any file.
      mayStart = false;
      return;
    }
    const hand: Hand = { worker, readings: [], ready: false };
    hands.add(hand);
    // Who takes the place of another is waited for; else this thread reads meanwhile.
    if (!anyCame) worker.unref();
    let why = "it ended by itself";
    worker.on("message", (message: typeof READY | PackedFileInputs) => {
      if (message === READY) anyCame = hand.ready = true;
      else if (!hands.has(hand)) return;
      else {
        hand.readings.shift()!.done(unpacked(message));
        watch(hand);
      }
      assign();
      if (hand.readings.length === 0) worker.unref();
    });
    worker.on("error", (error: Error) => why = error.message);
    // An answer that is lost would be waited for for ever.
    worker.on("messageerror", () => worker.terminate());
    // Last of all its events, and the only one of a worker that exits.
    worker.on("exit", () => {
      const lost = hand.readings[0]?.path;
      dismiss(hand, lost === undefined ? lost : withoutReader(lost, why));
    });
  }

  return {
    read(path) {
      const { promise, resolve } = Promise.withResolvers<FileInputs>();
      waiting.push({ path, done: resolve });
      asked++;
      assign();
      return promise;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all(
        hands.values().map(({ worker }) => {
          // Else a process might end before its worker has.
          worker.ref();
          return worker.terminate();
        }),
      );
      await here;
    },
  };
}

/** The worker that is up and has least to do; `undefined` when all have enough. */
function freest(hands: Iterable<Hand>): Hand | undefined {
  let best: Hand | undefined;
  for (const hand of hands) {
    const { ready, readings: { length } } = hand;
    if (!ready || length >= FILES_A_WORKER) continue;
    if (best === undefined || length < best.readings.length) best = hand;
  }
  return best;
}

function withoutReader(path: string, why: string): FileInputs {
  const what = `cannot read the file: the worker that read it died (${why})`;
  const error = new SpitError("worker_lost", what, { file: path });
  return { path, header: null, log: null, error };
}

function tookTooLong(path: string, seconds: number): FileInputs {
  const what = `the file was not read in ${seconds} s: ` +
    "does its disk answer? --timeout allows longer, 0 for ever";
  const error = new SpitError("timeout", what, { file: path });
  return { path, header: null, log: null, error };
}

/** Something to happen in so many seconds, unless it is cleared; with 0 never. */
interface Alarm {
  clear(): void;
}

function setAlarm(seconds: number, act: () => void): Alarm {
  if (seconds === 0) return { clear: () => {} };
  const timer = setTimeout(act, 1000 * seconds);
  return { clear: () => clearTimeout(timer) };
}
