/**
 * Dataset shards: pictures and labels for training, made by the very code that
 * makes the pictures at inference. The layout is described in docs/dataset.md.
 *
 * @module
 */
import { join } from "node:path";
import { stringify } from "csv-stringify/sync";
import { SpitError } from "../errors.ts";
import { imageHdus, openFits } from "../fits/open_fits.ts";
import type { Plane } from "../fits/frame.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import { PREPROCESSING_VERSION } from "../model/card.ts";
import { PICTURE_HEIGHT, PICTURE_WIDTH } from "../preprocess/picture.ts";
import { examine } from "../preprocess/preprocess.ts";
import { STATISTICS, STATISTICS_VERSION } from "../preprocess/statistics.ts";
import {
  simulateImpostor,
  TRAINING_KINDS,
} from "../simulate/impostor/simulate_impostor.ts";
import { INSTRUMENTS, namedInstrument } from "../simulate/named_instrument.ts";
import { simulateFrame } from "../simulate/simulate_frame.ts";
import { writeAll } from "../write_all.ts";
import type { LabelledFrame } from "./manifest.ts";
import { npyHeader, writeNpy } from "./npy.ts";
import type { Split, SplitRule } from "./split.ts";

/** Pictures in a shard: 512 are 70 MB. */
export const SHARD_PICTURES = 512;

/** Label of a picture that must get no type. */
export const OTHER_LABEL = 255;

/** A picture with what training and evaluation must know of it. */
export interface LabelledPicture {
  /** `PICTURE_HEIGHT * PICTURE_WIDTH` values, row-major. */
  readonly pixels: Uint8Array;
  /** Statistics of the raw frame, `STATISTICS.length` values. */
  readonly statistics: Float32Array;
  /** Type, or `other`. */
  readonly label: FrameType | "other";
  /** Side of the split. */
  readonly split: Split;
  /** Where it comes from. */
  readonly source: "simulated" | "real";
  /** Path and HDU of a real frame; type and seed of a simulated one. */
  readonly name: string;
  /** Instrument, as the manifest or the simulator names it. */
  readonly instrument: string;
  /** Night of a real frame; empty otherwise. */
  readonly night: string;
  /** Confidence in the label. */
  readonly confidence: string;
}

/** What to simulate. */
export interface SimulatedChoice {
  /** Types. */
  readonly types?: readonly FrameType[];
  /** Names of instruments, of `INSTRUMENTS`. */
  readonly instruments?: readonly string[];
}

/**
 * Simulated pictures, the types in turn, so that each has its share. Every
 * twentieth round of types is kept for validation.
 *
 * @param count Number of pictures.
 * @param seed Frame `i` is simulated from seed `seed + i`: parts of one dataset made
 *   side by side need seeds at least `count` apart.
 * @param choice Types and instruments to take in turn; all types, and
 *   instruments by chance, when left out.
 * @throws {SpitError} `usage` for an unknown instrument.
 */
export function* simulatedPictures(
  count: number,
  seed: number,
  { types = FRAME_TYPES, instruments = [] }: SimulatedChoice = {},
): Generator<LabelledPicture> {
  for (let i = 0; i < count; i++) {
    const type = types[i % types.length]!;
    const round = Math.floor(i / types.length);
    const name = instruments[round % instruments.length];
    const instrument = name ? namedInstrument(name, seed + i) : undefined;
    if (name && !instrument) {
      throw new SpitError(
        "usage",
        `there is no simulated instrument "${name}"; choose of ${
          INSTRUMENTS.join(", ")
        }`,
      );
    }
    const frame = simulateFrame({ seed: seed + i, type, instrument });
    yield {
      ...shown(frame.plane),
      label: type,
      split: round % 20 === 19 ? "validation" : "train",
      source: "simulated",
      name: `${type}/${seed + i}`,
      instrument: frame.instrument,
      night: "",
      confidence: "high",
    };
  }
}

/**
 * Pictures of simulated frames that have no type, labelled `other`, the kinds
 * in turn; none of those that are kept for judging. Every twentieth round is for
 * validation.
 *
 * @param count Number of pictures.
 * @param seed Frame `i` is simulated from seed `seed + i`.
 */
export function* impostorPictures(
  count: number,
  seed: number,
): Generator<LabelledPicture> {
  for (let i = 0; i < count; i++) {
    const kind = TRAINING_KINDS[i % TRAINING_KINDS.length]!;
    const round = Math.floor(i / TRAINING_KINDS.length);
    const { plane } = simulateImpostor({ seed: seed + i, kind });
    yield {
      ...shown(plane),
      label: "other",
      split: round % 20 === 19 ? "validation" : "train",
      source: "simulated",
      name: `${kind}/${seed + i}`,
      instrument: "simulated",
      night: "",
      confidence: "high",
    };
  }
}

/**
 * Pictures of labelled real frames, one for each image HDU.
 *
 * @param frames Rows of a manifest; a row that names an HDU gives that one alone.
 * @param side Says on which side of the split a frame is.
 * @throws {SpitError} when a frame cannot be read: a training set with silent gaps is worse
 *   than none.
 */
export async function* realPictures(
  frames: Iterable<LabelledFrame>,
  side: (frame: LabelledFrame) => Split,
): AsyncGenerator<LabelledPicture> {
  for (const frame of frames) {
    const file = await openFits(frame.path);
    try {
      const hdus = frame.hdu === undefined
        ? imageHdus(file).map((hdu) => hdu.index)
        : [frame.hdu];
      for (const hdu of hdus) {
        const plane = await file.readFrame(hdu);
        yield {
          ...shown(plane),
          label: frame.label,
          split: side(frame),
          source: "real",
          name: hdus.length === 1 ? frame.path : `${frame.path}[${hdu}]`,
          instrument: frame.instrument,
          night: frame.night,
          confidence: frame.confidence,
        };
      }
    } finally {
      file.close();
    }
  }
}

/** Options of {@linkcode writeDataset}. */
export interface WriteDatasetOptions {
  /** Rule that assigned the real frames to train and validation; for the model card. */
  readonly split?: SplitRule;
  /** Called after each picture with the number written so far. */
  readonly onPicture?: (count: number) => void;
}

/**
 * Writes a dataset into a folder: `dataset.json`, the shards and, last,
 * `index.csv`. A folder without `index.csv` is incomplete.
 *
 * `dataset.json` records the versions of the preprocessing and of the features.
 * Training refuses datasets of different versions, and copies them into the
 * model card.
 *
 * @param folder Created when missing; an earlier dataset in it is overwritten.
 * @param pictures Written in their order.
 * @returns Number of pictures.
 */
export async function writeDataset(
  folder: string,
  pictures: Iterable<LabelledPicture> | AsyncIterable<LabelledPicture>,
  { split, onPicture = () => {} }: WriteDatasetOptions = {},
): Promise<number> {
  await Deno.mkdir(folder, { recursive: true });
  const indexPath = join(folder, "index.csv");
  // An earlier index must not describe the new shards while they are written.
  await removeIfPresent(indexPath);
  const description = {
    preprocessing: PREPROCESSING_VERSION,
    features: STATISTICS_VERSION,
    types: FRAME_TYPES,
    split: split ?? null,
  };
  await Deno.writeTextFile(
    join(folder, "dataset.json"),
    JSON.stringify(description, null, 2) + "\n",
  );
  const index: Record<string, string | number>[] = [];
  let shard: LabelledPicture[] = [];
  let shards = 0;
  for await (const picture of pictures) {
    const { pixels: _, statistics: __, ...row } = picture;
    index.push({ shard: shards, row: shard.length, ...row });
    shard.push(picture);
    onPicture(index.length);
    if (shard.length === SHARD_PICTURES) {
      await writeShard(folder, shards++, shard);
      shard = [];
    }
  }
  if (shard.length > 0) await writeShard(folder, shards, shard);
  await Deno.writeTextFile(indexPath, stringify(index, { header: true }));
  return index.length;
}

async function removeIfPresent(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function writeShard(
  folder: string,
  number: number,
  pictures: readonly LabelledPicture[],
): Promise<void> {
  const name = String(number).padStart(4, "0");
  using file = await Deno.open(join(folder, `input_images-${name}.npy`), {
    create: true,
    truncate: true,
    write: true,
  });
  await writeAll(
    file,
    npyHeader("|u1", [pictures.length, PICTURE_HEIGHT, PICTURE_WIDTH]),
  );
  for (const { pixels } of pictures) await writeAll(file, pixels);
  const statistics = new Float32Array(pictures.length * STATISTICS.length);
  pictures.forEach((picture, row) =>
    statistics.set(picture.statistics, row * STATISTICS.length)
  );
  await writeNpy(join(folder, `features-${name}.npy`), {
    shape: [pictures.length, STATISTICS.length],
    values: statistics,
  });
  const labels = Uint8Array.from(pictures, ({ label }) => labelIndex(label));
  await writeNpy(join(folder, `labels-${name}.npy`), {
    shape: [labels.length],
    values: labels,
  });
}

function shown(plane: Plane): Pick<LabelledPicture, "pixels" | "statistics"> {
  const { picture, statistics } = examine(plane);
  return { pixels: picture.pixels, statistics };
}

function labelIndex(label: FrameType | "other"): number {
  return label === "other" ? OTHER_LABEL : FRAME_TYPES.indexOf(label);
}
