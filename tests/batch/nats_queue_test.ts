import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { linkValidFrame } from "../../scripts/nats/frames.ts";
import {
  NATS_SERVER,
  type NatsServer,
  startNatsServer,
} from "../../scripts/nats/server.ts";
import {
  type ProcessResult,
  startSpit,
  waitForResult,
} from "../../scripts/nats/spit.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const WORKER = [
  ".",
  "--out=rows",
  `--model=${TINY}`,
  "--device=cpu",
  "--workers=0",
];

/** A server, and a folder with frames in `night`. */
interface Site {
  readonly folder: string;
  readonly server: NatsServer;
  start(...args: string[]): Deno.ChildProcess;
  spit(...args: string[]): Promise<ProcessResult>;
}

/** Defines a test with its own server; it is ignored without nats-server. */
function natsTest(
  name: string,
  run: (site: Site) => Promise<void>,
  { frames = 5, config = "" } = {},
): void {
  Deno.test({
    name,
    ignore: NATS_SERVER === undefined,
    async fn() {
      using folder = temporaryFolder();
      const { path } = folder;
      await Deno.mkdir(`${path}/night`);
      await Deno.writeFile(`${path}/night/valid`, fitsOf([evenPlane(70, 60)]));
      for (let k = 0; k < frames; k++) {
        await linkValidFrame(`${path}/night/r${k}.fits`);
      }
      await using server = await startNatsServer(path, config);
      const start = (...args: string[]) => startSpit(args, server, path);
      await run({
        folder: path,
        server,
        start,
        spit: async (...args) => await waitForResult(start(...args)),
      });
    },
  });
}

/** Publishes a message as other systems do. */
async function publish(server: NatsServer, text: string): Promise<void> {
  const connection = await connect({ servers: server.host });
  connection.publish("frames", text);
  await connection.drain();
}

/** Reads the rows of all parts so far: frame, and type or error code. */
function readRows(folder: string): [string, string | null][] {
  const names = [...Deno.readDirSync(`${folder}/rows`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".part.ndjson")).sort();
  const lines = names.flatMap((name) =>
    Deno.readTextFileSync(`${folder}/rows/${name}`).trimEnd().split("\n")
  );
  return lines.map((line) => {
    const { file, type, error } = JSON.parse(line);
    return [file, type ?? error.code];
  });
}

/** Counts the distinct frames in all parts so far. */
function countFrames(folder: string): number {
  try {
    return new Set(readRows(folder).map(([file]) => file)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function waitUntil(
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  while (!await condition()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Collects a stream as text while it is written. */
function collectText(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const collected = { text: "" };
  const finished = (async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      collected.text += chunk;
    }
  })();
  return Object.assign(collected, { finished });
}

/** Waits until all messages are acknowledged. */
async function waitUntilAcknowledged(server: NatsServer): Promise<void> {
  const connection = await connect({ servers: server.host });
  const manager = await jetstreamManager(connection);
  await waitUntil(async () => {
    const { state } = await manager.streams.info("frames");
    return state.messages === 0;
  });
  await connection.close();
}

natsTest(
  "a worker applies labels, and refuses a folder whose rows have other options",
  async ({ spit, server, folder }) => {
    const queue = ["--nats", server.url];
    await spit("enqueue", "night", ...queue);
    const labels = "path,label\nnight/r0.fits,flat\nnight/r3.fits,other\n";
    await Deno.writeTextFile(`${folder}/labels.csv`, labels);
    const worker = ["worker", ...queue, ...WORKER, "--until-empty"];
    const { code } = await spit(...worker, "--labels=labels.csv");
    assertEquals(code, 0);
    const answers = readRows(folder)
      .map(([file, type]) => [file.slice(folder.length), type]);
    assertEquals(answers.sort(), [
      ["/night/r0.fits", "flat"],
      ["/night/r1.fits", "bias"],
      ["/night/r2.fits", "bias"],
      ["/night/r3.fits", "unknown"],
      ["/night/r4.fits", "bias"],
    ]);
    const other = await spit(...worker, "--pixels-only");
    assertEquals(other.code, 2);
    assertStringIncludes(other.err, "other values of --pixels-only");
  },
);

natsTest(
  "frames are published once, classified, and have the rows that classify gives",
  async ({ spit, server, folder }) => {
    const queue = ["--nats", server.url];
    const first = await spit("enqueue", "night", ...queue);
    assertEquals([first.code, first.out], [0, ""], first.err);
    assertMatch(
      first.err,
      /^1 file is skipped[^\n]*\n5 frames published to frames\n$/,
    );
    const { err } = await spit("enqueue", "night/r0.fits", ...queue);
    assertStringIncludes(
      err,
      "0 frames published to frames; 1 already published within",
    );
    await publish(server, `${folder}/night/none.fits\n`);

    const args = [
      "worker",
      ...queue,
      ...WORKER,
      "--until-empty",
      "--rest=0.01",
    ];
    const worked = await spit(...args);
    assertEquals([worked.code, worked.out], [0, ""], worked.err);
    assertStringIncludes(worked.err, "6 rows in");
    assertStringIncludes(worked.err, "given up: ");
    const night = `${folder}/night`;
    const merged = await spit("merge", "rows", night, `${night}/none.fits`);
    assertEquals(merged.code, 0, merged.err);
    const model = [`--model=${TINY}`, "--device=cpu", "--format=ndjson"];
    const classified = await spit(
      "classify",
      `${night}/none.fits`,
      night,
      ...model,
    );
    const parseVerdicts = (ndjson: string) =>
      ndjson.trimEnd().split("\n").map((line) => {
        const { size: _, modified: __, ...verdict } = JSON.parse(line);
        return verdict;
      });
    assertEquals(parseVerdicts(merged.out), parseVerdicts(classified.out));

    // The dead letter is published again, now that its frame exists.
    await linkValidFrame(`${night}/none.fits`);
    const again = await spit("enqueue", "--dead", ...queue);
    assertStringIncludes(again.err, "1 frame published again");
    assertStringIncludes(
      (await spit("enqueue", "--dead", ...queue)).err,
      "0 frames published again",
    );
    assertEquals((await spit(...args)).code, 0);
    const { out } = await spit("merge", "rows");
    assertEquals(
      parseVerdicts(out).map(({ type }) => type),
      Array(6).fill("bias"),
    );
  },
);

natsTest(
  "SIGTERM: classified frames are written, others go to another worker at once",
  async ({ spit, start: startOne, server, folder }) => {
    const queue = ["--nats", server.url];
    await spit("enqueue", "night", ...queue);
    const first = startOne(
      "worker",
      ...queue,
      ...WORKER,
      "--part-frames=10",
      "--ack-wait=600",
    );
    await waitUntil(() => countFrames(folder) > 0);
    first.kill("SIGTERM");
    const { code, err } = await waitForResult(first);
    assertEquals(code, 143, err);
    assertStringIncludes(err, "stopped by SIGTERM");
    const before = readRows(folder).length;
    assert(before < 600, `${before} rows: the worker had finished`);
    // Much sooner than the 600 s after which messages are redelivered.
    const start = performance.now();
    const second = await spit(
      "worker",
      ...queue,
      ...WORKER,
      "--until-empty",
      "--ack-wait=600",
    );
    assertEquals(second.code, 0, second.err);
    assert(performance.now() - start < 300_000, "it waited for --ack-wait");
    const frames = readRows(folder).map(([file]) => file);
    assertEquals([frames.length, new Set(frames).size], [600, 600]);
  },
  { frames: 600 },
);

natsTest(
  "an outage of the server is reported and waited for, and no row is lost",
  async ({ spit, start, server, folder }) => {
    const queue = ["--nats", server.url];
    await spit("enqueue", "night", ...queue);
    const child = start(
      "worker",
      ...queue,
      ...WORKER,
      "--name=dome",
      "--part-seconds=0.1",
    );
    const notices = collectText(child.stderr);
    await waitUntil(() => countFrames(folder) >= 5);
    await waitUntilAcknowledged(server);
    await server.kill();
    await waitUntil(() => notices.text.includes("lost the connection"));
    await server.restart();
    await linkValidFrame(`${folder}/night/r5.fits`);
    await spit("enqueue", "night/r5.fits", ...queue);
    await waitUntil(() => countFrames(folder) >= 6);
    child.kill("SIGINT");
    const { code } = await child.status;
    await Promise.all([notices.finished, child.stdout.cancel()]);
    const { text } = notices;
    assertEquals(code, 130, text);
    assertStringIncludes(text, `lost the connection to ${server.host}`);
    assertStringIncludes(text, `connected to ${server.host} again`);
    assertEquals(countFrames(folder), 6);
  },
);

natsTest(
  "a password is required, and never shown",
  async ({ spit, server, folder }) => {
    const url = (password: string) =>
      server.url.replace("//", `//kast:${password}@`);
    const wrong = await spit("enqueue", "night", "--nats", url("s3cret"));
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.err, `cannot reach the queue at ${server.host}`);
    const right = await spit("enqueue", "night", "--nats", url("d%25me"));
    assertEquals(right.code, 0);
    assertMatch(right.err, /\n5 frames published to frames\n$/);
    const worked = await spit(
      "worker",
      "--nats",
      url("d%25me"),
      ...WORKER,
      "--until-empty",
    );
    assertEquals([worked.code, readRows(folder).length], [0, 5], worked.err);
    const none = await spit(
      "worker",
      "--nats",
      `http://kast:s3cret@${server.host}`,
      ...WORKER,
    );
    assertEquals(none.code, 2);
    for (const { err } of [wrong, right, worked, none]) {
      assert(!/s3cret|d%25me|d%me/.test(err), err);
    }
  },
  { config: 'authorization { user: kast, password: "d%me" }' },
);

natsTest(
  "wrong usage ends with exit code 2 and a helpful message",
  async ({ spit, server }) => {
    const queue = ["--nats", server.url];
    const cases = [
      [["enqueue", ...queue], "name frames to publish, or give --dead"],
      [
        ["enqueue", "--dead", "night", ...queue],
        "name frames to publish, or give --dead",
      ],
      [["enqueue", "night"], "--nats"],
      [
        ["enqueue", "night", "--nats=nats://127.0.0.1:1"],
        "Requires net access",
      ],
      [
        ["enqueue", "night", ...queue, "--creds=none"],
        "the credentials in none",
      ],
      [["worker", ...queue], "--out"],
      [["worker", ...queue, ...WORKER, "--stream=a.b"], "name of a stream"],
      [["worker", ...queue, ...WORKER, "--name=a/b"], "name of a worker"],
      [["worker", ...queue, ...WORKER, "--tries=2"], "3 or more"],
    ] as const;
    const runs = await Promise.all(cases.map(([args]) => spit(...args)));
    for (const [k, { code, err }] of runs.entries()) {
      assertEquals(code, 2, err);
      assertStringIncludes(err, cases[k]![1]);
    }
    await server.kill();
    const { code, err } = await spit("enqueue", "night", ...queue);
    assertEquals(code, 2);
    assertStringIncludes(err, `cannot reach the queue at ${server.host}`);
  },
);

natsTest(
  "a stream for another purpose is not changed",
  async ({ spit, server }) => {
    const queue = ["--nats", server.url];
    await spit("enqueue", "night", ...queue, "--stream=a");
    const { code, err } = await spit(
      "enqueue",
      "night",
      ...queue,
      "--stream=a_dead",
    );
    assertEquals(code, 2);
    assertStringIncludes(err, "the stream a_dead exists for another purpose");
  },
);
