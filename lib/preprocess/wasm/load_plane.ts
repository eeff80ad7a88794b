import type { Pixels, Plane } from "../../fits/frame.ts";
import {
  allocate,
  CHUNK,
  CHUNK_BYTES,
  COUNT,
  findRange,
  FLOAT,
  floatsAt,
  narrow,
  subtract,
  turn,
  WORD,
  wordsAt,
} from "./kernels.ts";
import { INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH } from "../input_image.ts";
import { MOST_BLOCKS, SAMPLE } from "../features_blocks.ts";
import { LONGEST } from "../features_profiles.ts";
import { turn as turnPixels } from "../orient.ts";
import { ROWS, SAMPLE as STATISTICS_SAMPLE } from "../statistics.ts";
import { SAMPLES as LIMIT_SAMPLES } from "../zscale.ts";

/** Smallest width and height: the kernels work on eight lanes. */
const LEAST = 8;
/** Largest height: rows are counted in 16 bits. */
const HIGHEST = 32767;
const LARGEST = 2 ** 28;
/**
 * Pixels from which there is one copy of a plane only, which takes no more memory than
 * the plane. A smaller one that is turned is copied twice, which is faster.
 */
const LARGE = 2 ** 24;

/** Strips of eight columns that the clip copies at a time: the width of a cache line. */
const STRIPS = 4;

/** Largest number of pixels that are loaded as floats, of 8 bytes each. */
const MOST_FLOATS = 2 ** 23;
/** Floats after some values that the kernels may read. */
export const SLACK = 15;
/** Columns of floats that the kernels clip at a time. */
export const CLIPPED = 4;

export const VALUES = 65536;

const INPUT_IMAGE = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

/**
 * An oriented plane in the memory of the kernels, which holds one plane: the next
 * {@linkcode loadPlane} overwrites it.
 */
export interface LoadedPlane {
  readonly kind: "words";
  /** Address of height × width values, row-major. */
  readonly address: number;
  /** Pixels along the dispersion. */
  readonly width: number;
  /** Pixels along the slit. */
  readonly height: number;
  /** The physical value of a stored 0. */
  readonly base: number;
  /** Whether the plane was turned by 90°, which reverses the slit. */
  readonly rotated: boolean;
  /** Whether `room.plane` is in the order of the file, as it is unless a large plane is turned. */
  readonly isInOrder: boolean;
  readonly room: NonNullable<ReturnType<typeof allocateRoom>>;
}

/**
 * Loads a plane whose pixels are integers within a range of 65536.
 *
 * @returns `undefined` for any other plane, and for one that is too small or too
 *   large for the kernels.
 */
export function loadPlane(plane: Plane): LoadedPlane | undefined {
  const { pixels } = plane;
  const width = Math.max(plane.width, plane.height);
  const height = Math.min(plane.width, plane.height);
  if (height < LEAST || height > HIGHEST || pixels.length > LARGEST) return;
  const base = findBase(pixels);
  if (base === undefined) return;
  const rotated = plane.height > plane.width;
  const isLarge = pixels.length > LARGE;
  if (isLarge && pixels.BYTES_PER_ELEMENT < WORD) return;
  const isCopiedTwice = rotated && !isLarge;
  const room = allocateRoom(width, height, isCopiedTwice);
  if (room === undefined) return;
  if (rotated && isLarge) {
    const words = wordsAt(room.plane, pixels.length);
    turnPixels(pixels, words, plane.width, plane.height);
    subtract(room.plane, pixels.length, base);
  } else copyWords(pixels, base, room.plane);
  if (isCopiedTwice) turn(room.plane, room.turned, plane.width, plane.height);
  const address = isCopiedTwice ? room.turned : room.plane;
  const isInOrder = !rotated || isCopiedTwice;
  return {
    kind: "words",
    address,
    width,
    height,
    base,
    rotated,
    isInOrder,
    room,
  };
}

function allocateRoom(width: number, height: number, rotated: boolean) {
  return allocate({
    plane: width * height * WORD,
    turned: rotated ? width * height * WORD : 0,
    strips: STRIPS * height * LEAST * WORD,
    low: width * WORD,
    high: width * WORD,
    maxima: height * FLOAT,
    image: INPUT_IMAGE * FLOAT,
    samples: LIMIT_SAMPLES * FLOAT,
    bytes: INPUT_IMAGE,
    histogram: VALUES * COUNT,
    results: 8 * FLOAT,
    points: LONGEST * FLOAT,
    residuals: MOST_BLOCKS * SAMPLE * FLOAT,
    bins: (MOST_BLOCKS * SAMPLE + LEAST) * WORD,
    scratch: (MOST_BLOCKS * SAMPLE + SLACK) * FLOAT,
    sample: STATISTICS_SAMPLE * WORD,
    light: width * COUNT,
    largest: width * WORD,
    slit: 2 * ROWS * FLOAT,
  });
}

/**
 * A plane of pixels of any kind in the memory of the kernels, as floats in the order of the
 * file. The next {@linkcode load} overwrites it.
 */
export interface LoadedFloats {
  readonly kind: "floats";
  readonly plane: Plane;
  /** Address of the first pixel of the oriented plane. */
  readonly first: number;
  /** Bytes from one row of the oriented plane to the next. */
  readonly rowStride: number;
  /** Bytes from one column of the oriented plane to the next. */
  readonly columnStride: number;
  readonly width: number;
  readonly height: number;
  readonly rotated: boolean;
  readonly room: NonNullable<ReturnType<typeof allocateFloats>>;
}

export type Loaded = LoadedPlane | LoadedFloats;

/**
 * Loads a plane as 16-bit integers, or as floats.
 *
 * @returns `undefined` for a plane that is too small or too large for the kernels.
 */
export function load(plane: Plane): Loaded | undefined {
  return loadPlane(plane) ?? loadFloats(plane);
}

function loadFloats(plane: Plane): LoadedFloats | undefined {
  const { pixels } = plane;
  const width = Math.max(plane.width, plane.height);
  const height = Math.min(plane.width, plane.height);
  if (height < LEAST || pixels.length > MOST_FLOATS) return;
  const room = allocateFloats(width, height);
  if (room === undefined) return;
  floatsAt(room.plane, pixels.length).set(pixels);
  const rotated = plane.height > plane.width;
  const step = plane.width * FLOAT;
  const place = rotated
    ? {
      first: room.plane + step - FLOAT,
      rowStride: -FLOAT,
      columnStride: step,
    }
    : { first: room.plane, rowStride: step, columnStride: FLOAT };
  return { kind: "floats", plane, ...place, width, height, rotated, room };
}

function allocateFloats(width: number, height: number) {
  return allocate({
    plane: width * height * FLOAT,
    columns: CLIPPED * (height + SLACK) * FLOAT,
    low: width * FLOAT,
    high: width * FLOAT,
    maxima: height * FLOAT,
    image: INPUT_IMAGE * FLOAT,
    bytes: INPUT_IMAGE,
    results: 8 * FLOAT,
    points: LONGEST * FLOAT,
    samples: (MOST_BLOCKS * SAMPLE + SLACK) * FLOAT,
    residuals: MOST_BLOCKS * SAMPLE * FLOAT,
    bins: (MOST_BLOCKS * SAMPLE + LEAST) * WORD,
    scratch: (MOST_BLOCKS * SAMPLE + SLACK) * FLOAT,
  });
}

/** Returns the value to store as 0; `undefined` when 16 bits cannot hold the pixels. */
function findBase(pixels: Pixels): number | undefined {
  switch (pixels.constructor) {
    case Uint8Array:
    case Uint16Array:
      return 0;
    case Int8Array:
    case Int16Array:
      return -VALUES / 2;
  }
  const range = floatsAt(RANGE, 2);
  range.set([Infinity, -Infinity]);
  for (let from = 0; from < pixels.length; from += FLOATS) {
    const count = fillFloats(pixels, from);
    if (!findRange(VALUES_AT, count, RANGE)) return undefined;
    // Also true for infinite values.
    if (!(range[1]! - range[0]! < VALUES)) return undefined;
  }
  const [least] = range;
  // Halves and quarters of a count must be exact, too.
  return Math.abs(least!) < 2 ** 32 ? least : undefined;
}

/** Where the range of the pixels and, after it, those of one part of them as floats are. */
const RANGE = CHUNK;
const VALUES_AT = CHUNK + 2 * FLOAT;
const FLOATS = CHUNK_BYTES / FLOAT - 2;

/**
 * Writes the pixels from one on as floats.
 *
 * @returns Their number, which is made even by writing the last one twice.
 */
function fillFloats(pixels: Pixels, from: number): number {
  const part = pixels.subarray(from, from + FLOATS);
  const { length } = part;
  const floats = floatsAt(VALUES_AT, length + length % 2);
  floats.set(part);
  floats[floats.length - 1] = part[length - 1]!;
  return floats.length;
}

/** Writes pixels less `base` as 16-bit numbers. */
function copyWords(pixels: Pixels, base: number, to: number): void {
  if (pixels.BYTES_PER_ELEMENT <= WORD) {
    wordsAt(to, pixels.length).set(pixels);
    if (base !== 0) subtract(to, pixels.length, base);
    return;
  }
  for (let from = 0; from < pixels.length; from += FLOATS) {
    const count = fillFloats(pixels, from);
    narrow(VALUES_AT, count, base, to + from * WORD);
  }
}
