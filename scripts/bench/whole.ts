/**
 * Whole processes: this toolkit, the tuned Python peer, and the original's way.
 *
 * @module
 */
import { join } from "../../lib/io/path.ts";
import { fileURLToPath } from "node:url";
import { linkedFolder, type Night } from "./night.ts";
import type { Contender } from "./rounds.ts";
import { type ChildRun, PEAK, runChild, wholeSample } from "./run_child.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A command line that types a folder, NDJSON on its standard output. */
export interface Typer {
  /** As it is called in tables. */
  readonly name: string;
  /** Program. */
  readonly command: string;
  /** Its arguments, but for the folder. */
  readonly args: readonly string[];
}

/** This toolkit with a network and so many workers; 0: all on the main thread. */
export function toolkit(network: string, workers: number): Typer {
  return {
    name: `${network}, ${workersText(workers)}`,
    command: Deno.execPath(),
    args: [
      ...["run", "-A", join(ROOT, "cli.ts"), "--format", "ndjson", "--quiet"],
      ...["--device", "cpu", "--model", network, "--workers", String(workers)],
    ],
  };
}

/** The Python peer with the same network. */
export function peer(python: string, network: string, workers: number): Typer {
  const card = join(ROOT, "models", `${network}.json`);
  return {
    name: `Python peer, ${workersText(workers)}`,
    command: python,
    args: [
      join(ROOT, "scripts/peer/classify.py"),
      ...["--model", card, "--workers", String(workers)],
    ],
  };
}

/** TensorFlow, one flip at a time. */
export function original(python: string): Typer {
  return {
    name: "the original's way",
    command: python,
    args: [join(ROOT, "scripts/peer/original.py")],
  };
}

function workersText(workers: number): string {
  if (workers === 0) return "no worker";
  return `${workers} worker${workers === 1 ? "" : "s"}`;
}

/** Types a folder. */
export function runTyper(
  { command, args }: Typer,
  folder: string,
): Promise<ChildRun> {
  return runChild(command, [...args, folder]);
}

/** Folders that processes are run on: temporary ones, removed with this. */
export interface Folders extends AsyncDisposable {
  /** One with so many frames of the night. */
  of(frames: number): Promise<string>;
}

/** Makes folders of a night as they are asked for. */
export function foldersOf({ files }: Night): Folders {
  const made = new Map<number, string>();
  return {
    async of(frames) {
      const folder = made.get(frames) ?? await linkedFolder(files, frames);
      made.set(frames, folder);
      return folder;
    },
    async [Symbol.asyncDispose]() {
      for (const folder of made.values()) {
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
}

/**
 * A process through many frames and through few; what it says of the frames is
 * handed on.
 */
export function wholeContender(
  typer: Typer,
  section: string,
  folders: Folders,
  frames: number,
  rowsOf: (typer: Typer, rows: readonly string[]) => void = () => {},
): Contender {
  return {
    name: typer.name,
    section,
    async measure() {
      const few = await folders.of(fewOf(frames));
      const many = await runTyper(typer, await folders.of(frames));
      rowsOf(typer, many.rows);
      return wholeSample(many, await runTyper(typer, few));
    },
  };
}

/** Enough for every worker to have started, and far from all. */
function fewOf(frames: number): number {
  return Math.max(1, Math.floor(frames / 5));
}

/** Seconds, and peak memory, for so many frames. */
export function countContender(
  typer: Typer,
  section: string,
  folders: Folders,
  frames: number,
  rounds?: number,
): Contender {
  return {
    name: countName(frames),
    section,
    rounds,
    async measure() {
      const { seconds, peak } = await runTyper(typer, await folders.of(frames));
      return {
        [SECONDS]: seconds,
        ...(peak === undefined ? {} : { [PEAK]: peak / 1e6 }),
      };
    },
  };
}

/** Name of what {@linkcode countContender} tells. */
export const SECONDS = "s";

/** Name of a contender of so many frames. */
export function countName(frames: number): string {
  return `${frames} frames`;
}

/** Why a command cannot type even one frame; `null` where it can. Warms it up, too. */
export async function whyNot(
  typer: Typer,
  folders: Folders,
): Promise<string | null> {
  try {
    await runTyper(typer, await folders.of(1));
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
