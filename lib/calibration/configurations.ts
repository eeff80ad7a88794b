/**
 * Configurations of a night: the frames that were taken with the instrument as it was
 * then, and the calibrations that serve them.
 *
 * @module
 */
import type { FrameType } from "../frame_type.ts";
import type { LogEntry } from "../header/log_entry.ts";

/** What decides where a frame belongs. */
export interface ConfiguredFrame {
  /** Its type; `null` or `unknown` for one that has none. */
  readonly type: FrameType | "unknown" | null;
  /** What its header says for an observing log; `null` when it could not be read. */
  readonly log: LogEntry | null;
}

/** What tells the configurations of an instrument apart. */
export interface ConfigurationKeys {
  /** Parts of the configuration (`LogEntry.configuration`) that count. */
  readonly keys: readonly string[];
  /** Types that serve several configurations, and the parts that they must share with those. */
  readonly shared: Readonly<Partial<Record<FrameType, readonly string[]>>>;
  /** Parts that are numbers, and by how much these may differ, relative to the first. */
  readonly tolerances: Readonly<Record<string, number>>;
}

/** A configuration with its frames, in the order that they came in. */
export interface Configuration<F> {
  /** A, B, … Z, AA, AB, … */
  readonly name: string;
  /** What its frames share, by the first of them. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The frames; a bias may be in several configurations. */
  readonly frames: readonly F[];
}

/**
 * Groups frames by configuration, as PypeIt does: frames whose parts of the configuration are the
 * same belong together, but for the shared ones, biases mostly, which no grating
 * shows in: they are in every configuration that they serve. A frame whose header says
 * nothing of its configuration is in all of them, too: none is lost.
 *
 * Source: PypeIt 2.0.1, metadata.py (`unique_configurations`,
 * `set_configurations`), spectrograph.py (`same_configuration`). It differs in that
 * what belongs nowhere has a configuration of its own, not none, and that a part that a
 * header leaves out does not keep a shared frame away.
 */
export function groupByConfiguration<F extends ConfiguredFrame>(
  frames: readonly F[],
  marks: ConfigurationKeys,
): Configuration<F>[] {
  const { keys, tolerances } = marks;
  const found: { first: ConfiguredFrame; frames: Set<F> }[] = [];
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
  const configurations = [...found];
  for (const frame of frames.filter(isServing)) {
    const names = sharedBy(frame, marks) ?? [];
    const served = configurations.filter(({ first }) =>
      isAlike(partsOf(first, names), partsOf(frame, names), tolerances)
    );
    for (const one of served) one.frames.add(frame);
    if (served.length === 0) join(frame, keys);
  }
  return found.map(({ first, frames: members }, place) => ({
    name: setupLetter(place),
    configuration: partsOf(first, keys),
    frames: frames.filter((frame) => members.has(frame)),
  }));
}

type Parts = Readonly<Record<string, string>>;

/** What a frame that serves several configurations must share with them; of any other `undefined`. */
function sharedBy({ type }: ConfiguredFrame, { shared }: ConfigurationKeys) {
  return type === null || type === "unknown" ? undefined : shared[type];
}

function partsOf({ log }: ConfiguredFrame, names: readonly string[]): Parts {
  const said = names.flatMap((name) => {
    const value = log?.configuration[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(said);
}

/** Whether all that both say is the same. */
function isAlike(
  one: Parts,
  other: Parts,
  tolerances: ConfigurationKeys["tolerances"],
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
 * The name of a configuration: a letter, and two after the 26th.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { setupLetter } from "./configurations.ts";
 *
 * assertEquals([0, 25, 26, 53].map(setupLetter), ["A", "Z", "AA", "BB"]);
 * ```
 */
export function setupLetter(place: number): string {
  const letter = String.fromCharCode(65 + place % 26);
  return place < 26 ? letter : setupLetter(Math.floor(place / 26) - 1) + letter;
}
