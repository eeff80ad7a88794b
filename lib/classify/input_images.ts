/**
 * The input images of a file, and their features: which HDUs vote, and what they
 * look like.
 *
 * @module
 */
import { type ErrorCode, SpitError } from "../errors.ts";
import type { Frame, Plane } from "../fits/frame.ts";
import { makeHeader } from "../fits/header.ts";
import type { PixelMemory } from "../fits/pixels.ts";
import { type FitsFile, type Hdu, imageHdus } from "../fits/open_fits.ts";
import { claim, type HeaderClaim } from "../header/claim.ts";
import { type LogEntry, logEntryOf } from "../header/log_entry.ts";
import type { Rules } from "../header/rules.ts";
import { rulesFor } from "../header/rules_for.ts";
import type { ModelCard } from "../model/model_card.ts";
import type { InputImage } from "../preprocess/input_image.ts";
import { examine, preprocess } from "../preprocess/preprocess.ts";
import { FLIPS, flips } from "../preprocess/flips.ts";

/** Faults of an image that has no input image to give, as opposed to one that is damaged. */
const NO_INPUT_IMAGE: readonly ErrorCode[] = [
  "cube",
  "no_image",
  "one_dimensional",
  "zero_axis",
];

/**
 * The HDUs of a file that vote: the one asked for, else all images.
 *
 * Where one of several images is damaged, or the file is, none votes: a verdict
 * from half a detector would pass for one from all of it. Asked for by number
 * the intact ones can be typed.
 *
 * @throws {SpitError} `no_such_hdu`; the fault of a damaged image or of the file;
 *   what `imageHdus` throws.
 */
export function votingHdus(file: FitsFile, hdu?: number): readonly Hdu[] {
  if (hdu !== undefined) {
    const wanted = file.hdus.filter(({ index }) => index === hdu);
    if (wanted.length > 0) return wanted;
    throw new SpitError(
      "no_such_hdu",
      `the file has no HDU ${hdu}; it has ${file.hdus.length}, counted from 0`,
      { file: file.path },
    );
  }
  const intact = imageHdus(file);
  const damage = file.hdus
    .flatMap(({ fault }) => fault === undefined ? [] : [fault])
    .find(({ code }) => !NO_INPUT_IMAGE.includes(code)) ?? file.fault;
  if (damage === undefined) return intact;
  const numbers = intact.map(({ index }) => index).join(", ");
  throw new SpitError(
    damage.code,
    `${damage.description}; images are intact in HDU ${numbers}: choose one by its number to type it alone`,
    {
      file: file.path,
      ...(damage.hdu === undefined ? {} : { hdu: damage.hdu }),
      cause: damage,
    },
  );
}

/** What a file's headers say. */
export interface HeaderSays {
  /** What type they claim. */
  readonly header: HeaderClaim;
  /** What they say for an observing log. */
  readonly log: LogEntry;
}

/**
 * What the header of the HDU asked for, else of the first image, says; the primary header behind it.
 *
 * @param rules Rules of one's own, before the built-in ones.
 */
export function headerSays(
  file: FitsFile,
  hdu?: number,
  rules?: readonly Rules[],
): HeaderSays {
  const first = file.hdus.find(({ index, kind }) =>
    hdu === undefined ? kind === "image" || kind === "tiled" : index === hdu
  );
  const cards = [first, file.hdus[0]].flatMap((one) => one?.header.cards ?? []);
  const header = makeHeader(cards);
  const own = rulesFor(header, rules);
  return { header: claim(header, own), log: logEntryOf(header, own) };
}

/** What of a card decides what is made of a frame. */
export type Wants = Pick<ModelCard, "features" | "vote">;

/** What is made of one HDU. */
export interface HduInput {
  /** Its raw pixels. */
  readonly frame: Frame;
  /** Its input image. */
  readonly inputImage: InputImage;
  /** What the network runs of that: as many flips as {@linkcode countFlips} says, `210 * 650` values each. */
  readonly flips: Uint8Array;
  /** What it is told beside; `null` when it does not want to know. */
  readonly features: Float32Array | null;
}

/**
 * Reads and preprocesses HDUs, one at a time.
 *
 * @param wants The card of the network, or as much of it as matters here.
 * @param memory Where all frames are read to: each holds until the next is asked
 *   for. Without it each has memory of its own.
 * @throws {SpitError} What `readFrame` and `preprocess` throw.
 */
export async function* readInputs(
  file: FitsFile,
  hdus: readonly Hdu[],
  wants: Wants,
  memory?: PixelMemory,
): AsyncGenerator<HduInput> {
  for (const { index } of hdus) {
    const frame = await file.readFrame(index, memory);
    yield { frame, ...makeInput(wants, frame) };
  }
}

/** The input image of a plane and, since they take time, no more flips and features than the network wants. */
export function makeInput(
  wants: Wants,
  plane: Plane,
): Omit<HduInput, "frame"> {
  const { inputImage, features } = wants.features === undefined
    ? { inputImage: preprocess(plane), features: null }
    : examine(plane);
  const { pixels } = inputImage;
  return {
    inputImage,
    flips: countFlips(wants) === 1 ? pixels : flips(pixels),
    features,
  };
}

/**
 * How many flips of an input image the network runs: all of them, or the first alone,
 * which is the input image itself, where no flip changes what it says.
 */
export function countFlips({ vote }: Pick<ModelCard, "vote">): number {
  return vote.flip_invariant ? 1 : FLIPS;
}
