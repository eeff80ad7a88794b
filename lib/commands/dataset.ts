import { type Command, Option } from "commander";
import { SpitError } from "../errors.ts";
import {
  oodInputImages,
  realInputImages,
  simulatedInputImages,
  writeDataset,
} from "../evaluation/dataset.ts";
import { findDuplicates, resolveDuplicates } from "../evaluation/duplicates.ts";
import { readManifest } from "../evaluation/manifest.ts";
import { getSplit, SHIPPED_SPLIT } from "../evaluation/split.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import { parseCount } from "./options.ts";
import { makeNotify } from "./terminal.ts";

interface DatasetOptions {
  readonly simulated: number;
  readonly seed: number;
  readonly instrument?: readonly string[];
  readonly type?: readonly FrameType[];
  readonly ood: number;
  readonly manifest?: string;
}

export function define(command: Command): void {
  command
    .argument("<OUT>", "folder for the dataset")
    .option("--simulated <number>", "number of simulated frames", parseCount, 0)
    .option(
      "--seed <number>",
      "seed of the first simulated frame",
      parseCount,
      1,
    )
    .option("--instrument <names...>", "simulate these instruments, in turn")
    .addOption(
      new Option("--type <types...>", "simulate these types, in turn")
        .choices(FRAME_TYPES),
    )
    .option(
      "--ood <number>",
      "number of simulated out-of-distribution frames",
      parseCount,
      0,
    )
    .option("--manifest <csv>", "manifest of labelled real frames")
    .action(async (out: string, options: DatasetOptions) => {
      console.error(`${await dataset(out, options)} input images`);
    });
}

/**
 * Writes a dataset, the real frames first.
 *
 * @param out Folder for the dataset.
 * @returns The number of input images.
 * @throws {SpitError} `usage` when no frames are asked for; for a manifest or a frame that
 *   cannot be read.
 */
export async function dataset(
  out: string,
  { simulated, seed, instrument, type, ood, manifest }: DatasetOptions,
): Promise<number> {
  if (manifest === undefined && simulated + ood === 0) {
    throw new SpitError(
      "usage",
      "no frames: give --manifest, --simulated or --ood",
    );
  }
  async function* inputImages() {
    if (manifest !== undefined) {
      const frames = await readManifest(manifest, makeNotify());
      // Duplicates go to the side of the first of them: a frame that is trained on
      // must not be validated on under another name.
      const ruling = resolveDuplicates(frames, await findDuplicates(frames));
      yield* realInputImages(
        frames,
        (frame) => getSplit(ruling(frame), SHIPPED_SPLIT),
      );
    }
    const wanted = { types: type, instruments: instrument };
    yield* simulatedInputImages(simulated, seed, wanted);
    yield* oodInputImages(ood, seed);
  }
  const isTerminal = Deno.stderr.isTerminal();
  return await writeDataset(out, inputImages(), {
    split: manifest === undefined ? undefined : SHIPPED_SPLIT,
    onInputImage: (count) => {
      if (isTerminal && count % 50 === 0) {
        const text = new TextEncoder().encode(`\r${count} input images`);
        Deno.stderr.writeSync(text);
      }
    },
  });
}
