import { assert, assertEquals, assertRejects } from "@std/assert";
import { readAhead } from "../../lib/classify/read_ahead.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { type ErrorCode, SpitError } from "../../lib/errors.ts";
import { workOff, type WorkOrder } from "../../lib/batch/work_off.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import { temporaryFolder } from "../tiny.ts";
import { type FakeMessage, fakeQueue } from "./fake_queue.ts";

/** A verdict for a path of these tests: `io-3` has the error `io`, others are arcs. */
function verdictOn(file: string): Verdict {
  const [, code] = /^([a-z_]+)-\d+$/.exec(file) ?? [];
  if (code === undefined) return makeVerdict(file);
  const error = { code: code as ErrorCode, message: `it is ${code}` };
  return makeFailedVerdict(file, error);
}

function messages(...texts: string[]): FakeMessage[] {
  return texts.map((text) => ({ text }));
}

/** Works on some messages until there are no more. */
async function worked(
  given: readonly FakeMessage[],
  more: Partial<WorkOrder> & { readonly silent?: number } = {},
) {
  using folder = temporaryFolder();
  const queue = fakeQueue(given);
  queue.silent = more.silent ?? 0;
  const notices: string[] = [];
  const typed: string[] = [];
  const order: WorkOrder = {
    queue,
    async *type(paths) {
      // As the readers do: the next one is asked for before this one is typed.
      const read = readAhead(paths, { vote: { flips: 4, majority: 0.75 } });
      for await (const { path } of read) {
        typed.push(path);
        yield verdictOn(path);
      }
    },
    refuse: (path, { code, message }) =>
      Promise.resolve(makeFailedVerdict(path, { code, message })),
    folder: folder.path,
    name: "w1",
    partFrames: 3,
    partSeconds: 60,
    ahead: 4,
    tries: 5,
    rest: 5,
    keep: 10,
    untilEmpty: true,
    stop: new AbortController().signal,
    notice: (message) => notices.push(message),
    ...more,
  };
  const done = await workOff(order);
  const parts = partsIn(folder.path);
  return { done, queue, diary: queue.diary, notices, typed, parts };
}

/** The frames of each part, in the order that they were written. */
function partsIn(folder: string): string[][] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return names.map((name) => {
    assert(name.endsWith(".part.ndjson"), name);
    const lines = Deno.readTextFileSync(`${folder}/${name}`).trimEnd();
    return lines.split("\n").map((line) => JSON.parse(line).file);
  });
}

Deno.test("a message is done when the part with its row is there", async () => {
  using folder = temporaryFolder();
  const early: string[] = [];
  const queue = fakeQueue(messages("a", "b", "c", "d"), (what) => {
    const frame = what.slice("done ".length);
    if (!partsIn(folder.path).flat().includes(frame)) early.push(what);
  });
  const { parts, done } = await worked([], { queue, folder: folder.path });
  assertEquals(early, []);
  assertEquals(queue.diary, ["done a", "done b", "done c", "done d"]);
  assertEquals(partsIn(folder.path), [["a", "b", "c"], ["d"]]);
  assertEquals([parts, done.rows, done.parts], [[], 4, 2]);
});

Deno.test("a part is written when its time has come, however few its rows", async () => {
  const stop = new AbortController();
  using folder = temporaryFolder();
  const queue = fakeQueue(messages("a"));
  const empty = queue.take.bind(queue);
  // Nothing more comes, and nobody is told so.
  queue.take = async (line, most) => {
    const taking = await empty(line, most);
    async function* deliveries() {
      yield* taking.deliveries;
      await new Promise((wake) => stop.signal.addEventListener("abort", wake));
    }
    return { ...taking, deliveries: deliveries() };
  };
  const working = worked([], {
    queue,
    folder: folder.path,
    partSeconds: 0.02,
    untilEmpty: false,
    stop: stop.signal,
  });
  while (queue.diary.length === 0) {
    await new Promise((wake) => setTimeout(wake, 5));
  }
  assertEquals(partsIn(folder.path), [["a"]]);
  stop.abort();
  await working;
});

Deno.test("a fault that may pass rests, longer each time, and is given up in the end", async () => {
  const tries = (text: string, tries: number): FakeMessage => ({
    text,
    tries,
    line: tries > 2 ? "alone" : "together",
  });
  const { diary, parts, queue, notices } = await worked([
    tries("io-1", 1),
    tries("unreachable-1", 2),
    tries("vanished-1", 4),
    tries("not_found-1", 5),
    tries("not_fits-1", 1),
  ]);
  assertEquals(diary.toSorted(), [
    "back io-1 5",
    "back unreachable-1 20",
    "back vanished-1 320",
    "dead not_found-1",
    "done not_fits-1",
  ]);
  assertEquals(parts.flat().sort(), ["not_fits-1", "not_found-1"]);
  const [letter] = queue.letters;
  assertEquals([letter?.message, letter?.tries], ["not_found-1", 5]);
  assertEquals(letter?.row?.error?.code, "not_found");
  assertEquals(notices, ["given up: not_found-1: it is not_found"]);
});

Deno.test("what names no frame goes to the dead, without a row", async () => {
  const { diary, parts, queue } = await worked(messages('{"frame":1}', "a"));
  assertEquals(diary.toSorted(), ['dead {"frame":1}', "done a"]);
  assertEquals(queue.letters[0]?.row, null);
  assertEquals(parts, [["a"]]);
});

Deno.test("what comes a third time is set apart", async () => {
  const { diary, typed } = await worked([
    { text: "a", tries: 2 },
    { text: "b", tries: 3 },
  ]);
  assertEquals([diary.toSorted(), typed], [["apart b", "done a"], ["a"]]);
});

Deno.test("what was set apart is typed while nothing else is unsettled", async () => {
  const given = messages("a", "b", "c", "d", "e", "f", "g", "h");
  given.splice(3, 0, { text: "x", line: "alone", tries: 3 });
  given.push({ text: "y", line: "alone", tries: 4 });
  const queue = fakeQueue(given);
  const read: string[] = [];
  await worked([], {
    queue,
    async *type(paths) {
      for await (
        const { path } of readAhead(paths, {
          vote: { flips: 4, majority: 0.75 },
        })
      ) {
        const unsettled = read.filter((one) =>
          !queue.diary.includes(`done ${one}`)
        );
        const isAlone = /x|y/.test(path);
        if (isAlone) assertEquals(unsettled, []);
        else assert(!unsettled.includes("x") && !unsettled.includes("y"));
        read.push(path);
        yield verdictOn(path);
      }
    },
  });
  assertEquals(read.toSorted().join(""), "abcdefghxy");
  assertEquals(queue.diary.length, 10);
});

Deno.test("what has ended its readers too often is not read again", async () => {
  const { diary, typed, queue, parts } = await worked([
    { text: "a", line: "alone", tries: 6 },
  ]);
  assertEquals([diary, typed, parts], [["dead a"], [], [["a"]]]);
  assertEquals(queue.letters[0]?.row?.error?.code, "worker_lost");
});

Deno.test("the end: what is being read is finished, the rest given back at once", async () => {
  const stop = new AbortController();
  const { diary, done, parts } = await worked(messages("a", "b", "c", "d"), {
    stop: stop.signal,
    async *type(paths) {
      for await (const path of paths) {
        if (path === "b") stop.abort();
        yield verdictOn(path);
      }
    },
  });
  assertEquals(diary, ["done a", "done b", "back c 0", "back d 0"]);
  assertEquals([parts, done.givenBack], [[["a", "b"]], 2]);
});

Deno.test("a part that cannot be written ends the work; all goes back", async () => {
  using folder = temporaryFolder();
  const queue = fakeQueue(messages("a", "b", "c", "d"));
  const error = await assertRejects(
    () => worked([], { queue, folder: `${folder.path}/none` }),
    SpitError,
  );
  assertEquals(error.code, "io");
  assertEquals(queue.diary.toSorted(), [
    "back a 0",
    "back b 0",
    "back c 0",
    "back d 0",
  ]);
});

Deno.test("a model that fails ends the work; all goes back", async () => {
  const queue = fakeQueue(messages("a", "b"));
  await assertRejects(
    () =>
      worked([], {
        queue,
        // deno-lint-ignore require-yield
        async *type(paths) {
          for await (const _ of paths) throw new SpitError("inference", "no");
        },
      }),
    SpitError,
    "no",
  );
  assertEquals(queue.diary.toSorted(), ["back a 0", "back b 0"]);
});

Deno.test("a server that is silent for a while is told of once, and asked again", async () => {
  const { diary, notices } = await worked(messages("a"), { silent: 2 });
  assertEquals(diary, ["done a"]);
  assertEquals(notices.length, 2);
  assert(notices[0]!.includes("does not answer (no answer)"), notices[0]);
  assertEquals(notices[1], "the queue answers again");
});

Deno.test("a server that is silent when the work is done is asked until it answers", async () => {
  const queue = fakeQueue(messages("a"), () => queue.silent = 2);
  await worked([], { queue, silent: 0 });
  assertEquals(queue.diary, ["done a"]);
});

Deno.test("the server is told what is held, until it is settled", async () => {
  const queue = fakeQueue(messages("a"));
  await worked([], {
    queue,
    keep: 0.01,
    async *type(paths) {
      for await (const path of paths) {
        while (queue.kept.count < 3) {
          await new Promise((wake) => setTimeout(wake, 5));
        }
        yield verdictOn(path);
      }
    },
  });
  const { count } = queue.kept;
  await new Promise((wake) => setTimeout(wake, 40));
  assertEquals(queue.kept.count, count);
});
