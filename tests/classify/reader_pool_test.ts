import { assertEquals, assertMatch } from "@std/assert";
import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import type { FailedInputs, FileInputs } from "../../lib/classify/inputs.ts";
import {
  deserializeInputs,
  openReaderPool,
  serializeInputs,
  type WorkerMessage,
} from "../../lib/classify/reader_pool.ts";
import { SpitError } from "../../lib/errors.ts";
import { computeStatistics } from "../../lib/preprocess/statistics.ts";
import { NO_LOG } from "../no_log.ts";
import { evenPlane } from "../tiny.ts";

const NO_CLAIM = {
  type: null,
  subtype: null,
  evidence: "",
  standard: null,
  object: null,
  differs: [],
};

const UNDAMAGED = {
  empty: false,
  level: 1000,
  rows: null,
  columns: null,
  saturation: null,
};

function makeInputs(
  path: string,
  flips: Uint8Array = new Uint8Array(1),
  features: Float32Array | null = null,
): FileInputs {
  return {
    path,
    header: NO_CLAIM,
    log: NO_LOG,
    hdus: [{
      ...{ hdu: 0, name: null, damage: UNDAMAGED, noise: null },
      statistics: computeStatistics(evenPlane(), 1),
      ...{ firstRead: null, flips, features, preview: null },
    }],
    error: null,
  };
}

/**
 * Opens a pool whose workers do what the test tells them, and records the workers that
 * were started and the files that this thread read.
 */
function openFakePool(
  workers: number,
  timeout = 0,
  signal?: AbortSignal,
  helps = false,
) {
  const started: FakeWorker[] = [];
  const here: string[] = [];
  const pool = openReaderPool({
    workers,
    helps,
    startWorker() {
      started.push(fakeWorker());
      return started.at(-1)! as unknown as Worker;
    },
    readHere(path) {
      here.push(path);
      return path === "hung"
        ? new Promise<never>(() => {})
        : Promise.resolve(makeInputs(path));
    },
    timeout,
    signal,
  });
  return { pool, started, here };
}

type FakeWorker = ReturnType<typeof fakeWorker>;

function fakeWorker() {
  const events = new EventEmitter();
  const sent: string[] = [];
  let returned = 0;
  let isReferenced = true;
  const exit = () => events.emit("exit", 1);
  const post = (message: WorkerMessage) => events.emit("message", message);
  return Object.assign(events, {
    sent,
    isReferenced: () => isReferenced,
    ref: () => isReferenced = true,
    unref: () => isReferenced = false,
    postMessage: (path: string) => sent.push(path),
    ready: () => post({ kind: "ready" }),
    finish: () =>
      post({
        kind: "inputs",
        inputs: serializeInputs(makeInputs(sent[returned++]!)).inputs,
      }),
    exit,
    terminate: () => Promise.resolve(exit()),
  });
}

/** Requests files and lists the paths that were read, in the order of their completion. */
function request(
  pool: { read(path: string): Promise<FileInputs | FailedInputs> },
  text: string,
) {
  const done: string[] = [];
  const all = text.split(" ").map(async (path) => {
    const file = await pool.read(path);
    done.push(file.error === null ? file.path : `${file.path}!`);
    return file;
  });
  return { done, all: Promise.all(all) };
}

/** Replaces the timers until it is disposed; time passes only in `advance`. */
function fakeTimers() {
  const { setTimeout, clearTimeout } = globalThis;
  const timers = new Map<number, { at: number; act: () => void }>();
  let now = 0;
  let id = 0;
  globalThis.setTimeout = ((act: () => void, delay = 0) => {
    timers.set(++id, { at: now + delay, act });
    return id;
  }) as typeof setTimeout;
  globalThis.clearTimeout = ((id: number) => {
    timers.delete(id);
  }) as typeof clearTimeout;
  return {
    /** Lets so many milliseconds pass, and then everything that is ready run. */
    async advance(milliseconds: number) {
      now += milliseconds;
      for (const [id, { at, act }] of timers) {
        if (at > now) continue;
        timers.delete(id);
        act();
      }
      await new Promise((resolve) => setTimeout(resolve));
    },
    [Symbol.dispose]() {
      Object.assign(globalThis, { setTimeout, clearTimeout });
    },
  };
}

const nextTask = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("the first file starts no worker, and each further file starts one", async () => {
  const { pool, started, here } = openFakePool(3);
  await pool.read("a");
  assertEquals(started.length, 0);
  request(pool, "b c");
  assertEquals(started.length, 2);
  request(pool, "d e f");
  assertEquals(started.length, 3);
  await nextTask();
  assertEquals(here.join(""), "abcdef");
  await pool[Symbol.asyncDispose]();
});

Deno.test("ready workers take over and have at most two files each", async () => {
  const { pool, started, here } = openFakePool(2);
  const { done, all } = request(pool, "a b c d e f g h");
  const [one, two] = started as [FakeWorker, FakeWorker];
  one.ready();
  two.ready();
  assertEquals([here, one.sent, two.sent], [["a"], ["b", "c"], ["d", "e"]]);
  await nextTask();
  assertEquals(here, ["a"]);
  two.finish();
  assertEquals([one.sent.length, two.sent], [2, ["d", "e", "f"]]);
  two.finish();
  one.finish();
  assertEquals([one.sent.at(-1), two.sent.at(-1)], ["h", "g"]);
  for (const worker of [one, one, two, two]) worker.finish();
  await all;
  assertEquals(done.toSorted().join(""), "abcdefgh");
  assertEquals([...here, ...one.sent, ...two.sent].length, 8);
  await pool[Symbol.asyncDispose]();
});

Deno.test("this thread helps workers that have two files each until one is lost", async () => {
  const { pool, started, here } = openFakePool(1, 0, undefined, true);
  const { done, all } = request(pool, "a b c d e f g");
  const first = started[0]!;
  first.ready();
  assertEquals([here, first.sent], [["a"], ["b", "c"]]);
  // The worker gets a file first; this thread takes one after the other.
  first.finish();
  assertEquals([here, first.sent], [["a"], ["b", "c", "d"]]);
  await nextTask();
  assertEquals([here.join(""), first.sent.join("")], ["aefg", "bcd"]);
  const more = request(pool, "h i j");
  first.exit();
  await nextTask();
  assertEquals(here.join(""), "aefgh");
  const second = started[1]!;
  second.ready();
  assertEquals(second.sent.join(""), "di");
  second.finish();
  second.finish();
  second.finish();
  await Promise.all([all, more.all]);
  assertEquals(done.toSorted().join(" "), "a b c! d e f g");
  await pool[Symbol.asyncDispose]();
});

Deno.test("a new file goes to the worker with the fewest files", async () => {
  const { pool, started, here } = openFakePool(2);
  request(pool, "a b c");
  for (const worker of started) worker.ready();
  const [one, two] = started as [FakeWorker, FakeWorker];
  assertEquals([here, one.sent, two.sent], [["a"], ["b", "c"], []]);
  request(pool, "d");
  assertEquals([one.sent, two.sent], [["b", "c"], ["d"]]);
  await pool[Symbol.asyncDispose]();
});

Deno.test("a worker that exits costs the file it was reading and is replaced", async () => {
  const { pool, started, here } = openFakePool(1);
  const { done, all } = request(pool, "a b c d");
  const [first] = started as [FakeWorker];
  first.ready();
  assertEquals(first.sent, ["b", "c"]);
  first.emit("error", new Error("out of memory"));
  first.exit();
  assertEquals(started.length, 2);
  const second = started[1]!;
  await nextTask();
  // This thread does not read the other file, and the process stays alive for the new worker.
  assertEquals([here, second.isReferenced()], [["a"], true]);
  second.ready();
  assertEquals(second.sent, ["c", "d"]);
  second.finish();
  second.finish();
  const [, lost] = await all;
  assertEquals(done.toSorted(), ["a", "b!", "c", "d"]);
  assertEquals([lost!.path, lost!.error?.code], ["b", "worker_lost"]);
  assertMatch(lost!.error!.message, /worker .* ended \(out of memory\)$/);
  await pool[Symbol.asyncDispose]();
});

Deno.test("a worker that exceeds the time limit costs its file and is replaced", async () => {
  using time = fakeTimers();
  const { pool, started } = openFakePool(1, 10);
  const { done, all } = request(pool, "a b c d");
  const first = started[0]!;
  // A worker that hangs in the system does not end.
  first.terminate = () => Promise.withResolvers<boolean>().promise;
  first.ready();
  await time.advance(7000);
  // Each file has its own time limit.
  first.finish();
  await time.advance(7000);
  assertEquals([done.toSorted(), started.length], [["a", "b"], 1]);
  await time.advance(4000);
  assertEquals([done.toSorted(), started.length], [["a", "b", "c!"], 2]);
  assertEquals(first.isReferenced(), false);
  // Its later messages and its exit are ignored.
  first.finish();
  first.exit();
  const second = started[1]!;
  second.ready();
  assertEquals(second.sent, ["d"]);
  second.finish();
  const [, , late] = await all;
  assertEquals([late!.path, late!.error?.code], ["c", "timeout"]);
  assertMatch(late!.error!.message, /more than 10 s.*--timeout/);
  assertEquals(done.toSorted(), ["a", "b", "c!", "d"]);
  await pool[Symbol.asyncDispose]();
});

Deno.test("this thread abandons a file after the time limit", async () => {
  using time = fakeTimers();
  const { pool, here } = openFakePool(0, 10);
  const { all } = request(pool, "a hung b");
  await time.advance(0);
  await time.advance(10_000);
  const codes = (await all).map(({ error }) => error?.code);
  assertEquals(codes, [undefined, "timeout", undefined]);
  assertEquals(here, ["a", "hung", "b"]);
  await pool[Symbol.asyncDispose]();
});

Deno.test("a worker that exits with nothing left to read is not replaced", async () => {
  const { pool, started } = openFakePool(1);
  const { done, all } = request(pool, "a b");
  started[0]!.ready();
  started[0]!.exit();
  await all;
  assertEquals([done.toSorted(), started.length], [["a", "b!"], 1]);
  await pool[Symbol.asyncDispose]();
});

Deno.test("this thread reads all files if no worker becomes ready", async () => {
  const { pool, started, here } = openFakePool(2);
  const { done, all } = request(pool, "a b c d");
  for (const worker of started) worker.exit();
  await all;
  assertEquals([done, here, started.length], [
    ["a", "b", "c", "d"],
    ["a", "b", "c", "d"],
    2,
  ]);
  await pool[Symbol.asyncDispose]();

  let tries = 0;
  await using none = openReaderPool({
    workers: 2,
    startWorker() {
      tries++;
      throw new Deno.errors.NotCapable("no permission to read its module");
    },
    readHere: (path) => Promise.resolve(makeInputs(path)),
  });
  const others = request(none, "a b c d");
  await others.all;
  assertEquals([others.done.join(""), tries], ["abcd", 1]);
});

Deno.test("a worker keeps the process alive while it has a file", async () => {
  const { pool, started } = openFakePool(1);
  const { all } = request(pool, "a b c");
  const [worker] = started as [FakeWorker];
  assertEquals(worker.isReferenced(), false);
  worker.ready();
  assertEquals(worker.isReferenced(), true);
  worker.finish();
  assertEquals(worker.isReferenced(), true);
  worker.finish();
  assertEquals(worker.isReferenced(), false);
  await all;
  await pool[Symbol.asyncDispose]();
  assertEquals(worker.isReferenced(), true);
});

Deno.test("disposing an aborted pool does not wait for the file that this thread reads", async () => {
  const controller = new AbortController();
  const { pool, started, here } = openFakePool(1, 0, controller.signal);
  request(pool, "hung a");
  assertEquals([here, started.length], [["hung"], 1]);
  let terminated = false;
  started[0]!.on("exit", () => terminated = true);
  controller.abort();
  await pool[Symbol.asyncDispose]();
  assertEquals(terminated, true);
});

Deno.test("flips and features are transferred, not copied", () => {
  const flips = new Uint8Array(1000).fill(7);
  const features = Float32Array.of(1, 2);
  const { inputs, transfer } = serializeInputs(
    makeInputs("r1.fits", flips, features),
  );
  assertEquals(transfer, [flips.buffer, features.buffer]);
  const received = deserializeInputs(structuredClone(inputs, { transfer }));
  assertEquals(
    received,
    makeInputs("r1.fits", new Uint8Array(1000).fill(7), Float32Array.of(1, 2)),
  );
  assertEquals([flips.length, features.length], [0, 0]);
});

Deno.test("a part of a larger buffer is copied, and the buffer stays whole", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const flips = new Uint8Array(memory.buffer, 64, 3).fill(7);
  const { inputs, transfer } = serializeInputs(makeInputs("r1.fits", flips));
  const received = deserializeInputs(structuredClone(inputs, { transfer }));
  assertEquals(
    received.error === null && received.hdus[0]!.flips,
    Uint8Array.of(7, 7, 7),
  );
  assertEquals(flips.length, 3);
});

Deno.test("an error keeps its code and location between threads, without its cause", () => {
  const location = { file: "r1.fits", hdu: 1, card: "NAXIS", byte: 2880 };
  const cause = new Error("x");
  const error = new SpitError("bad_header", "no number", {
    ...location,
    cause,
  });
  const { inputs, transfer } = serializeInputs({
    path: "r1.fits",
    header: null,
    log: null,
    error,
  });
  const { error: found, ...rest } = deserializeInputs(
    structuredClone(inputs, { transfer }),
  );
  assertEquals(rest, { path: "r1.fits", header: null, log: null });
  assertEquals(found instanceof SpitError, true);
  const fields = (
    { code, description, file, hdu, card, byte, message }: SpitError,
  ) => [code, description, file, hdu, card, byte, message];
  assertEquals(fields(found!), fields(error));
  assertEquals(found!.cause, undefined);
});
