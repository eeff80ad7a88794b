/**
 * `cli.ts dataset`: shards of input images for training.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import { duplicatesOf, firstOfLike } from "../evaluation/duplicates.ts";
import { readManifest } from "../evaluation/manifest.ts";
import {
  oodInputImages,
  realInputImages,
  simulatedInputImages,
  writeDataset,
} from "../evaluation/dataset.ts";
import { SHIPPED_SPLIT, sideOf } from "../evaluation/split.ts";
import { noticesOf } from "./frames_named.ts";

/** What the command takes. */
export interface DatasetOptions {
  /** Number of simulated frames; 0 for none. */
  readonly simulated: number;
  /** Seed of the first simulated frame. */
  readonly seed: number;
  /** Names of the instruments they are of, in turn; any when left out. */
  readonly instrument?: readonly string[];
  /** Types they are of, in turn; all when left out. */
  readonly type?: readonly FrameType[];
  /** Number of simulated out-of-distribution frames. */
  readonly ood?: number;
  /** Manifest of labelled real frames. */
  readonly manifest?: string;
}

/**
 * Writes a dataset, the real frames first.
 *
 * @param out Folder of the shards.
 * @returns Number of input images.
 * @throws {SpitError} for a manifest or a frame that cannot be read.
 */
export async function dataset(
  out: string,
  options: DatasetOptions,
): Promise<number> {
  const onTerminal = Deno.stderr.isTerminal();
  async function* inputImages() {
    if (options.manifest) {
      const frames = await readManifest(options.manifest, noticesOf({}));
      const ruling = firstOfLike(frames, await duplicatesOf(frames));
      yield* realInputImages(
        frames,
        (frame) => sideOf(ruling(frame), SHIPPED_SPLIT),
      );
    }
    yield* simulatedInputImages(options.simulated, options.seed, {
      types: options.type,
      instruments: options.instrument,
    });
    yield* oodInputImages(options.ood ?? 0, options.seed);
  }
  return await writeDataset(out, inputImages(), {
    split: options.manifest ? SHIPPED_SPLIT : undefined,
    onInputImage: (count) => {
      if (onTerminal && count % 50 === 0) {
        const text = `\r${count} input images`;
        Deno.stderr.writeSync(new TextEncoder().encode(text));
      }
    },
  });
}
