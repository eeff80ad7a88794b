/**
 * Runs workers on a real NATS server, kills them at random while they classify, and
 * then merges and counts their rows.
 */
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { nameStreams } from "../../lib/batch/nats_queue.ts";
import { makeRandom, type Random } from "../../lib/simulate/random.ts";
import {
  createFrames,
  type Frames,
  linkValidFrame,
  selectFrames,
} from "./frames.ts";
import { type NatsServer, startNatsServer } from "./server.ts";
import { startSpit, waitForResult } from "./spit.ts";

export interface RehearsalOptions {
  /** An empty folder. */
  readonly folder: string;
  /** Path of the model card. */
  readonly model: string;
  readonly frames: number;
  /** Largest number of kills. Killed workers are started again. */
  readonly kills: number;
  readonly seed: number;
  readonly workers?: number;
  /** The option `--ack-wait` of the workers, in seconds. */
  readonly ackWait?: number;
  /** The option `--rest` of the workers, in seconds. */
  readonly rest?: number;
}

export interface Outcome {
  readonly frames: Frames;
  /** Number of messages published that name no frame. */
  readonly nameless: number;
  readonly kills: number;
  /** Number of workers ended by the deadly frame. */
  readonly deaths: number;
  /** Deliveries that were not the first of their message. */
  readonly redeliveries: number;
  /** Number of rows in all parts. */
  readonly rows: number;
  readonly merged: readonly MergedRow[];
  /** Notices of `merge`. */
  readonly notices: string;
  /** Exit code of `merge`. */
  readonly code: number;
  /** Messages of the dead letters. */
  readonly deadLetters: readonly string[];
  /** Messages left in the queue. */
  readonly left: number;
  /** From the start of the first worker to the end of the last. */
  readonly seconds: number;
}

/** The parts of a row that are checked. */
export interface MergedRow {
  readonly file: string;
  readonly type: string | null;
  readonly error: { readonly code: string } | null;
}

const EXIT_ON_OPEN = fileURLToPath(
  new URL("./exit_on_open.ts", import.meta.url),
);
const NAMES = nameStreams("frames");
const NAMELESS = ['{"frame":1}', "\u0001"];

export async function rehearse(options: RehearsalOptions): Promise<Outcome> {
  const { folder } = options;
  const random = makeRandom(options.seed);
  const frames = await createFrames(`${folder}/night`, options.frames, random);
  await using server = await startNatsServer(folder);
  const list = `${folder}/all.txt`;
  await Deno.writeTextFile(list, [...frames.keys()].join("\n"));
  const runSpit = (...args: string[]) =>
    waitForResult(startSpit(args, server, folder));
  await runSpit("enqueue", `@${list}`, "--nats", server.url, "-q");
  await using connection = await openConnection(server);
  for (const text of NAMELESS) connection.publish(NAMES.subjects.main, text);

  const start = performance.now();
  const workers = startWorkers(options, server);
  const changing = changeFrames(frames, random);
  const kills = await killWorkers(workers, options.kills, random);
  const deaths = await workers.finished;
  await changing;
  const seconds = (performance.now() - start) / 1000;

  const state = await readState(connection);
  const { code, out, err: notices } = await runSpit(
    "merge",
    `${folder}/rows`,
    `@${list}`,
  );
  const merged: MergedRow[] = splitLines(out).map((line) => JSON.parse(line));
  const nameless = NAMELESS.length;
  const rows = await countRows(`${folder}/rows`);
  return {
    frames,
    nameless,
    kills,
    deaths,
    rows,
    merged,
    notices,
    code,
    ...state,
    seconds,
  };
}

/** Starts each worker again and again until the queue is empty. */
function startWorkers(
  { folder, model, workers = 3, ackWait = 2, rest = 0.1 }: RehearsalOptions,
  server: NatsServer,
) {
  const running = new Set<Deno.ChildProcess>();
  let deaths = 0;
  async function runUntilEmpty(name: string): Promise<void> {
    while (true) {
      const args = [
        ...["worker", folder, "--nats", server.url, `--out=${folder}/rows`],
        ...[`--model=${model}`, "--device=cpu", `--name=${name}`],
        ...["--until-empty", "--workers=0", `--rest=${rest}`],
        ...["--part-frames=50", "--part-seconds=0.5", `--ack-wait=${ackWait}`],
      ];
      const preload = ["--preload", EXIT_ON_OPEN];
      const child = startSpit(args, server, folder, preload);
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
  const names = Array.from({ length: workers }, (_, k) => `w${k + 1}`);
  return {
    running,
    /** Resolves when the queue is empty, with the number of deaths by the deadly frame. */
    finished: Promise.all(names.map(runUntilEmpty)).then(() => deaths),
  };
}

/** Kills workers until the queue is empty. Returns the number of kills. */
async function killWorkers(
  { running, finished }: ReturnType<typeof startWorkers>,
  max: number,
  random: Random,
): Promise<number> {
  let isFinished = false;
  const end = finished.then(() => isFinished = true);
  let kills = 0;
  while (!isFinished && kills < max) {
    await Promise.race([end, sleep(random.uniform(100, 900))]);
    const children = [...running];
    if (isFinished || children.length === 0) continue;
    random.pick(children).kill("SIGKILL");
    kills++;
  }
  return kills;
}

/** Creates the late frames and removes others while the workers run. */
async function changeFrames(frames: Frames, random: Random): Promise<void> {
  const late = selectFrames(frames, "late");
  const removed = selectFrames(frames, "removed");
  for (let k = 0; k < Math.max(late.length, removed.length); k++) {
    await sleep(random.uniform(0, 40));
    if (late[k] !== undefined) await linkValidFrame(late[k]!);
    if (removed[k] !== undefined) await Deno.remove(removed[k]!);
  }
}

async function readState(connection: NatsConnection) {
  const manager = await jetstreamManager(connection);
  const { state } = await manager.streams.info(NAMES.stream);
  let deliveries = 0;
  for await (const { delivered } of manager.consumers.list(NAMES.stream)) {
    deliveries += delivered.consumer_seq;
  }
  const { state: dead } = await manager.streams.info(NAMES.deadLetterStream);
  const deadLetters: string[] = [];
  for (let seq = dead.first_seq; seq <= dead.last_seq; seq++) {
    const letter = await manager.streams.getMessage(NAMES.deadLetterStream, {
      seq,
    });
    deadLetters.push(JSON.parse(letter!.string()).message);
  }
  // Every message, published or isolated, is delivered at least once.
  const redeliveries = deliveries - state.last_seq;
  return { redeliveries, left: state.messages, deadLetters };
}

async function countRows(folder: string): Promise<number> {
  let rows = 0;
  for await (const { name } of Deno.readDir(folder)) {
    if (!name.endsWith(".part.ndjson")) continue;
    rows += splitLines(await Deno.readTextFile(`${folder}/${name}`)).length;
  }
  return rows;
}

async function openConnection(server: NatsServer) {
  const connection = await connect({ servers: server.host, resolve: false });
  return Object.assign(connection, {
    [Symbol.asyncDispose]: () => connection.close(),
  });
}

function splitLines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
