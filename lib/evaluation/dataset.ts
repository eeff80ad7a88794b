/**
 * Dataset shards: input images and labels for training, made by the very code that
 * makes the input images at inference. The layout is described in docs/dataset.md.
 *
 * @module
 */
import { join } from "../io/path.ts";
import { stringify } from "csv-stringify/sync";
import { SpitError } from "../errors.ts";
import { imageHdus, openFits } from "../fits/open_fits.ts";
import type { Plane } from "../fits/frame.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
} from "../preprocess/input_image.ts";
import { prepareInputs } from "../preprocess/preprocess.ts";
import { FEATURES } from "../preprocess/features.ts";
import {
  OOD_TRAINING_KINDS,
  simulateOodFrame,
} from "../simulate/ood/simulate_ood_frame.ts";
import { createInstrument, INSTRUMENTS } from "../simulate/named_instrument.ts";
import { simulateFrame } from "../simulate/simulate_frame.ts";
import { writeAll } from "../io/output.ts";
import type { LabelledFrame } from "./manifest.ts";
import { npyHeader, writeNpy } from "./npy.ts";
import type { Split } from "./split.ts";

/** Input images in a shard: 512 are 70 MB. */
export const SHARD_INPUT_IMAGES = 512;

/** Label of an input image that must get no type. */
export const OTHER_LABEL = 255;

/** A input image with what training and evaluation must know of it. */
export interface LabelledInputImage {
  /** `INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH` values, row-major. */
  readonly pixels: Uint8Array;
  /** Features of the raw frame, `FEATURES.length` values. */
  readonly features: Float32Array;
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
 * Simulated input images, the types in turn, so that each has its share. Every
 * twentieth round of types is kept for validation.
 *
 * @param count Number of input images.
 * @param seed Frame `i` is simulated from seed `seed + i`: parts of one dataset made
 *   side by side need seeds at least `count` apart.
 * @param choice Types and instruments to take in turn; all types, and
 *   instruments by chance, when left out.
 * @throws {SpitError} `usage` for an unknown instrument.
 */
export function* simulatedInputImages(
  count: number,
  seed: number,
  { types = FRAME_TYPES, instruments = [] }: SimulatedChoice = {},
): Generator<LabelledInputImage> {
  for (let i = 0; i < count; i++) {
    const type = types[i % types.length]!;
    const round = Math.floor(i / types.length);
    const name = instruments[round % instruments.length];
    const instrument = name ? createInstrument(name, seed + i) : undefined;
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
 * Input images of simulated frames that have no type, labelled `other`, the kinds
 * in turn; none of those that are kept for judging. Every twentieth round is for
 * validation.
 *
 * @param count Number of input images.
 * @param seed Frame `i` is simulated from seed `seed + i`.
 */
export function* impostorInputImages(
  count: number,
  seed: number,
): Generator<LabelledInputImage> {
  for (let i = 0; i < count; i++) {
    const kind = OOD_TRAINING_KINDS[i % OOD_TRAINING_KINDS.length]!;
    const round = Math.floor(i / OOD_TRAINING_KINDS.length);
    const { plane } = simulateOodFrame({ seed: seed + i, kind });
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
 * Input images of labelled real frames, one for each image HDU.
 *
 * @param frames Rows of a manifest; a row that names an HDU gives that one alone.
 * @param side Says on which side of the split a frame is.
 * @throws {SpitError} when a frame cannot be read: a training set with silent gaps is worse
 *   than none.
 */
export async function* realInputImages(
  frames: Iterable<LabelledFrame>,
  side: (frame: LabelledFrame) => Split,
): AsyncGenerator<LabelledInputImage> {
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

/**
 * Writes input images as shards into a folder, and `index.csv` when all is there:
 * a folder without an index is unfinished.
 *
 * @param folder Made if need be; shards of an earlier dataset are overwritten.
 * @param input images Written in their order.
 * @param onInputImage Told of each input image written, for progress.
 * @returns Number of input images.
 */
export async function writeDataset(
  folder: string,
  inputImages: Iterable<LabelledInputImage> | AsyncIterable<LabelledInputImage>,
  onInputImage: (count: number) => void = () => {},
): Promise<number> {
  await Deno.mkdir(folder, { recursive: true });
  const index: Record<string, string | number>[] = [];
  let shard: LabelledInputImage[] = [];
  let shards = 0;
  for await (const inputImage of inputImages) {
    const { pixels: _, features: __, ...row } = inputImage;
    index.push({ shard: shards, row: shard.length, ...row });
    shard.push(inputImage);
    onInputImage(index.length);
    if (shard.length === SHARD_INPUT_IMAGES) {
      await writeShard(folder, shards++, shard);
      shard = [];
    }
  }
  if (shard.length > 0) await writeShard(folder, shards, shard);
  await Deno.writeTextFile(
    join(folder, "index.csv"),
    stringify(index, { header: true }),
  );
  return index.length;
}

async function writeShard(
  folder: string,
  number: number,
  inputImages: readonly LabelledInputImage[],
): Promise<void> {
  const name = String(number).padStart(4, "0");
  using file = await Deno.open(join(folder, `inputImages-${name}.npy`), {
    create: true,
    truncate: true,
    write: true,
  });
  await writeAll(
    file,
    npyHeader("|u1", [
      inputImages.length,
      INPUT_IMAGE_HEIGHT,
      INPUT_IMAGE_WIDTH,
    ]),
  );
  for (const { pixels } of inputImages) await writeAll(file, pixels);
  const features = new Float32Array(inputImages.length * FEATURES.length);
  inputImages.forEach((inputImage, row) =>
    features.set(inputImage.features, row * FEATURES.length)
  );
  await writeNpy(join(folder, `features-${name}.npy`), {
    shape: [inputImages.length, FEATURES.length],
    values: features,
  });
  const labels = Uint8Array.from(inputImages, ({ label }) => labelIndex(label));
  await writeNpy(join(folder, `labels-${name}.npy`), {
    shape: [labels.length],
    values: labels,
  });
}

function shown(plane: Plane): Pick<LabelledInputImage, "pixels" | "features"> {
  const { flips, features } = prepareInputs(plane, {
    flips: 1,
    features: true,
  });
  return { pixels: flips, features: features! };
}

function labelIndex(label: FrameType | "other"): number {
  return label === "other" ? OTHER_LABEL : FRAME_TYPES.indexOf(label);
}
