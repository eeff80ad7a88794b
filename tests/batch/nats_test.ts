import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect } from "@nats-io/transport-node";
import { appear } from "../../scripts/nats/made_frames.ts";
import {
  NATS_SERVER,
  type NatsServer,
  startNatsServer,
} from "../../scripts/nats/server.ts";
import { type Ended, ended, startSpit } from "../../scripts/nats/spit.ts";
import { evenPlane, fitsOf, temporaryFolder, TINY } from "../tiny.ts";

const WORKER = ["--out=rows", `--model=${TINY}`, "--device=cpu", "--workers=0"];

/** A server, and a folder with so many frames in `night`. */
interface Site {
  readonly folder: string;
  readonly server: NatsServer;
  start(...args: string[]): Deno.ChildProcess;
  spit(...args: string[]): Promise<Ended>;
}

/** A test with a server of its own; ignored where there is none. */
function natsTest(
  name: string,
  act: (site: Site) => Promise<void>,
  { frames = 5, config = "" } = {},
): void {
  Deno.test({
    name,
    ignore: NATS_SERVER === undefined,
    async fn() {
      using folder = temporaryFolder();
      const { path } = folder;
      await Deno.mkdir(`${path}/night`);
      await Deno.writeFile(`${path}/night/sound`, fitsOf([evenPlane(70, 60)]));
      for (let k = 0; k < frames; k++) await appear(`${path}/night/r${k}.fits`);
      await using server = await startNatsServer(path, config);
      const start = (...args: string[]) => startSpit(args, server, path);
      await act({
        folder: path,
        server,
        start,
        spit: async (...args) => await ended(start(...args)),
      });
    },
  });
}

/** Posts a message as other systems do. */
async function post(server: NatsServer, text: string): Promise<void> {
  const connection = await connect({ servers: server.host });
  connection.publish("frames", text);
  await connection.drain();
}

/** Frames of all parts so far, with what their rows say. */
function rowsIn(folder: string): [string, string | null][] {
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

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((wake) => setTimeout(wake, 20));
}

natsTest(
  "frames are posted once, typed, and have the rows that classify gives",
  async ({ spit, server, folder }) => {
    const queue = ["--nats", server.url];
    const first = await spit("enqueue", "night", ...queue);
    assertEquals([first.code, first.out], [0, ""], first.err);
    assertEquals(first.err, "5 frames posted to frames\n");
    const { err } = await spit("enqueue", "night/r0.fits", ...queue);
    assertStringIncludes(
      err,
      "0 frames posted to frames; 1 were posted within",
    );
    await post(server, `${folder}/night/none.fits\n`);

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
    const typed = await spit("classify", `${night}/none.fits`, night, ...model);
    const rowsOf = (ndjson: string) =>
      ndjson.trimEnd().split("\n").map((line) => {
        const { size: _, modified: __, ...verdict } = JSON.parse(line);
        return verdict;
      });
    assertEquals(rowsOf(merged.out), rowsOf(typed.out));

    // What was given up is posted again, when there is a chance for it.
    await appear(`${night}/none.fits`);
    const again = await spit("enqueue", "--dead", ...queue);
    assertStringIncludes(again.err, "1 frames that were given up are posted");
    assertStringIncludes(
      (await spit("enqueue", "--dead", ...queue)).err,
      "0 frames",
    );
    assertEquals((await spit(...args)).code, 0);
    const { out } = await spit("merge", "rows");
    assertEquals(rowsOf(out).map(({ type }) => type), Array(6).fill("bias"));
  },
);

natsTest(
  "SIGTERM: what is typed is written, what is not is another's at once",
  async ({ spit, start: startOne, server, folder }) => {
    const queue = ["--nats", server.url];
    await spit("enqueue", "night", ...queue);
    const first = startOne(
      "worker",
      ...queue,
      ...WORKER,
      "--part-frames=10",
      "--ack-wait=60",
    );
    await until(() => {
      try {
        return rowsIn(folder).length > 0;
      } catch {
        return false;
      }
    });
    first.kill("SIGTERM");
    const { code, err } = await ended(first);
    assertEquals(code, 143, err);
    assertStringIncludes(err, "stopped by SIGTERM");
    const before = rowsIn(folder).length;
    assert(before < 200, `${before} rows: it was done`);
    // Not after the minute that a silent worker has.
    const start = performance.now();
    const second = await spit(
      "worker",
      ...queue,
      ...WORKER,
      "--until-empty",
      "--ack-wait=60",
    );
    assertEquals(second.code, 0, second.err);
    assert(performance.now() - start < 30_000, "it waited");
    const frames = rowsIn(folder).map(([file]) => file);
    assertEquals([frames.length, new Set(frames).size], [200, 200]);
  },
  { frames: 200 },
);

natsTest(
  "a server that is gone for a while: told of, waited for, no row lost",
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
    const output = ended(child);
    await until(() => {
      try {
        return rowsIn(folder).length >= 5;
      } catch {
        return false;
      }
    });
    // Long enough to confirm them, and for the server to be missed.
    const pause = () => new Promise((wake) => setTimeout(wake, 300));
    await pause();
    await server.kill();
    await pause();
    await server.restart();
    await appear(`${folder}/night/r5.fits`);
    await spit("enqueue", "night/r5.fits", ...queue);
    await until(() =>
      rowsIn(folder).some(([file]) => file.endsWith("r5.fits"))
    );
    child.kill("SIGINT");
    const { code, err } = await output;
    assertEquals(code, 130, err);
    assertStringIncludes(err, `the connection to ${server.host} is lost`);
    assertStringIncludes(err, `connected to ${server.host} again`);
    assertEquals(new Set(rowsIn(folder).map(([file]) => file)).size, 6);
  },
);

natsTest(
  "a password is asked for, and shown nowhere",
  async ({ spit, server, folder }) => {
    const url = (password: string) =>
      server.url.replace("//", `//kast:${password}@`);
    const wrong = await spit("enqueue", "night", "--nats", url("s3cret"));
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.err, `cannot reach the queue at ${server.host}`);
    const right = await spit("enqueue", "night", "--nats", url("d%25me"));
    assertEquals([right.code, right.err], [0, "5 frames posted to frames\n"]);
    const worked = await spit(
      "worker",
      "--nats",
      url("d%25me"),
      ...WORKER,
      "--until-empty",
    );
    assertEquals([worked.code, rowsIn(folder).length], [0, 5], worked.err);
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
  "wrong usage is 2, and says what is right",
  async ({ spit, server }) => {
    const queue = ["--nats", server.url];
    const cases = [
      [["enqueue", ...queue], "name frames to post, or --dead"],
      [
        ["enqueue", "--dead", "night", ...queue],
        "name frames to post, or --dead",
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
      [["worker", ...queue, ...WORKER, "--stream=a.b"], "stream's name"],
      [["worker", ...queue, ...WORKER, "--name=a/b"], "worker's name"],
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
  "a stream that is there for something else is left alone",
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
    assertStringIncludes(err, "there is a stream a_dead for something else");
  },
);
