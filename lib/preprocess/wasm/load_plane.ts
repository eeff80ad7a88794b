/**
 * A plane of 16-bit integers, where the kernels can work on it.
 *
 * @module
 */
import type { Pixels, Plane } from "../../fits/frame.ts";
import { COUNT, FLOAT, makeRoom, turn, WORD, wordsAt } from "./kernels.ts";
import { INPUT_IMAGE_HEIGHT, INPUT_IMAGE_WIDTH } from "../input_image.ts";
import { MOST_BLOCKS, SAMPLE } from "../features_blocks.ts";
import { LONGEST } from "../features_profiles.ts";

/** Fewest pixels along either axis: the kernels work on eight lanes. */
const LEAST = 8;
/** Most pixels along the slit, which are counted in 16 bits; and of a plane. */
const HIGHEST = 32767;
const LARGEST = 2 ** 28;

/** Values that 16 bits tell apart. */
export const VALUES = 65536;

const INPUT_IMAGE = INPUT_IMAGE_HEIGHT * INPUT_IMAGE_WIDTH;

/**
 * A plane in the kernels' memory, oriented. There is room for one: the next that
 * is loaded takes its place.
 */
export interface LoadedPlane {
  /** Where it lies: height × width values, row by row. */
  readonly address: number;
  /** Pixels along the dispersion. */
  readonly width: number;
  /** Pixels along the slit. */
  readonly height: number;
  /** What a value of 0 stands for. */
  readonly base: number;
  /** Whether it was turned, so that the slit's last pixel comes first. */
  readonly rotated: boolean;
  /** Room for what the kernels give. */
  readonly room: Readonly<Record<Room, number>>;
}

type Room =
  | "strip"
  | "low"
  | "high"
  | "maxima"
  | "image"
  | "shown"
  | "histogram"
  | "results"
  | "points"
  | "residuals"
  | "bins"
  | "scratch";

/**
 * Loads a plane whose pixels are integers that 16 bits can tell apart.
 *
 * @returns `undefined` for any other plane, and one too small or too large.
 */
export function loadPlane(plane: Plane): LoadedPlane | undefined {
  const { pixels } = plane;
  const width = Math.max(plane.width, plane.height);
  const height = Math.min(plane.width, plane.height);
  if (height < LEAST || height > HIGHEST || pixels.length > LARGEST) return;
  const base = baseOf(pixels);
  if (base === undefined) return;
  const rotated = plane.height > plane.width;
  const room = makeRoom({
    plane: pixels.length * WORD,
    turned: rotated ? pixels.length * WORD : 0,
    strip: height * LEAST * WORD,
    low: width * WORD,
    high: width * WORD,
    maxima: height * FLOAT,
    image: INPUT_IMAGE * FLOAT,
    shown: INPUT_IMAGE,
    histogram: VALUES * COUNT,
    results: 8 * FLOAT,
    points: LONGEST * FLOAT,
    residuals: MOST_BLOCKS * SAMPLE * FLOAT,
    bins: (MOST_BLOCKS * SAMPLE + LEAST) * WORD,
    scratch: MOST_BLOCKS * SAMPLE * FLOAT,
  });
  if (room === undefined) return;
  write(pixels, base, wordsAt(room.plane, pixels.length));
  if (rotated) turn(room.plane, room.turned, plane.width, plane.height);
  const address = rotated ? room.turned : room.plane;
  return { address, width, height, base, rotated, room };
}

/** What is to be 0; `undefined` when the pixels are no such integers. */
function baseOf(pixels: Pixels): number | undefined {
  switch (pixels.constructor) {
    case Uint8Array:
    case Uint16Array:
      return 0;
    case Int8Array:
    case Int16Array:
      return -VALUES / 2;
  }
  let least = Infinity;
  let most = -Infinity;
  for (let k = 0; k < pixels.length; k++) {
    const value = pixels[k]!;
    // A difference that is NaN, as of infinities, is no 0 either.
    if (!(value - Math.floor(value) === 0)) return undefined;
    if (value < least) least = value;
    if (value > most) most = value;
    if (most - least >= VALUES) return undefined;
  }
  // Beyond, halves and quarters of a count would not be exact.
  return Math.abs(least) < 2 ** 32 ? least : undefined;
}

function write(pixels: Pixels, base: number, to: Uint16Array): void {
  if (base === 0 || pixels.BYTES_PER_ELEMENT === 2) to.set(pixels);
  else for (let k = 0; k < to.length; k++) to[k] = pixels[k]! - base;
  if (pixels instanceof Int16Array) {
    for (let k = 0; k < to.length; k++) to[k] = to[k]! ^ 0x8000;
  }
}
