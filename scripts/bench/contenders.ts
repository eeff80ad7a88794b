/**
 * Who is measured: the contenders of the parts that were asked for.
 *
 * @module
 */
import { parseModelCard } from "../../lib/model/model_card.ts";
import { findModelCard, modelNames } from "../../lib/model/find_model.ts";
import type { Model } from "../../lib/model/open_model.ts";
import { floorContender } from "./floor.ts";
import {
  fileContender,
  kindContender,
  kindsOf,
  squareName,
  stagesContender,
} from "./in_process.ts";
import { largeFrames } from "./large_frames.ts";
import type { Night } from "./night.ts";
import type { BenchOptions } from "./options.ts";
import type { Contender } from "./rounds.ts";
import type { Counts } from "./targets.ts";
import {
  countContender,
  type Folders,
  original,
  peer,
  toolkit,
  type Typer,
  wholeContender,
  whyNot,
} from "./whole.ts";

const COMPACT = "spit-compact";
const NETWORKS = [COMPACT, "spit-paper"];

/** Multiply-adds of a flip beyond which a network gets fewer frames. */
const HEAVY = 5e8;
/** Frames of such a network, and of the original's way, at most. */
const FEW_FRAMES = 60;
const FEWEST_FRAMES = 20;

/** Rounds in which the memory of many frames is looked at. */
const MEMORY_ROUNDS = 3;

/** What contenders are made of. */
export interface Setting {
  /** As asked for. */
  readonly options: BenchOptions;
  /** The frames. */
  readonly night: Night;
  /** Folders of them. */
  readonly folders: Folders;
  /** For files that are made for this run alone. */
  readonly scratch: string;
  /** The compact network, for what is measured in this process. */
  readonly model: Model;
  /** Told what is left out, and other things that belong beside the figures. */
  readonly note: (text: string) => void;
  /** Told what each whole process says of the frames. */
  readonly rowsOf: (typer: Typer, rows: readonly string[]) => void;
}

/** All contenders, in the order in which they take turns. */
export async function contendersOf(setting: Setting): Promise<Contender[]> {
  const { options: { only } } = setting;
  const contenders: Contender[] = [];
  if (only.includes("whole") || only.includes("floor")) {
    contenders.push(...await networkContenders(setting));
  }
  if (only.includes("peer")) contenders.push(...await peerContender(setting));
  if (only.includes("original")) {
    contenders.push(...await originalContender(setting));
  }
  if (only.includes("stages")) {
    const { model, night, options } = setting;
    const frames = Math.min(options.frames, FEW_FRAMES);
    contenders.push(stagesContender(model, night.files, frames));
  }
  if (only.includes("kinds") || only.includes("pixels")) {
    contenders.push(...await fileContenders(setting));
  }
  contenders.push(...countContenders(setting));
  return contenders;
}

/** This toolkit and its floor, with each network that is installed. */
async function networkContenders(setting: Setting): Promise<Contender[]> {
  const { options, night: { files }, folders, note, rowsOf } = setting;
  const contenders: Contender[] = [];
  const installed = await modelNames();
  const ways = new Set<string>();
  const wayOf = (way: string) => {
    if (!ways.has(way)) note(`floor: inflated by ${way}`);
    ways.add(way);
  };
  for (const network of NETWORKS) {
    if (!installed.includes(network)) {
      note(`${network}: it is not installed`);
      continue;
    }
    const heavy = await isHeavy(network);
    const frames = heavy
      ? Math.min(options.frames, FEW_FRAMES)
      : options.frames;
    if (options.only.includes("whole")) {
      for (const workers of [0, 1, 2]) {
        const typer = toolkit(network, workers);
        contenders.push(
          wholeContender(typer, "whole", folders, frames, rowsOf),
        );
      }
    }
    if (options.only.includes("floor")) {
      // A heavy network takes all cores by itself.
      for (const processes of heavy ? [1] : [1, 2]) {
        contenders.push(
          floorContender(network, files, frames, processes, wayOf),
        );
      }
    }
  }
  return contenders;
}

async function isHeavy(network: string): Promise<boolean> {
  const card = parseModelCard(
    await Deno.readTextFile(await findModelCard(network)),
    network,
  );
  return (card.multiply_adds ?? Infinity) > HEAVY;
}

async function peerContender(setting: Setting): Promise<Contender[]> {
  const { options, folders, note, rowsOf } = setting;
  const typer = peer(options.python, COMPACT, 2);
  const why = await whyNot(typer, folders);
  if (why === null) {
    return [wholeContender(typer, "whole", folders, options.frames, rowsOf)];
  }
  note(`the Python peer cannot run, see scripts/peer/requirements.txt: ${why}`);
  return [];
}

async function originalContender(setting: Setting): Promise<Contender[]> {
  const { options, folders, note } = setting;
  const typer = original(options.pythonOriginal);
  const why = await whyNot(typer, folders);
  if (why === null) {
    const frames = Math.min(options.frames, FEWEST_FRAMES);
    return [wholeContender(typer, "whole", folders, frames)];
  }
  note(
    `the original's way cannot run, see scripts/peer/requirements-original.txt: ${why}`,
  );
  return [];
}

async function fileContenders(setting: Setting): Promise<Contender[]> {
  const { options: { only }, night, scratch, model, note } = setting;
  const contenders: Contender[] = [];
  const { squares, amplifiers } = await largeFrames();
  if (only.includes("kinds")) {
    for (const kind of await kindsOf(night.files, scratch, note)) {
      contenders.push(kindContender(kind, model));
    }
    contenders.push(
      await fileContender("12 amplifiers", "kinds", amplifiers, model),
    );
  }
  if (only.includes("pixels")) {
    for (const [side, file] of squares) {
      contenders.push(
        await fileContender(squareName(side), "pixels", file, model),
      );
    }
  }
  return contenders;
}

function countContenders({ options, folders }: Setting): Contender[] {
  const counts = countsOf(options);
  const typer = toolkit(COMPACT, 2);
  const line = options.only.includes("counts") ? counts.line : [];
  const memory = options.only.includes("memory") ? counts.memory ?? [] : [];
  return [
    ...line.map((frames) => countContender(typer, "counts", folders, frames)),
    ...memory.filter((frames) => !line.includes(frames)).map((frames) =>
      countContender(typer, "memory", folders, frames, MEMORY_ROUNDS)
    ),
  ];
}

/** How many frames are typed to see how time and memory grow. */
export function countsOf(
  { frames, long }: Pick<BenchOptions, "frames" | "long">,
): Counts {
  return long ? { line: [50, 100, 200, 400, 800], memory: [100, 10_000] } : {
    line: [...new Set([8, 4, 2, 1].map((part) => Math.ceil(frames / part)))],
    memory: null,
  };
}
