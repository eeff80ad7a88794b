/**
 * Workers on a real NATS server, killed at random while they type; then their rows
 * are merged and counted.
 */
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { fileURLToPath } from "node:url";
import { streamNames } from "../../lib/batch/streams.ts";
import { makeRandom, type Random } from "../../lib/simulate/random.ts";
import { appear, type Frames, framesOf, makeFrames } from "./made_frames.ts";
import { type NatsServer, startNatsServer } from "./server.ts";
import { spit, startSpit } from "./spit.ts";

/** What is rehearsed. */
export interface RehearsalOptions {
  /** An empty folder. */
  readonly folder: string;
  /** Card of the network. */
  readonly model: string;
  /** Frames to post. */
  readonly frames: number;
  /** Kills, at most: workers that are killed are started again. */
  readonly kills: number;
  /** Seed of the frames and of the moments of the kills. */
  readonly seed: number;
  /** Workers at once. Default: 3. */
  readonly workers?: number;
  /** Seconds until a silent worker is taken for dead. Default: 2. */
  readonly ackWait?: number;
  /** Seconds until a frame that is not there is tried again. Default: 0.1. */
  readonly rest?: number;
}

/** What came of it. */
export interface Outcome {
  /** What was posted. */
  readonly frames: Frames;
  /** Messages that name no frame, posted beside them. */
  readonly nameless: number;
  /** Workers that we have killed. */
  readonly kills: number;
  /** Workers that the deadly frame has ended. */
  readonly deaths: number;
  /** Deliveries that were not the first of their message. */
  readonly again: number;
  /** Rows in all parts. */
  readonly rows: number;
  /** Rows after merging. */
  readonly merged: readonly Row[];
  /** What `merge` says. */
  readonly verdict: string;
  /** Its exit code. */
  readonly code: number;
  /** Messages of the dead letters. */
  readonly dead: readonly string[];
  /** Messages left in the queue. */
  readonly left: number;
  /** From the first worker to the end of the last, seconds. */
  readonly seconds: number;
}

/** What is looked at of a row. */
export interface Row {
  readonly file: string;
  readonly type: string | null;
  readonly error: { readonly code: string } | null;
}

const DEADLY = fileURLToPath(new URL("./deadly.ts", import.meta.url));
const NAMES = streamNames("frames");
const NAMELESS = ['{"frame":1}', "\u0001"];

/** Does all of it. */
export async function rehearse(options: RehearsalOptions): Promise<Outcome> {
  const { folder, kills } = options;
  const random = makeRandom(options.seed);
  const frames = await makeFrames(`${folder}/night`, options.frames, random);
  await using server = await startNatsServer(folder);
  const list = `${folder}/all.txt`;
  await Deno.writeTextFile(list, [...frames.keys()].join("\n"));
  await spit(
    ["enqueue", `@${list}`, "--nats", server.url, "-q"],
    server,
    folder,
  );
  await using connection = await linkTo(server);
  for (const text of NAMELESS) connection.publish(NAMES.together, text);

  const start = performance.now();
  const crew = startCrew(options, server);
  const coming = comeAndGo(frames, random);
  const killed = await killSome(crew, kills, random);
  const deaths = await crew.ended();
  await coming;
  const seconds = (performance.now() - start) / 1000;

  const { again, left, dead } = await lookAt(connection);
  const args = ["merge", `${folder}/rows`, `@${list}`];
  const { code, out, err } = await spit(args, server, folder);
  const merged: Row[] = lines(out).map((line) => JSON.parse(line));
  const nameless = NAMELESS.length;
  const rows = await countRows(`${folder}/rows`);
  const counts = { kills: killed, deaths, again, rows, left, seconds };
  return { frames, nameless, merged, verdict: err, code, dead, ...counts };
}

/** Workers, each started again until the queue is empty. */
function startCrew(
  { folder, model, workers = 3, ackWait = 2, rest = 0.1 }: RehearsalOptions,
  server: NatsServer,
) {
  const running = new Set<Deno.ChildProcess>();
  let deaths = 0;
  async function keepGoing(name: string): Promise<void> {
    while (true) {
      const args = ["worker", "--nats", server.url, `--out=${folder}/rows`];
      const child = startSpit(
        [...args, `--model=${model}`, "--device=cpu", `--name=${name}`]
          .concat("--until-empty", "--workers=0", `--rest=${rest}`)
          .concat(
            "--part-frames=50",
            "--part-seconds=0.5",
            `--ack-wait=${ackWait}`,
          ),
        server,
        folder,
        ["--preload", DEADLY],
      );
      running.add(child);
      const [{ code, signal }, err] = await Promise.all([
        child.status,
        new Response(child.stderr).text(),
        child.stdout.cancel(),
      ]);
      running.delete(child);
      if (code === 0) return;
      if (code === 99) deaths++;
      else if (signal !== "SIGKILL") {
        throw new Error(`${name}: ${code}: ${err}`);
      }
    }
  }
  const all = Promise.all(
    Array.from({ length: workers }, (_, k) => keepGoing(`w${k + 1}`)),
  );
  return {
    running,
    /** Settles when all have ended, with how many the deadly frame has taken along. */
    ended: async () => {
      await all;
      return deaths;
    },
  };
}

async function killSome(
  crew: ReturnType<typeof startCrew>,
  most: number,
  random: Random,
): Promise<number> {
  let isOver = false;
  const over = crew.ended().then(() => isOver = true);
  let kills = 0;
  while (!isOver && kills < most) {
    await Promise.race([over, pause(random.uniform(100, 900))]);
    const children = [...crew.running];
    if (isOver || children.length === 0) continue;
    random.pick(children).kill("SIGKILL");
    kills++;
  }
  return kills;
}

/** Frames that turn up, and frames that vanish, while the workers are at it. */
async function comeAndGo(frames: Frames, random: Random): Promise<void> {
  const late = framesOf(frames, "late");
  const going = framesOf(frames, "going");
  for (let k = 0; k < Math.max(late.length, going.length); k++) {
    await pause(random.uniform(0, 40));
    if (late[k] !== undefined) await appear(late[k]!);
    if (going[k] !== undefined) await Deno.remove(going[k]!);
  }
}

async function lookAt(connection: NatsConnection) {
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(NAMES.stream);
  let again = 0;
  for await (const { delivered } of manager.consumers.list(NAMES.stream)) {
    again += delivered.consumer_seq;
  }
  const { state: dead } = await manager.streams.info(NAMES.deadStream);
  const messages: string[] = [];
  for (let seq = dead.first_seq; seq <= dead.last_seq; seq++) {
    const letter = await manager.streams.getMessage(NAMES.deadStream, { seq });
    messages.push(JSON.parse(letter!.string()).message);
  }
  // Each message, once posted or set apart, is delivered once at least.
  return {
    again: again - state.last_seq,
    left: state.messages,
    dead: messages,
  };
}

async function countRows(folder: string): Promise<number> {
  let rows = 0;
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".part.ndjson")) continue;
    rows += lines(await Deno.readTextFile(`${folder}/${name}`)).length;
  }
  return rows;
}

async function linkTo(server: NatsServer) {
  const connection = await connect({ servers: server.host, resolve: false });
  return Object.assign(connection, {
    [Symbol.asyncDispose]: () => connection.close(),
  });
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}
