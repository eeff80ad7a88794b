import { assert, assertEquals, assertRejects } from "@std/assert";
import { runWorker, type RunWorkerOptions } from "../../lib/batch/worker.ts";
import { createRootCheck } from "../../lib/io/find_frames.ts";
import { readInputsAhead } from "../../lib/classify/reader_pool.ts";
import type { Verdict } from "../../lib/classify/verdict.ts";
import { type ErrorCode, SpitError } from "../../lib/errors.ts";
import { temporaryFolder } from "../tiny.ts";
import { makeFailedVerdict, makeVerdict } from "../verdicts.ts";
import { createFakeQueue, type FakeMessage } from "./fake_queue.ts";
import { RETRYABLE_CODES } from "./retryable_codes.ts";

const INPUTS = { flips: 4, features: false } as const;

/** Returns a verdict for a path: `io-3` has the error `io`, others are arcs. */
function classifyPath(file: string): Verdict {
  const [, code] = /^([a-z_]+)-\d+$/.exec(file) ?? [];
  if (code === undefined) return makeVerdict(file);
  const error = { code: code as ErrorCode, message: `it is ${code}` };
  return makeFailedVerdict(file, error);
}

function messages(...texts: string[]): FakeMessage[] {
  return texts.map((text) => ({ text }));
}

/** Runs a worker until the queue is empty. */
async function run(
  given: readonly FakeMessage[],
  { failures = 0, ...more }: Partial<RunWorkerOptions> & {
    /** Calls to the queue that fail. */
    readonly failures?: number;
  } = {},
) {
  using folder = temporaryFolder();
  const queue = createFakeQueue(given);
  queue.failures = failures;
  const notices: string[] = [];
  const classified: string[] = [];
  const summary = await runWorker({
    queue,
    async *classify(paths) {
      // Asks for the next path before the verdict on this one, as the readers do.
      for await (const { path } of readInputsAhead(paths, INPUTS)) {
        classified.push(path);
        yield classifyPath(path);
      }
    },
    isAllowed: () => Promise.resolve(true),
    reject: (path, { code, message }) =>
      Promise.resolve(makeFailedVerdict(path, { code, message })),
    folder: folder.path,
    name: "w1",
    partFrames: 3,
    partSeconds: 60,
    prefetch: 4,
    maxAttempts: 5,
    retryDelay: 5,
    heartbeat: 10,
    untilEmpty: true,
    stop: new AbortController().signal,
    notice: (message) => notices.push(message),
    ...more,
  });
  const { requests } = queue;
  const parts = readParts(folder.path);
  return { summary, queue, requests, notices, classified, parts };
}

/** Reads the frames of each part, in the order of the parts. */
function readParts(folder: string): string[][] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  return names.map((name) => {
    assert(name.endsWith(".part.ndjson"), name);
    const lines = Deno.readTextFileSync(`${folder}/${name}`).trimEnd();
    return lines.split("\n").map((line) => JSON.parse(line).file);
  });
}

Deno.test("a message is acknowledged when the part with its row exists", async () => {
  using folder = temporaryFolder();
  const early: string[] = [];
  const queue = createFakeQueue(messages("a", "b", "c", "d"), (request) => {
    const frame = request.slice("ack ".length);
    if (!readParts(folder.path).flat().includes(frame)) early.push(request);
  });
  const { summary } = await run([], { queue, folder: folder.path });
  assertEquals(early, []);
  assertEquals(queue.requests, ["ack a", "ack b", "ack c", "ack d"]);
  assertEquals(readParts(folder.path), [["a", "b", "c"], ["d"]]);
  assertEquals([summary.rows, summary.parts], [4, 2]);
});

Deno.test("a part is written when its first row is old enough", async () => {
  using folder = temporaryFolder();
  const stop = new AbortController();
  const { promise: acknowledged, resolve } = Promise.withResolvers<void>();
  const queue = createFakeQueue(messages("a"), () => resolve());
  const fetch = queue.fetch.bind(queue);
  // No further message comes, and the fetch does not end.
  queue.fetch = async (consumer, max) => {
    const { deliveries, ...rest } = await fetch(consumer, max);
    async function* endless() {
      yield* deliveries;
      await new Promise((wake) => stop.signal.addEventListener("abort", wake));
    }
    return { ...rest, deliveries: endless() };
  };
  const running = run([], {
    queue,
    folder: folder.path,
    partSeconds: 0.02,
    untilEmpty: false,
    stop: stop.signal,
  });
  await acknowledged;
  assertEquals(readParts(folder.path), [["a"]]);
  stop.abort();
  await running;
});

Deno.test("retryable errors are retried with a growing delay, others are final", async () => {
  const early = RETRYABLE_CODES.map((code) => ({ text: `${code}-1` }));
  const { requests, parts } = await run([...early, { text: "not_fits-1" }]);
  assertEquals(
    requests.toSorted(),
    [...RETRYABLE_CODES.map((code) => `nak ${code}-1 5`), "ack not_fits-1"]
      .sort(),
  );
  assertEquals(parts, [["not_fits-1"]]);

  const late = await run([
    { text: "io-2", attempts: 2 },
    { text: "io-4", attempts: 4, consumer: "isolated" },
  ]);
  assertEquals(late.requests.toSorted(), ["nak io-2 20", "nak io-4 320"]);
});

Deno.test("after the last attempt a retryable error is given up, with a row and a dead letter", async () => {
  for (const code of RETRYABLE_CODES) {
    const text = `${code}-1`;
    const message = { text, attempts: 5, consumer: "isolated" } as const;
    const { requests, parts, queue, notices, summary } = await run([message]);
    assertEquals([requests, parts], [[`dead ${text}`], [[text]]]);
    const [letter] = queue.letters;
    assertEquals([letter?.message, letter?.tries], [text, 5]);
    assertEquals(letter?.row?.error?.code, code);
    assertEquals(notices, [`given up: ${text}: it is ${code}`]);
    assertEquals(summary.deadLetters, 1);
  }
});

Deno.test("a message that names no frame becomes a dead letter without a row", async () => {
  const { requests, parts, queue } = await run(messages('{"frame":1}', "a"));
  assertEquals(requests.toSorted(), ["ack a", 'dead {"frame":1}']);
  assertEquals(queue.letters[0]?.row, null);
  assertEquals(parts, [["a"]]);
});

Deno.test("the third delivery of a message isolates it", async () => {
  const { requests, classified, summary } = await run([
    { text: "a", attempts: 2 },
    { text: "b", attempts: 3 },
  ]);
  assertEquals(requests.toSorted(), ["ack a", "isolate b"]);
  assertEquals([classified, summary.redeliveries], [["a"], 2]);
});

Deno.test("an isolated message is classified while no other is unacknowledged", async () => {
  const given = messages("a", "b", "c", "d", "e", "f", "g", "h");
  given.splice(3, 0, { text: "x", consumer: "isolated", attempts: 3 });
  given.push({ text: "y", consumer: "isolated", attempts: 4 });
  const queue = createFakeQueue(given);
  const read: string[] = [];
  await run([], {
    queue,
    async *classify(paths) {
      for await (const { path } of readInputsAhead(paths, INPUTS)) {
        const pending = read.filter((one) =>
          !queue.requests.includes(`ack ${one}`)
        );
        if (/x|y/.test(path)) assertEquals(pending, []);
        else assert(!pending.includes("x") && !pending.includes("y"));
        read.push(path);
        yield classifyPath(path);
      }
    },
  });
  assertEquals(read.toSorted().join(""), "abcdefghxy");
  assertEquals(queue.requests.length, 10);
});

Deno.test("a frame that has ended its workers too often is not read again", async () => {
  const { requests, classified, queue, parts } = await run([
    { text: "a", consumer: "isolated", attempts: 6 },
  ]);
  assertEquals([requests, classified, parts], [["dead a"], [], [["a"]]]);
  assertEquals(queue.letters[0]?.row?.error?.code, "worker_lost");
});

Deno.test("a stopped worker finishes what it reads and returns the rest at once", async () => {
  const stop = new AbortController();
  const given = messages("a", "b", "c", "d");
  const { requests, summary, parts } = await run(given, {
    stop: stop.signal,
    async *classify(paths) {
      for await (const path of paths) {
        if (path === "b") stop.abort();
        yield classifyPath(path);
      }
    },
  });
  assertEquals(requests, ["ack a", "ack b", "nak c 0", "nak d 0"]);
  assertEquals([parts, summary.returned], [[["a", "b"]], 2]);
});

Deno.test("a part that cannot be written ends the worker, and all messages are returned", async () => {
  using folder = temporaryFolder();
  const queue = createFakeQueue(messages("a", "b", "c", "d"));
  const error = await assertRejects(
    () => run([], { queue, folder: `${folder.path}/none` }),
    SpitError,
  );
  assertEquals(error.code, "io");
  assertEquals(
    queue.requests.toSorted(),
    ["nak a 0", "nak b 0", "nak c 0", "nak d 0"],
  );
});

Deno.test("a model that fails ends the worker, and all messages are returned", async () => {
  const queue = createFakeQueue(messages("a", "b"));
  await assertRejects(
    () =>
      run([], {
        queue,
        // deno-lint-ignore require-yield
        async *classify(paths) {
          for await (const _ of paths) throw new SpitError("inference", "no");
        },
      }),
    SpitError,
    "no",
  );
  assertEquals(queue.requests.toSorted(), ["nak a 0", "nak b 0"]);
});

Deno.test("a server that does not respond is reported once and tried again", async () => {
  const { requests, notices } = await run(messages("a"), { failures: 2 });
  assertEquals(requests, ["ack a"]);
  assertEquals(notices.length, 2);
  assert(notices[0]!.includes("does not respond (no answer)"), notices[0]);
  assertEquals(notices[1], "the queue responds again");
});

Deno.test("a server that does not respond at the end is tried again", async () => {
  const queue = createFakeQueue(messages("a"), () => queue.failures = 2);
  await run([], { queue });
  assertEquals(queue.requests, ["ack a"]);
});

Deno.test("the server is told that a message is in progress until it is acknowledged", async () => {
  const queue = createFakeQueue(messages("a", "b"));
  const waitForProgress = async (count: number) => {
    while (queue.progress.pending < count) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await run([], {
    queue,
    partFrames: 1,
    heartbeat: 0.01,
    async *classify(paths) {
      for await (const path of paths) {
        await waitForProgress(queue.progress.pending + 3);
        yield classifyPath(path);
      }
    },
  });
  assertEquals(queue.progress.settled, 0);
});

Deno.test({
  name: "messages can only name frames below the roots, whatever they contain",
  ignore: Deno.build.os === "windows",
  async fn() {
    using folder = temporaryFolder();
    const at = (name: string) => `${folder.path}/${name}`;
    for (const name of ["data/in", "data2", "private"]) {
      Deno.mkdirSync(at(name), { recursive: true });
      Deno.writeTextFileSync(at(`${name}/r1.fits`), "");
    }
    Deno.symlinkSync("data", at("link"));
    Deno.symlinkSync("../private", at("data/out"));
    Deno.symlinkSync("../private/r1.fits", at("data/out.fits"));
    Deno.symlinkSync("../nowhere", at("data/dangling.fits"));
    Deno.symlinkSync("in/r1.fits", at("data/in.fits"));
    const allowed = [
      ...[at("data/in/r1.fits"), at("data/in.fits"), at("link/in/r1.fits")],
      ...[at("data/late.fits"), at("link/late.fits"), at("data/in/../a.fits")],
    ];
    const refused = [
      ...[
        "/etc/passwd",
        "/proc/self/environ",
        "/dev/zero",
        at("data2/r1.fits"),
      ],
      ...[at("data/../private/r1.fits"), at("data/out/r1.fits")],
      ...[at("data/out.fits"), at("data/dangling.fits"), at("link/out.fits")],
      ...[
        ".",

        "r1.fits",
        "-o",
        "@list",
        "file:///etc/passwd",
        "$(touch x)",
      ],
      ...[
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/rawdata/r1.fits",
      ],
      ...[
        "http://127.0.0.1:1/raw/../r1.fits",
        "http://127.0.0.1:1/raw/%2e%2e/r1",
      ],
      ...["http://127.0.0.1:1/raw/..%2fr1", "https://127.0.0.1:1/raw/r1.fits"],
      ...["http://127.0.0.1:2/raw/r1", "https://b.example/raw/r1.fits"],
      ...["http://127.0.0.1:1@b.example/raw/r1", "HTTPS://["],
      `${at("data")}/${"x/".repeat(500)}${"../".repeat(600)}etc/passwd`,
      JSON.stringify({ file: "/etc/shadow\n" + at("data/r1.fits") }),
      JSON.stringify({ file: "\x1b[2J\u202e/etc/passwd", size: "=1" }),
    ];
    const nameless = [
      ...[
        "",
        "\0",
        "a\nb",
        "{}",
        "{",
        '{"file":5}',
        '{"file":"a\\u0000b"}',
      ],
      ...["x".repeat(5000), JSON.stringify({ file: "x".repeat(5000) })],
    ];
    const roots = [at("link"), "http://127.0.0.1:1/raw"];
    const isAllowed = await createRootCheck(roots);
    for (const rest of ["/r1.fits?x=1", "/b/../r2.fits", ""]) {
      assertEquals(await isAllowed(roots[1] + rest), true, rest);
    }
    const all = [...nameless, ...refused, ...allowed];
    const result = await run(messages(...all), { isAllowed });
    assertEquals(result.classified, allowed);
    const dead = result.requests.filter((request) =>
      request.startsWith("dead")
    );
    assertEquals(dead.length, nameless.length + refused.length);
    assertEquals(result.summary.deadLetters, dead.length);
    const { letters } = result.queue;
    for (const { row } of letters.slice(nameless.length)) {
      assertEquals([row?.error?.code, row?.size], ["no_permission", null]);
    }
    assertEquals(result.parts.flat().length, refused.length + allowed.length);
  },
});
