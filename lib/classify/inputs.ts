import {
  addErrorLocation,
  type ErrorCode,
  shortenText,
  SpitError,
  toTypedError,
} from "../errors.ts";
import type { Frame, Pixels } from "../fits/frame.ts";
import { type Card, cardString, type Header } from "../fits/header.ts";
import type { Hdu } from "../fits/hdu.ts";
import {
  DEFAULT_MAX_BYTES,
  type FitsFile,
  type FitsLimits,
  imageHdus,
  openFitsFile,
} from "../fits/open_fits.ts";
import type { PixelMemory } from "../fits/pixels.ts";
import type { HeaderClaim } from "../header/claim.ts";
import type { LogEntry } from "../header/log_entry.ts";
import { LONGEST_TEXT, readClaims } from "../header/read_claims.ts";
import type { Rules } from "../header/rules.ts";
import type { FileReadOptions } from "../io/file.ts";
import { releaseMemory } from "../io/memory.ts";
import type { ModelCard } from "../model/model_card.ts";
import {
  INPUT_IMAGE_HEIGHT,
  INPUT_IMAGE_WIDTH,
  type InputImage,
} from "../preprocess/input_image.ts";
import { measureDamage, type PlaneDamage } from "../preprocess/damage.ts";
import type { FrameStatistics } from "../preprocess/statistics.ts";
import {
  type InputOptions,
  measureFrame,
  measureInputs,
  type PlaneInputs,
} from "../preprocess/preprocess.ts";
import { areReads, mayBeReads, subtractReads } from "./reads.ts";

/** Which part of a file is read, and how. */
export interface ReadOptions extends FitsLimits {
  /** Index of the only HDU to read, from 0. Default: all image HDUs. */
  readonly hdu?: number;
  /** Rules for headers, from `readRules`; they come before the built-in ones. Default: none. */
  readonly rules?: readonly Rules[];
}

export interface ReadInputsOptions
  extends ReadOptions, FileReadOptions, InputOptions {
  /** Whether to keep a preview of each HDU. Default: false. */
  readonly preview?: boolean;
}

/** What a page or a terminal shows of one image HDU. */
export interface HduPreview {
  readonly hdu: number;
  readonly width: number;
  readonly height: number;
  readonly inputImage: InputImage;
  /** Maximum of each row of the oriented frame after the clip; NaN where no value survives. */
  readonly rowMaxima: Float64Array;
  /** Cards of the HDU, followed by those of the primary header. */
  readonly cards: readonly Card[];
}

export interface HduInputs extends Pick<PlaneInputs, "flips" | "features"> {
  readonly hdu: number;
  /** EXTNAME, or `null`. */
  readonly name: string | null;
  /** What is wrong with the pixels; of reads, with those of the last one. */
  readonly damage: PlaneDamage;
  /** Noise of the quiet parts, counts; `null` where no other HDU is compared. */
  readonly noise: number | null;
  /** What is compared with other frames. */
  readonly statistics: FrameStatistics;
  /**
   * Index of the HDU of the first read, which was subtracted from this one, the last
   * read; `null` for an HDU that is no read.
   */
  readonly firstRead: number | null;
  /** `null` unless it was asked for. */
  readonly preview: HduPreview | null;
}

/** A file that was read. */
export interface FileInputs {
  readonly path: string;
  readonly header: HeaderClaim;
  readonly log: LogEntry;
  readonly hdus: readonly HduInputs[];
  readonly error: null;
}

/** A file that could not be read; `header` and `log` are `null` if its header could not. */
export interface FailedInputs {
  readonly path: string;
  readonly header: HeaderClaim | null;
  readonly log: LogEntry | null;
  readonly error: SpitError;
}

/**
 * Returns the inputs that a model needs: one flip where no flip changes the output of
 * the network, and features where the network takes them.
 */
export function getInputOptions(
  { vote, features }: Pick<ModelCard, "vote" | "features">,
): InputOptions {
  return {
    flips: vote.flip_invariant ? 1 : 4,
    features: features !== undefined,
  };
}

/**
 * Reads the image HDUs of a file, or the signal of its reads, and prepares the inputs of a network.
 *
 * It never rejects: anything that is wrong with the file, or with any of its HDUs, is
 * the `error` of the whole file.
 */
export async function readInputs(
  path: string,
  {
    hdu,
    rules,
    maxBytes = DEFAULT_MAX_BYTES,
    blocking,
    preview = false,
    ...wanted
  }: ReadInputsOptions,
): Promise<FileInputs | FailedInputs> {
  let header: HeaderClaim | null = null;
  let log: LogEntry | null = null;
  const memory = spareMemory.pop() ?? { buffer: new ArrayBuffer(0) };
  try {
    using file = await openFitsFile(path, { maxBytes, blocking });
    ({ header, log } = readClaims(file, hdu, rules));
    const hdus: HduInputs[] = [];
    const selected = selectHdus(file, hdu);
    const beforeAll = () => assertRoom(selected.length, wanted.flips, maxBytes);
    const images = readImages(file, selected, { memory, maxBytes, beforeAll });
    for await (const { frame, firstRead, damage } of images) {
      const inputs = damage === null
        ? measureFrame(frame, wanted)
        : { ...measureInputs(frame, wanted), damage };
      const { flips, features, noise, statistics } = inputs;
      const { hdu, header } = frame;
      hdus.push({
        hdu,
        name: readName(header),
        damage: inputs.damage,
        noise: selected.length > 1 ? noise : null,
        statistics,
        firstRead,
        flips,
        features,
        preview: preview ? makePreview(frame, inputs) : null,
      });
    }
    return { path, header, log, hdus, error: null };
  } catch (error) {
    // An unexpected error makes one failed row; it must not end a run of many files.
    const located = addErrorLocation(toTypedError(error), { file: path });
    return { path, header, log, error: located };
  } finally {
    if (memory.buffer.byteLength <= LARGEST_SPARE) spareMemory.push(memory);
  }
}

function readName(header: Header): string | null {
  const name = cardString(header, "EXTNAME");
  return name === undefined ? null : shortenText(name, LONGEST_TEXT);
}

/**
 * Throws if the inputs of all images of a file take more memory than its limit: a file of
 * a few megabytes can have thousands of images.
 *
 * @throws {SpitError} `too_large`.
 */
function assertRoom(
  images: number,
  flips: number,
  maxBytes: number,
): void {
  const bytes = images * flips * INPUT_IMAGE_WIDTH * INPUT_IMAGE_HEIGHT;
  if (bytes <= maxBytes) return;
  const what = `the file has ${images} images, whose inputs take ${bytes} ` +
    `bytes of memory, more than the limit of ${maxBytes}: classify one of ` +
    "them alone, by its index, or raise the limit with --max-bytes";
  throw new SpitError("too_large", what);
}

/** An image of a file, or the signal of all its reads. */
interface Image {
  readonly frame: Frame;
  readonly firstRead: number | null;
  /** That of a read, which is no longer in memory; `null` if `frame` is no signal of reads. */
  readonly damage: PlaneDamage | null;
}

/**
 * Reads the images one by one, or the signal alone if they are reads of one exposure. A
 * plane is valid until the next one. A large plane is alone in memory, because its inputs
 * need a copy of it; two are there while they are compared.
 *
 * @param beforeAll Called before the first of several images.
 * @throws {SpitError} `too_large`; the errors of reading.
 */
async function* readImages(
  file: FitsFile,
  hdus: readonly Hdu[],
  { memory, maxBytes, beforeAll }: {
    readonly memory: PixelMemory;
    readonly maxBytes: number;
    readonly beforeAll: () => void;
  },
): AsyncGenerator<Image, void, void> {
  const known: Frame[] = [];
  if (mayBeReads(hdus)) {
    const first = await file.readFrame(hdus[0]!.index, memory);
    const last = await file.readFrame(hdus.at(-1)!.index, {
      buffer: new ArrayBuffer(0),
      inUse: first.pixels.byteLength,
    });
    if (areReads(first, last)) {
      // Before the subtraction, which overwrites the pixels of the last read.
      const damages = [first, last].map((read) =>
        [read.hdu, measureDamage(read, read.header)] as const
      );
      const signal = subtractReads(last, first, maxBytes);
      const { frame, first: firstRead } = signal;
      const damage = new Map(damages).get(frame.hdu)!;
      for (const { pixels } of [first, last]) {
        if (pixels.buffer !== frame.pixels.buffer) releaseLarge(pixels);
      }
      yield { frame, firstRead, damage };
      return;
    }
    known.push(first);
    if (isLarge(last.pixels)) releaseMemory(last.pixels);
    else known.push(last);
  }
  beforeAll();
  for (const { index } of hdus) {
    const frame = known.find(({ hdu }) => hdu === index) ??
      await file.readFrame(index, memory);
    yield { frame, firstRead: null, damage: null };
    if (frame.pixels.buffer !== memory.buffer) releaseLarge(frame.pixels);
  }
}

/** Whether a plane has no room in memory beside two others. */
function isLarge({ byteLength }: Pixels): boolean {
  return byteLength > LARGEST_SPARE;
}

/** Returns the memory of a large plane that is no longer used. */
function releaseLarge(pixels: Pixels): void {
  if (isLarge(pixels)) releaseMemory(pixels);
}

/** The input image of a preview is a copy: the memory of the flips is given away. */
function makePreview(
  { hdu, width, height, header }: Frame,
  { inputImage, rowMaxima }: PlaneInputs,
): HduPreview {
  const copy = { ...inputImage, pixels: inputImage.pixels.slice() };
  const { cards } = header;
  return { hdu, width, height, inputImage: copy, rowMaxima, cards };
}

/** Errors of an HDU that is not a two-dimensional image, as opposed to a damaged one. */
const NOT_AN_IMAGE: readonly ErrorCode[] = [
  "cube",
  "no_image",
  "one_dimensional",
  "zero_axis",
];

/** HDUs that an error message names. */
const MOST_SHOWN = 20;

/**
 * Returns whether an HDU is compressed as a pixel list, which only masks are. Beside an
 * image, it is no part of the frame.
 */
function isMask({ header }: Hdu): boolean {
  return cardString(header, "ZCMPTYPE") === "PLIO_1";
}

/**
 * Returns the HDUs of a file that are classified: the one given, else all images, without
 * masks if there are other images.
 *
 * If one of several images is damaged, or the file is, none is: a verdict from half
 * of a detector could not be told from one from all of it. The intact images can be
 * classified one at a time, by their index.
 *
 * @throws {SpitError} `no_such_hdu`; the error of a damaged image or of the file; what
 *   `imageHdus` throws.
 */
export function selectHdus(file: FitsFile, hdu?: number): readonly Hdu[] {
  if (hdu !== undefined) {
    const selected = file.hdus.filter(({ index }) => index === hdu);
    if (selected.length > 0) return selected;
    const what =
      `the file has no HDU ${hdu}; it has ${file.hdus.length}, counted from 0`;
    throw new SpitError("no_such_hdu", what, { file: file.path });
  }
  const images = file.hdus.filter((one) => !isMask(one));
  const hdus = images.some(({ width }) => width > 0) ? images : file.hdus;
  const intact = imageHdus({ ...file, hdus });
  const damage = hdus
    .flatMap(({ fault }) => fault === undefined ? [] : [fault])
    .find(({ code }) => !NOT_AN_IMAGE.includes(code)) ?? file.fault;
  if (damage === undefined) return intact;
  const indices = intact.map(({ index }) => index);
  const shown = indices.slice(0, MOST_SHOWN).join(", ");
  const more = indices.length > MOST_SHOWN
    ? ` and ${indices.length - MOST_SHOWN} more`
    : "";
  throw new SpitError(
    damage.code,
    `${damage.description}; images are intact in HDU ${shown}${more}: ` +
      "give the index of one to classify it alone",
    { file: file.path, hdu: damage.hdu, byte: damage.byte, cause: damage },
  );
}

/**
 * Pixel memory of finished frames, one for each file that was read at the same time.
 * Allocating memory for each frame takes longer than copying its pixels.
 */
const spareMemory: PixelMemory[] = [];

/** Bytes of the largest memory that is kept, and of a plane that may be one of three. */
const LARGEST_SPARE = 1 << 26;
