/**
 * Frames typed in this very process, on one thread: by stage, by kind of file, by
 * size.
 *
 * @module
 */
import { gunzipSync } from "node:zlib";
import { basename, join } from "../../lib/io/path.ts";
import { fileURLToPath } from "node:url";
import { classifyFile } from "../../lib/classify/classify_file.ts";
import { findFrames } from "../../lib/io/find_frames.ts";
import type { Model } from "../../lib/model/open_model.ts";
import { fastestInflate, type Inflate } from "./inflate_ways.ts";
import { evenly } from "./night.ts";
import type { Contender, Sample } from "./rounds.ts";
import { type Laps, STAGES, stagesOf } from "./stages.ts";
import { meanOf } from "./summary.ts";

/** Real Kast frames under Rice, where the checkout has them beside it. */
const RICE = ["kast-red", "kast-blue"].map((arm) =>
  fileURLToPath(new URL(`../../../shared/frames/${arm}`, import.meta.url))
);

/** Files of a kind that are typed in each run. */
const FILES = 20;
/** Times that a single file is typed in each run. */
const TIMES = 3;

/** Names of what the contenders here tell, beside {@linkcode STAGES}. */
export const MS = "ms a frame";
export const INFLATE_MS = "inflate, ms";
export const SUM = "sum";

/** Milliseconds of each stage, and of the toolkit's own way through the same frames. */
export function stagesContender(
  model: Model,
  files: readonly string[],
  frames: number,
): Contender {
  const some = evenly(files, frames);
  return {
    name: `${model.card.name}, ms a frame`,
    section: "stages",
    async measure() {
      // Code is compiled on the first frames.
      for (const file of evenly(files, 5)) await stagesOf(file, model);
      const laps: Laps[] = [];
      for (const file of some) laps.push((await stagesOf(file, model)).laps);
      const means = STAGES.map((stage) =>
        [stage, meanOf(laps.map((lap) => lap[stage]))] as const
      );
      const sum = means.reduce((all, [, mean]) => all + mean, 0);
      const whole = await msOf(some, model);
      return {
        ...Object.fromEntries(means),
        [SUM]: sum,
        "the library's own way": whole,
      };
    },
  };
}

/** Milliseconds of a frame, as the library types it. */
async function msOf(files: readonly string[], model: Model): Promise<number> {
  const start = performance.now();
  for (const file of files) {
    const { error } = await classifyFile(file, { model });
    if (error !== null) throw new Error(`${file}: ${error.message}`);
  }
  return (performance.now() - start) / files.length;
}

/** Kinds of files: a name, and files of that kind. */
export type Kind = readonly [name: string, files: readonly string[]];

/**
 * Kinds of files of Kast's size.
 *
 * @param folder Where frames that are not compressed may be written.
 * @param note Told what is left out.
 */
export async function kindsOf(
  night: readonly string[],
  folder: string,
  note: (text: string) => void,
): Promise<Kind[]> {
  const packed = evenly(night, Math.min(FILES, night.length));
  const plain: string[] = [];
  for (const [k, file] of packed.entries()) {
    if (!file.endsWith(".gz")) continue;
    const path = join(folder, `${k}-${basename(file, ".gz")}`);
    await Deno.writeFile(path, gunzipSync(await Deno.readFile(file)));
    plain.push(path);
  }
  const rice = (await Array.fromAsync(findFrames(RICE, () => {})))
    .filter((file) => file.endsWith(".fz"));
  if (rice.length === 0) {
    note("kinds: no frames under Rice beside the checkout");
  }
  const kinds: Kind[] = [
    ["Kast .fits.gz", packed.filter((file) => file.endsWith(".gz"))],
    ["Kast .fits, the same", plain],
    [
      "Kast .fits.fz (Rice), real ones",
      rice.length > 0 ? evenly(rice, FILES) : [],
    ],
  ];
  return kinds.filter(([, files]) => files.length > 0);
}

/** Milliseconds of a frame of some kind. */
export function kindContender([name, files]: Kind, model: Model): Contender {
  return {
    name,
    section: "kinds",
    async measure() {
      await msOf(files.slice(0, 2), model);
      return { [MS]: await msOf(files, model) };
    },
  };
}

/** Milliseconds of one `.fits.gz` and of inflating it alone. */
export async function fileContender(
  name: string,
  section: string,
  file: string,
  model: Model,
): Promise<Contender> {
  const gzip = await Deno.readFile(file);
  const { inflate } = await fastestInflate([gzip]);
  return {
    name,
    section,
    async measure(): Promise<Sample> {
      await msOf([file], model);
      // In turn, as rounds are.
      const typed: number[] = [];
      const inflated: number[] = [];
      for (let time = 0; time < TIMES; time++) {
        inflated.push(await inflateMs(inflate, gzip));
        typed.push(await msOf([file], model));
      }
      return { [MS]: meanOf(typed), [INFLATE_MS]: meanOf(inflated) };
    },
  };
}

async function inflateMs(
  inflate: Inflate,
  gzip: Uint8Array<ArrayBuffer>,
): Promise<number> {
  const start = performance.now();
  await inflate(gzip);
  return performance.now() - start;
}

/** Name of a square frame. */
export function squareName(side: number): string {
  return `${side} × ${side}`;
}
