/**
 * Splits that cannot leak: whole spectrographs, or whole nights of one, lie on
 * one side.
 *
 * The paper split frame by frame, so that each of its test nights was also a
 * training night; neighbours in a night are near-copies of each other.
 *
 * @module
 */
import type { LabelledFrame } from "./manifest.ts";

/** Side of a frame. */
export type Split = "train" | "validation";

/** How much goes to validation, and the seed that decides which. */
export interface SplitRule {
  /** Any text; another seed gives another split. */
  readonly seed: string;
  /** Share of spectrographs held out whole, 0 to 1. */
  readonly instruments: number;
  /** Share of nights held out, of the spectrographs that remain, 0 to 1. */
  readonly nights: number;
}

/**
 * The split of the shipped networks: by night, so that every instrument is
 * trained on. What happens on an instrument that was not is for
 * cross-validation by spectrograph to say. Of the seeds from 1 on it is the
 * first that leaves five frames or more of every type, and of both arms of
 * Kast, on either side; no network had been trained on it then.
 */
export const SHIPPED_SPLIT: SplitRule = {
  seed: "8",
  instruments: 0,
  nights: 0.25,
};

/** The spectrograph behind an arm or camera: `kast` for `kast-red`. */
export function spectrograph(instrument: string): string {
  return instrument.split("-")[0]!;
}

/**
 * Side of a frame. It depends on the names of its spectrograph and night
 * alone, never on its pixels, label or neighbours, so that new frames move no
 * old one. Both arms of a spectrograph always fall together; a spectrograph
 * with `undated` frames keeps those as a night of their own.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { splitOf } from "./split.ts";
 *
 * const rule = { seed: "1", instruments: 0.3, nights: 0.3 };
 * const blue = splitOf({ instrument: "kast-blue", night: "2016-08-26" }, rule);
 * assertEquals(blue, splitOf({ instrument: "kast-red", night: "2016-08-26" }, rule));
 * ```
 */
export function splitOf(
  frame: Pick<LabelledFrame, "instrument" | "night">,
  rule: SplitRule,
): Split {
  const name = spectrograph(frame.instrument);
  const heldOut = hashToUnit(`${rule.seed}/${name}`) < rule.instruments ||
    hashToUnit(`${rule.seed}/${name}/${frame.night}`) < rule.nights;
  return heldOut ? "validation" : "train";
}

/**
 * Side of a labelled frame: what its manifest prescribes (`train` or
 * `training`; anything else is held out), else {@linkcode splitOf}.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { SHIPPED_SPLIT, sideOf } from "./split.ts";
 *
 * const frame = { instrument: "kast-red", night: "2015-08-18", split: "test" };
 * assertEquals(sideOf(frame, SHIPPED_SPLIT), "validation");
 * ```
 */
export function sideOf(
  frame: Pick<LabelledFrame, "instrument" | "night" | "split">,
  rule: SplitRule,
): Split {
  if (frame.split === "") return splitOf(frame, rule);
  return frame.split.toLowerCase().startsWith("train") ? "train" : "validation";
}

/** FNV-1a with MurmurHash3's finaliser, as a number in [0, 1). Both are in the public domain. */
function hashToUnit(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
