import { assertEquals, assertMatch } from "@std/assert";
import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import type { FileInputs } from "../../lib/classify/file_inputs.ts";
import { packed, READY } from "../../lib/classify/read_message.ts";
import { openReadPool } from "../../lib/classify/read_pool.ts";
import { NO_LOG } from "../no_log.ts";

const NO_CLAIM = { type: null, evidence: "" };

function flipsOf(path: string): FileInputs {
  const flips = new Uint8Array(1);
  const hdus = [0];
  return {
    path,
    header: NO_CLAIM,
    log: NO_LOG,
    hdus,
    flips,
    features: null,
    shown: [],
    error: null,
  };
}

/** Workers that do what a test says, when it does; and what was asked of whom. */
function crewOf(workers: number, timeout = 0) {
  const started: FakeWorker[] = [];
  const here: string[] = [];
  const pool = openReadPool({
    workers,
    startWorker() {
      started.push(fakeWorker());
      return started.at(-1)! as unknown as Worker;
    },
    readHere(path) {
      here.push(path);
      return path === "hung"
        ? new Promise<never>(() => {})
        : Promise.resolve(flipsOf(path));
    },
    timeout,
  });
  return { pool, started, here };
}

type FakeWorker = ReturnType<typeof fakeWorker>;

function fakeWorker() {
  const events = new EventEmitter();
  const sent: string[] = [];
  let answered = 0;
  let held = true;
  const exit = () => events.emit("exit", 1);
  return Object.assign(events, {
    sent,
    isHeld: () => held,
    ref: () => held = true,
    unref: () => held = false,
    postMessage: (path: string) => sent.push(path),
    ready: () => events.emit("message", READY),
    answer: () =>
      events.emit("message", packed(flipsOf(sent[answered++]!)).message),
    exit,
    terminate: () => Promise.resolve(exit()),
  });
}

/** Asks for files; the paths of those that came, in the order they did. */
function ask(pool: { read(path: string): Promise<FileInputs> }, text: string) {
  const came: string[] = [];
  const all = text.split(" ").map(async (path) => {
    const file = await pool.read(path);
    came.push(file.error === null ? file.path : `${file.path}!`);
    return file;
  });
  return { came, all: Promise.all(all) };
}

const soon = () => new Promise((done) => setTimeout(done));

Deno.test("no worker is started for the first file, nor more than there are others", async () => {
  const { pool, started, here } = crewOf(3);
  await pool.read("a");
  assertEquals(started.length, 0);
  ask(pool, "b c");
  assertEquals(started.length, 2);
  ask(pool, "d e f");
  assertEquals(started.length, 3);
  await soon();
  assertEquals(here.join(""), "abcdef");
  await pool[Symbol.asyncDispose]();
});

Deno.test("workers take over once they are up, and have two files each at most", async () => {
  const { pool, started, here } = crewOf(2);
  const { came, all } = ask(pool, "a b c d e f g h");
  const [one, two] = started as [FakeWorker, FakeWorker];
  one.ready();
  two.ready();
  assertEquals([here, one.sent, two.sent], [["a"], ["b", "c"], ["d", "e"]]);
  await soon();
  assertEquals(here, ["a"]);
  two.answer();
  assertEquals([one.sent.length, two.sent], [2, ["d", "e", "f"]]);
  two.answer();
  one.answer();
  assertEquals([one.sent.at(-1), two.sent.at(-1)], ["h", "g"]);
  for (const worker of [one, one, two, two]) worker.answer();
  await all;
  assertEquals(came.toSorted().join(""), "abcdefgh");
  assertEquals([...here, ...one.sent, ...two.sent].length, 8);
  await pool[Symbol.asyncDispose]();
});

Deno.test("a new file goes to the worker that has least to do", async () => {
  const { pool, started, here } = crewOf(2);
  ask(pool, "a b c");
  for (const worker of started) worker.ready();
  const [one, two] = started as [FakeWorker, FakeWorker];
  assertEquals([here, one.sent, two.sent], [["a"], ["b", "c"], []]);
  ask(pool, "d");
  assertEquals([one.sent, two.sent], [["b", "c"], ["d"]]);
  await pool[Symbol.asyncDispose]();
});

Deno.test("a worker that dies costs the file it was at, and is replaced", async () => {
  const { pool, started, here } = crewOf(1);
  const { came, all } = ask(pool, "a b c d");
  const [first] = started as [FakeWorker];
  first.ready();
  assertEquals(first.sent, ["b", "c"]);
  first.emit("error", new Error("out of memory"));
  first.exit();
  assertEquals(started.length, 2);
  const second = started[1]!;
  await soon();
  // Files that workers die of are not for this thread; meanwhile the process is held.
  assertEquals([here, second.isHeld()], [["a"], true]);
  second.ready();
  assertEquals(second.sent, ["c", "d"]);
  second.answer();
  second.answer();
  const [, lost] = await all;
  assertEquals(came.toSorted(), ["a", "b!", "c", "d"]);
  assertEquals([lost!.path, lost!.error?.code], ["b", "worker_lost"]);
  assertMatch(lost!.error!.message, /worker .* died \(out of memory\)$/);
  await pool[Symbol.asyncDispose]();
});

Deno.test("a worker that takes too long costs the file it is at, and is replaced", async () => {
  const { pool, started } = crewOf(1, 0.1);
  const { came, all } = ask(pool, "a b c d");
  const first = started[0]!;
  // It cannot be ended, as one that hangs in the system.
  first.terminate = () => Promise.withResolvers<boolean>().promise;
  first.ready();
  await new Promise((done) => setTimeout(done, 70));
  // The clock begins anew with each file.
  first.answer();
  await new Promise((done) => setTimeout(done, 70));
  assertEquals([came.toSorted(), started.length], [["a", "b"], 1]);
  await new Promise((done) => setTimeout(done, 60));
  assertEquals([came.toSorted(), started.length], [["a", "b", "c!"], 2]);
  assertEquals(first.isHeld(), false);
  // What it says after that counts no more, nor does its end.
  first.answer();
  first.exit();
  const second = started[1]!;
  second.ready();
  assertEquals(second.sent, ["d"]);
  second.answer();
  const [, , late] = await all;
  assertEquals([late!.path, late!.error?.code], ["c", "timeout"]);
  assertMatch(late!.error!.message, /not read in 0.1 s.*--timeout/);
  assertEquals(came.toSorted(), ["a", "b", "c!", "d"]);
  await pool[Symbol.asyncDispose]();
});

Deno.test("this thread gives up a file that it waits for too long", async () => {
  const { pool, here } = crewOf(0, 0.05);
  const { all } = ask(pool, "a hung b");
  const codes = (await all).map(({ error }) => error?.code);
  assertEquals(codes, [undefined, "timeout", undefined]);
  assertEquals(here, ["a", "hung", "b"]);
  await pool[Symbol.asyncDispose]();
});

Deno.test("a worker that dies with nothing left to read is not replaced", async () => {
  const { pool, started } = crewOf(1);
  const { came, all } = ask(pool, "a b");
  started[0]!.ready();
  started[0]!.exit();
  await all;
  assertEquals([came.toSorted(), started.length], [["a", "b!"], 1]);
  await pool[Symbol.asyncDispose]();
});

Deno.test("where no worker comes up, this thread reads all", async () => {
  const { pool, started, here } = crewOf(2);
  const { came, all } = ask(pool, "a b c d");
  for (const worker of started) worker.exit();
  await all;
  assertEquals([came, here, started.length], [
    ["a", "b", "c", "d"],
    ["a", "b", "c", "d"],
    2,
  ]);
  await pool[Symbol.asyncDispose]();

  let tries = 0;
  await using none = openReadPool({
    workers: 2,
    startWorker() {
      tries++;
      throw new Deno.errors.NotCapable("no permission to read its module");
    },
    readHere: (path) => Promise.resolve(flipsOf(path)),
  });
  const others = ask(none, "a b c d");
  await others.all;
  assertEquals([others.came.join(""), tries], ["abcd", 1]);
});

Deno.test("a worker holds the process as long as it has a file, and no longer", async () => {
  const { pool, started } = crewOf(1);
  const { all } = ask(pool, "a b c");
  const [worker] = started as [FakeWorker];
  assertEquals(worker.isHeld(), false);
  worker.ready();
  assertEquals(worker.isHeld(), true);
  worker.answer();
  assertEquals(worker.isHeld(), true);
  worker.answer();
  assertEquals(worker.isHeld(), false);
  await all;
  await pool[Symbol.asyncDispose]();
  assertEquals(worker.isHeld(), true);
});
