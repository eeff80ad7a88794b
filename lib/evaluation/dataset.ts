/**
 * Datasets for training: input images, features and labels, made by the code that
 * makes them for classification. docs/dataset.md describes the files.
 *
 * @module
 */
import { join } from "../std.ts";
import { stringify } from "csv-stringify/sync";
import { SpitError } from "../errors.ts";
import { imageHdus, openFits } from "../fits/open_fits.ts";
import type { Plane } from "../fits/frame.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import {
  prepareInputs,
  PREPROCESSING_VERSION,
} from "../preprocess/preprocess.ts";
import { FEATURES, FEATURES_VERSION } from "../preprocess/features.ts";
import {
  OOD_TRAINING_KINDS,
  simulateOodFrame,
} from "../simulate/ood/simulate_ood_frame.ts";
import { createInstrument, INSTRUMENTS } from "../simulate/named_instrument.ts";
import { simulateFrame } from "../simulate/simulate_frame.ts";
import {
  assertReplaceable,
  makeFolder,
  withPath,
  writeAll,
} from "../io/output.ts";
import type { Label } from "./labels.ts";
import type { LabelledFrame } from "./manifest.ts";
import { npyHeader, writeNpy } from "./npy.ts";
import type { Split, SplitRule } from "./split.ts";

/** Number of input images in a full shard, which has 70 MB. */
export const SHARD_INPUT_IMAGES = 512;

/** Label of an input image that has no type. */
export const OTHER_LABEL = 255;

export interface LabelledInputImage {
  /** `INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH` values, row-major. */
  readonly pixels: Uint8Array;
  /** `FEATURES.length` values. */
  readonly features: Float32Array;
  readonly label: Label;
  readonly split: Split;
  readonly source: "simulated" | "real";
  /** Path of a real frame, with the HDU if it has several; type and seed of a simulated one. */
  readonly name: string;
  /** Instrument, as the manifest or the simulator names it. */
  readonly instrument: string;
  /** Night of a real frame; empty otherwise. */
  readonly night: string;
  readonly confidence: string;
}

/**
 * Yields input images of simulated frames, the types in turn. Every twentieth round of
 * types is for validation.
 *
 * @param seed Frame `i` is simulated from seed `seed + i`, so the seeds of two parts of a
 *   dataset must be at least `count` apart.
 * @throws {SpitError} `usage` for an unknown instrument.
 */
export function* simulatedInputImages(
  count: number,
  seed: number,
  { types = FRAME_TYPES, instruments = [] }: {
    /** Types, in turn. Default: all. */
    readonly types?: readonly FrameType[];
    /** Names from `INSTRUMENTS`, in turn. Default: drawn at random. */
    readonly instruments?: readonly string[];
  } = {},
): Generator<LabelledInputImage> {
  for (let i = 0; i < count; i++) {
    const type = types[i % types.length]!;
    const round = Math.floor(i / types.length);
    const name = instruments[round % instruments.length];
    const instrument = name ? createInstrument(name, seed + i) : undefined;
    if (name && !instrument) {
      throw new SpitError(
        "usage",
        `cannot simulate the instrument "${name}": choose one of ${
          INSTRUMENTS.join(", ")
        }`,
      );
    }
    const frame = simulateFrame({ seed: seed + i, type, instrument });
    yield describeSimulated(frame.plane, round, {
      label: type,
      name: `${type}/${seed + i}`,
      instrument: frame.instrument,
    });
  }
}

/**
 * Yields input images of simulated out-of-distribution frames, labelled `other`: the
 * kinds for training in turn, without those reserved for evaluation. Every twentieth
 * round is for validation.
 *
 * @param seed Frame `i` is simulated from seed `seed + i`.
 */
export function* oodInputImages(
  count: number,
  seed: number,
): Generator<LabelledInputImage> {
  for (let i = 0; i < count; i++) {
    const kind = OOD_TRAINING_KINDS[i % OOD_TRAINING_KINDS.length]!;
    const round = Math.floor(i / OOD_TRAINING_KINDS.length);
    const { plane } = simulateOodFrame({ seed: seed + i, kind });
    yield describeSimulated(plane, round, {
      label: "other",
      name: `${kind}/${seed + i}`,
      instrument: "simulated",
    });
  }
}

function describeSimulated(
  plane: Plane,
  round: number,
  { label, name, instrument }: Pick<
    LabelledInputImage,
    "label" | "name" | "instrument"
  >,
): LabelledInputImage {
  return {
    ...preprocessPlane(plane),
    label,
    split: round % 20 === 19 ? "validation" : "train",
    source: "simulated",
    name,
    instrument,
    night: "",
    confidence: "high",
  };
}

/**
 * Yields input images of labelled real frames, one for each image HDU.
 *
 * @param frames Rows of a manifest; a row with an HDU gives that HDU alone.
 * @param side Returns the side of the split that a frame is on.
 * @throws {SpitError} When a frame cannot be read. It is not skipped, so that a dataset
 *   always has all frames of its manifest.
 */
export async function* realInputImages(
  frames: Iterable<LabelledFrame>,
  side: (frame: LabelledFrame) => Split,
): AsyncGenerator<LabelledInputImage> {
  for (const frame of frames) {
    using file = await openFits(frame.path);
    const hdus = frame.hdu === undefined
      ? imageHdus(file).map((hdu) => hdu.index)
      : [frame.hdu];
    for (const hdu of hdus) {
      const plane = await file.readFrame(hdu);
      yield {
        ...preprocessPlane(plane),
        label: frame.label,
        split: side(frame),
        source: "real",
        name: hdus.length === 1 ? frame.path : `${frame.path}[${hdu}]`,
        instrument: frame.instrument,
        night: frame.night,
        confidence: frame.confidence,
      };
    }
  }
}

/**
 * Writes a dataset into a folder: `dataset.json`, the shards and, last,
 * `index.csv`. A folder without `index.csv` is incomplete.
 *
 * `dataset.json` records the versions of the preprocessing and of the features.
 * Training refuses datasets of different versions, and copies the versions into
 * the model card.
 *
 * @param folder Created when missing; an earlier dataset in it is overwritten.
 * @returns Number of input images.
 * @throws {SpitError} `usage` when a file that it would replace is a frame, or the folder
 *   cannot be created; `io` when a file cannot be written.
 */
export async function writeDataset(
  folder: string,
  inputImages: Iterable<LabelledInputImage> | AsyncIterable<LabelledInputImage>,
  { split = null, onInputImage = () => {} }: {
    /** Rule that assigned the real frames to train and validation; for the model card. */
    readonly split?: SplitRule | null;
    /** Called after each input image with the number written so far. */
    readonly onInputImage?: (count: number) => void;
  } = {},
): Promise<number> {
  await makeFolder(folder);
  const indexPath = join(folder, "index.csv");
  const descriptionPath = join(folder, "dataset.json");
  await assertReplaceable(indexPath);
  await assertReplaceable(descriptionPath);
  // An earlier index must not describe the new shards while they are written.
  await withPath(indexPath, () =>
    Deno.remove(indexPath).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }));
  const description = {
    preprocessing: PREPROCESSING_VERSION,
    features: FEATURES_VERSION,
    types: FRAME_TYPES,
    split,
  };
  const text = JSON.stringify(description, null, 2) + "\n";
  await withPath(
    descriptionPath,
    () => Deno.writeTextFile(descriptionPath, text),
  );
  const index: Record<string, string | number>[] = [];
  let shard: LabelledInputImage[] = [];
  let shards = 0;
  for await (const inputImage of inputImages) {
    const { pixels: _, features: __, ...row } = inputImage;
    index.push({ shard: shards, row: shard.length, ...row });
    shard.push(inputImage);
    onInputImage(index.length);
    if (shard.length === SHARD_INPUT_IMAGES) {
      await withPath(folder, () => writeShard(folder, shards++, shard));
      shard = [];
    }
  }
  if (shard.length > 0) {
    await withPath(folder, () => writeShard(folder, shards, shard));
  }
  const rows = stringify(index, { header: true });
  await withPath(indexPath, () => Deno.writeTextFile(indexPath, rows));
  return index.length;
}

async function writeShard(
  folder: string,
  number: number,
  inputImages: readonly LabelledInputImage[],
): Promise<void> {
  const suffix = `-${String(number).padStart(4, "0")}.npy`;
  const [inputImagesPath, featuresPath, labelsPath] = [
    join(folder, `input_images${suffix}`),
    join(folder, `features${suffix}`),
    join(folder, `labels${suffix}`),
  ] as const;
  for (const path of [inputImagesPath, featuresPath, labelsPath]) {
    await assertReplaceable(path, "npy");
  }
  using file = await Deno.open(inputImagesPath, {
    create: true,
    truncate: true,
    write: true,
  });
  const shape = [inputImages.length, INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH];
  await writeAll(file, npyHeader("|u1", shape));
  for (const { pixels } of inputImages) await writeAll(file, pixels);
  const features = new Float32Array(inputImages.length * FEATURES.length);
  inputImages.forEach((inputImage, row) =>
    features.set(inputImage.features, row * FEATURES.length)
  );
  await writeNpy(featuresPath, {
    shape: [inputImages.length, FEATURES.length],
    values: features,
  });
  const labels = Uint8Array.from(
    inputImages,
    ({ label }) => label === "other" ? OTHER_LABEL : FRAME_TYPES.indexOf(label),
  );
  await writeNpy(labelsPath, {
    shape: [labels.length],
    values: labels,
  });
}

function preprocessPlane(
  plane: Plane,
): Pick<LabelledInputImage, "pixels" | "features"> {
  const options = { flips: 1, features: true } as const;
  const { flips, features } = prepareInputs(plane, options);
  return { pixels: flips, features: features! };
}
