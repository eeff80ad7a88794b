/**
 * The floor: what no program can do without. Inflating the frames with zlib, and
 * passing ready-made flips through the network; on one thread, or on two
 * processes at once.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import type { Contender, Sample } from "./rounds.ts";
import { evenly } from "./night.ts";
import { RATE } from "./run_child.ts";

const PROCESS = fileURLToPath(new URL("./floor_process.ts", import.meta.url));

/** What a floor process is told, as JSON, in its argument. */
export interface FloorOrders {
  /** Name or path of the network. */
  readonly network: string;
  /** Frames, gzip. */
  readonly files: readonly string[];
}

/** What it answers, as JSON. */
export interface FloorAnswer {
  /** Seconds for all frames. */
  readonly inflate: number;
  /** Seconds for all frames. */
  readonly inference: number;
  /** The fastest way to inflate. */
  readonly way: string;
}

/** Names of what a floor contender tells. */
export const INFLATE = "inflate, s";
export const INFERENCE = "session.run, s";
export const BOTH = "both, s";

/** The floor with the frames shared out to some processes at once. */
export function floorContender(
  network: string,
  files: readonly string[],
  frames: number,
  processes: number,
  wayOf: (way: string) => void = () => {},
): Contender {
  const all = evenly(files, frames);
  const parts = Array.from(
    { length: processes },
    (_, part) => all.filter((_, k) => k % processes === part),
  ).filter((part) => part.length > 0);
  return {
    name: floorName(network, processes),
    section: "floor",
    async measure() {
      const started = await Promise.all(
        parts.map((part) => startFloor({ network, files: part })),
      );
      // Only when all are ready: none has the machine to itself.
      const answers = await Promise.all(started.map(({ go }) => go()));
      for (const { way } of answers) wayOf(way);
      return slowest(answers, frames);
    },
  };
}

/** Name of the floor of a network on so many processes. */
export function floorName(network: string, processes: number): string {
  return processes === 1
    ? `floor, ${network}, 1 process`
    : `floor, ${network}, ${processes} processes`;
}

/** The process that was last has all of them waiting. */
function slowest(answers: readonly FloorAnswer[], frames: number): Sample {
  const most = (of: (answer: FloorAnswer) => number) =>
    Math.max(...answers.map(of));
  const both = most(({ inflate, inference }) => inflate + inference);
  return {
    [INFLATE]: most(({ inflate }) => inflate),
    [INFERENCE]: most(({ inference }) => inference),
    [BOTH]: both,
    [RATE]: frames / both,
  };
}

/** Starts a process and waits until it has its frames and flips in memory. */
async function startFloor(
  orders: FloorOrders,
): Promise<{ go: () => Promise<FloorAnswer> }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", PROCESS],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(orders) + "\n"));
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const ready = await lines.read();
  if (ready.done) throw new Error("a floor process ended before it began");
  return {
    async go() {
      await writer.close();
      let text = "";
      for (let piece = await lines.read(); !piece.done;) {
        text += piece.value;
        piece = await lines.read();
      }
      await child.status;
      return JSON.parse(text);
    },
  };
}
