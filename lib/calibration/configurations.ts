/**
 * Setups of a night: the frames that were taken with the instrument as it was
 * then, and the calibrations that serve them.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import type { LogEntry } from "../header/log_entry.ts";

/** What decides where a frame belongs. */
export interface SetUpFrame {
  /** Its type; `null` or `unknown` for one that has none. */
  readonly type: FrameType | "unknown" | null;
  /** What its header says for an observing log; `null` when it could not be read. */
  readonly log: LogEntry | null;
}

/** What tells the setups of an instrument apart. */
export interface SetupMarks {
  /** Parts of the setup (`LogEntry.setup`) that count. */
  readonly keys: readonly string[];
  /** Types that serve several setups, and the parts that they must share with those. */
  readonly shared: Readonly<Partial<Record<FrameType, readonly string[]>>>;
  /** Parts that are numbers, and by how much these may differ, relative to the first. */
  readonly tolerances: Readonly<Record<string, number>>;
}

/** A setup with its frames, in the order that they came in. */
export interface Setup<F> {
  /** A, B, … Z, AA, AB, … */
  readonly name: string;
  /** What its frames share, by the first of them. */
  readonly setup: Readonly<Record<string, string>>;
  /** The frames; a bias may be in several setups. */
  readonly frames: readonly F[];
}

/**
 * Groups frames by setup, as PypeIt does: frames whose parts of the setup are the
 * same belong together, but for the shared ones, biases mostly, which no grating
 * shows in: they are in every setup that they serve. A frame whose header says
 * nothing of its setup is in all of them, too: none is lost.
 *
 * Source: PypeIt 2.0.1, metadata.py (`unique_configurations`,
 * `set_configurations`), spectrograph.py (`same_configuration`). It differs in that
 * what belongs nowhere has a setup of its own, not none, and that a part that a
 * header leaves out does not keep a shared frame away.
 */
export function setupsOf<F extends SetUpFrame>(
  frames: readonly F[],
  marks: SetupMarks,
): Setup<F>[] {
  const { keys, tolerances } = marks;
  const found: { first: SetUpFrame; frames: Set<F> }[] = [];
  const join = (frame: F, names: readonly string[]) => {
    const same = found.find(({ first }) => {
      const [one, other] = [partsOf(first, keys), partsOf(frame, names)];
      return isAlike(one, other, tolerances) &&
        Object.keys(one).length === Object.keys(other).length;
    });
    if (same !== undefined) same.frames.add(frame);
    else found.push({ first: frame, frames: new Set([frame]) });
  };

  const isServing = (frame: F) =>
    sharedBy(frame, marks) !== undefined ||
    Object.keys(partsOf(frame, keys)).length === 0;
  const own = frames.filter((frame) => !isServing(frame));
  for (const frame of own) join(frame, keys);
  const setups = [...found];
  for (const frame of frames.filter(isServing)) {
    const names = sharedBy(frame, marks) ?? [];
    const served = setups.filter(({ first }) =>
      isAlike(partsOf(first, names), partsOf(frame, names), tolerances)
    );
    for (const one of served) one.frames.add(frame);
    if (served.length === 0) join(frame, keys);
  }
  return found.map(({ first, frames: members }, place) => ({
    name: setupName(place),
    setup: partsOf(first, keys),
    frames: frames.filter((frame) => members.has(frame)),
  }));
}

type Parts = Readonly<Record<string, string>>;

/** What a frame that serves several setups must share with them; of any other `undefined`. */
function sharedBy({ type }: SetUpFrame, { shared }: SetupMarks) {
  return type === null || type === "unknown" ? undefined : shared[type];
}

function partsOf({ log }: SetUpFrame, names: readonly string[]): Parts {
  const said = names.flatMap((name) => {
    const value = log?.setup[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(said);
}

/** Whether all that both say is the same. */
function isAlike(
  one: Parts,
  other: Parts,
  tolerances: SetupMarks["tolerances"],
): boolean {
  return Object.entries(other).every(([name, value]) => {
    const first = one[name];
    if (first === undefined || first === value) return true;
    const size = (tolerances[name] ?? NaN) * Math.abs(Number(first));
    // Texts give NaN, which is not near to anything.
    return Math.abs(Number(value) - Number(first)) <= size;
  });
}

/**
 * The name of a setup: a letter, and two after the 26th.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { setupName } from "./configurations.ts";
 *
 * assertEquals([0, 25, 26, 53].map(setupName), ["A", "Z", "AA", "BB"]);
 * ```
 */
export function setupName(place: number): string {
  const letter = String.fromCharCode(65 + place % 26);
  return place < 26 ? letter : setupName(Math.floor(place / 26) - 1) + letter;
}
