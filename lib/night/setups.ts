/**
 * Setups of a night: the frames that were taken with the instrument as it was
 * then, and the calibrations that serve them.
 *
 * @module
 */
import type { LogEntry } from "../header/log_entry.ts";

/** What decides where a frame belongs. */
export interface SetUpFrame {
  /** Its type; `null` or `unknown` for one that has none. */
  readonly type: string | null;
  /** What its header says for an observing log; `null` when it could not be read. */
  readonly log: LogEntry | null;
}

/** A setup with its frames, in the order that they came in. */
export interface Setup<F> {
  /** A, B, … Z, AA, AB, … */
  readonly name: string;
  /** What its frames share. */
  readonly setup: Readonly<Record<string, string>>;
  /** The frames; a bias may be in several setups. */
  readonly frames: readonly F[];
}

/** What a bias or a dark must share with the frames that it serves. */
const OF_DETECTOR: readonly string[] = ["binning", "amp", "detector", "arm"];

/**
 * Groups frames by setup, as PypeIt does: frames whose named parts of the setup
 * are the same belong together, but for biases and darks, which no grating shows
 * in: they are in every setup of their detector's. A frame whose header says
 * nothing of its setup is in all of them, too: none is lost.
 *
 * Source: PypeIt, metadata.py (`unique_configurations`, `set_configurations`) and
 * `config_independent_frames` of its spectrographs, from which it differs in that
 * what belongs nowhere has a setup of its own, not none.
 *
 * @param names The parts of the setup that count.
 */
export function setupsOf<F extends SetUpFrame>(
  frames: readonly F[],
  names: readonly string[],
): Setup<F>[] {
  const found: { parts: Parts; frames: Set<F> }[] = [];
  const join = (frame: F, parts: Parts) => {
    const key = JSON.stringify(parts);
    const same = found.find((one) => JSON.stringify(one.parts) === key);
    if (same) same.frames.add(frame);
    else found.push({ parts, frames: new Set([frame]) });
  };

  const [shared, own] = partition(
    frames,
    (frame) =>
      isShared(frame) || Object.keys(partsOf(frame, names)).length === 0,
  );
  for (const frame of own) join(frame, partsOf(frame, names));
  const setups = [...found];
  for (const frame of shared) {
    const parts = partsOf(
      frame,
      isShared(frame) ? names.filter((name) => OF_DETECTOR.includes(name)) : [],
    );
    const served = setups.filter((one) => isAlike(one.parts, parts));
    for (const one of served) one.frames.add(frame);
    if (served.length === 0) join(frame, parts);
  }
  return found.map((one, place) => ({
    name: setupName(place),
    setup: one.parts,
    frames: frames.filter((frame) => one.frames.has(frame)),
  }));
}

type Parts = Readonly<Record<string, string>>;

function isShared({ type }: SetUpFrame): boolean {
  return type === "bias" || type === "dark";
}

function partsOf({ log }: SetUpFrame, names: readonly string[]): Parts {
  const said = names.flatMap((name) => {
    const value = log?.setup[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(said);
}

/** Whether all that both say is the same. */
function isAlike(one: Parts, other: Parts): boolean {
  return Object.entries(other).every(([name, value]) =>
    one[name] === undefined || one[name] === value
  );
}

function partition<F>(
  frames: readonly F[],
  isFirst: (frame: F) => boolean,
): [F[], F[]] {
  return [frames.filter(isFirst), frames.filter((frame) => !isFirst(frame))];
}

/**
 * The name of a setup: a letter, and two after the 26th.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { setupName } from "./setups.ts";
 *
 * assertEquals([0, 25, 26, 53].map(setupName), ["A", "Z", "AA", "BB"]);
 * ```
 */
export function setupName(place: number): string {
  const letter = String.fromCharCode(65 + place % 26);
  return place < 26 ? letter : setupName(Math.floor(place / 26) - 1) + letter;
}
