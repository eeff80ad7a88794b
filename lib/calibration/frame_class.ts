/**
 * Frames that are alike in what a calibration must share with them.
 *
 * @module
 */
import type { LogEntry } from "../header/log_entry.ts";

/** Frames of one instrument, night and configuration. */
export interface FrameClass {
  /** Instrument; `null` where the header does not tell. */
  readonly instrument: string | null;
  /** Night; `null` where the header does not tell. */
  readonly night: string | null;
  /** Setup, as far as the header tells: PypeIt's name → text. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Paths, in the order given. */
  readonly files: readonly string[];
}

/** What a class is told by. */
export type ClassMark = Omit<FrameClass, "files">;

/**
 * Numbers that differ by less, relative to the larger, are the same: encoders
 * jitter. It is the tolerance of PypeIt for the tilt of Kast's grating (`rtol` of
 * `dispangle` in shane_kast.py).
 */
const TOLERANCE = 1e-3;

/**
 * Puts frames into classes, in the order in which they come first.
 *
 * @param keys What of the configuration counts.
 */
export function classesOf(
  frames: Iterable<{ readonly file: string; readonly log: LogEntry }>,
  keys: readonly string[],
): FrameClass[] {
  const classes = new Map<string, FrameClass & { readonly files: string[] }>();
  for (const { file, log: { instrument, night, configuration } } of frames) {
    const known = keys.flatMap((key) => {
      const text = configuration[key]?.trim() ?? "";
      return text === "" ? [] : [[key, text] as const];
    });
    const name = JSON.stringify([instrument, night, known]);
    const there = classes.get(name);
    if (there !== undefined) there.files.push(file);
    else {
      classes.set(name, {
        instrument,
        night,
        configuration: Object.fromEntries(known),
        files: [file],
      });
    }
  }
  return [...classes.values()];
}

/**
 * Whether a calibration serves frames: the instrument is the same, and so are the
 * night and what they must share of the configuration, wherever both are known. An
 * instrument without a name is an instrument, too: it writes that card in all of
 * its frames or in none.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { serves } from "./frame_class.ts";
 *
 * const frame = { instrument: "kast-red", night: "2016-08-26", configuration: { dispangle: "7450.2" } };
 * const arc = { ...frame, night: null, configuration: { dispangle: "7450.1", decker: "0.5" } };
 * assert(serves(arc, frame, ["dispname", "dispangle"]));
 * assert(!serves({ ...arc, night: "2016-08-27" }, frame, []));
 * ```
 */
export function serves(
  calibration: ClassMark,
  frame: ClassMark,
  shared: readonly string[],
): boolean {
  if (calibration.instrument !== frame.instrument) return false;
  const nights = [calibration.night, frame.night];
  return (nights.includes(null) || nights[0] === nights[1]) &&
    shared.every((key) => {
      const [one, other] = [
        calibration.configuration[key],
        frame.configuration[key],
      ];
      return one === undefined || other === undefined ||
        isSameValue(one, other);
    });
}

/** Whether the same is known of two classes, and it is the same. */
export function isAlike(one: ClassMark, other: ClassMark): boolean {
  const keys = Object.keys(one.configuration);
  return one.instrument === other.instrument && one.night === other.night &&
    keys.length === Object.keys(other.configuration).length &&
    keys.every((key) =>
      other.configuration[key] !== undefined &&
      isSameValue(one.configuration[key]!, other.configuration[key])
    );
}

function isSameValue(one: string, other: string): boolean {
  if (one.toUpperCase() === other.toUpperCase()) return true;
  const [a, b] = [Number(one), Number(other)];
  // Texts give NaN, which is not near to anything.
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
