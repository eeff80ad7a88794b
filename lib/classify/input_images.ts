/**
 * The pictures of a file, and their statistics: which HDUs vote, and what they
 * look like.
 *
 * @module
 */
import { type ErrorCode, SpitError } from "../errors.ts";
import type { Frame, Plane } from "../fits/frame.ts";
import { makeHeader } from "../fits/header.ts";
import type { PixelMemory } from "../fits/scale_pixels.ts";
import { type FitsFile, type Hdu, imageHdus } from "../fits/open_fits.ts";
import { claim, type HeaderClaim } from "../header/claim.ts";
import { type LogEntry, logEntryOf } from "../header/log_entry.ts";
import type { Rules } from "../header/rules.ts";
import { rulesFor } from "../header/rules_for.ts";
import type { ModelCard } from "../model/card.ts";
import type { Picture } from "../preprocess/input_image.ts";
import { examine, preprocess } from "../preprocess/preprocess.ts";
import { VIEWS, views } from "../preprocess/flips.ts";

/** Faults of an image that has no picture to give, as opposed to one that is damaged. */
const NO_PICTURE: readonly ErrorCode[] = [
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
    .find(({ code }) => !NO_PICTURE.includes(code)) ?? file.fault;
  if (damage === undefined) return intact;
  const numbers = intact.map(({ index }) => index).join(", ");
  throw new SpitError(
    damage.code,
    `${damage.what}; images are intact in HDU ${numbers}: choose one by its number to type it alone`,
    damage.place,
    damage,
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
export type Wants = Pick<ModelCard, "statistics" | "vote">;

/** What is made of one HDU. */
export interface HduPicture {
  /** Its raw pixels. */
  readonly frame: Frame;
  /** Its picture. */
  readonly picture: Picture;
  /** What the network runs of that: as many views as {@linkcode viewsRun} says, `210 * 650` values each. */
  readonly views: Uint8Array;
  /** What it is told beside; `null` when it does not want to know. */
  readonly statistics: Float32Array | null;
}

/**
 * Reads and preprocesses HDUs, one at a time.
 *
 * @param wants The card of the network, or as much of it as matters here.
 * @param memory Where all frames are read to: each holds until the next is asked
 *   for. Without it each has memory of its own.
 * @throws {SpitError} What `readFrame` and `preprocess` throw.
 */
export async function* picturesOf(
  file: FitsFile,
  hdus: readonly Hdu[],
  wants: Wants,
  memory?: PixelMemory,
): AsyncGenerator<HduPicture> {
  for (const { index } of hdus) {
    const frame = await file.readFrame(index, memory);
    yield { frame, ...pictureFor(wants, frame) };
  }
}

/** The picture of a plane and, since they take time, no more views and statistics than the network wants. */
export function pictureFor(
  wants: Wants,
  plane: Plane,
): Omit<HduPicture, "frame"> {
  const { picture, statistics } = wants.statistics === undefined
    ? { picture: preprocess(plane), statistics: null }
    : examine(plane);
  const { pixels } = picture;
  return {
    picture,
    views: viewsRun(wants) === 1 ? pixels : views(pixels),
    statistics,
  };
}

/**
 * How many views of a picture the network runs: all of them, or the first alone,
 * which is the picture itself, where no flip changes what it says.
 */
export function viewsRun({ vote }: Pick<ModelCard, "vote">): number {
  return vote.alike ? 1 : VIEWS;
}
