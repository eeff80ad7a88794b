import type { Verdict } from "../classify/verdict.ts";
import { type FrameType, mapTypes } from "../frame_type.ts";
import {
  type Configuration,
  type ConfigurationValues,
  type ConfiguredFrame,
  type FindDefinition,
  groupByConfiguration,
  type IncompleteFrame,
} from "./configuration.ts";
import {
  type Calibration,
  fillsNeed,
  findMissingCalibrations,
  type GroupedFrame,
  groupUsable,
  type MissingCalibration,
  selectUsable,
  type UsableFrame,
} from "./missing_calibrations.ts";
import { findNightLabel } from "./night.ts";

/** A configuration in the table of a set: its frames, counted by type, and what they lack. */
export interface ConfigurationRow {
  /** A, B, …, per instrument. */
  readonly name: string;
  /** `null` if unknown. */
  readonly instrument: string | null;
  /** The values that its frames share. */
  readonly configuration: ConfigurationValues;
  /** Nights of its frames, in order; days (UT) where the longitude is unknown. */
  readonly nights: readonly string[];
  /**
   * Paths of the usable frames by type, in the order of time. Frames that do not
   * stand for their type, such as a twilight flat, are left out. Biases are in every
   * configuration that they serve.
   */
  readonly files: Readonly<Record<FrameType, readonly string[]>>;
  /** Number of `files` by type. */
  readonly counts: Readonly<Record<FrameType, number>>;
  /** Calibrations that its science frames or standards lack. */
  readonly lacks: readonly ConfigurationLack[];
}

/** A calibration that frames of a configuration lack. */
export interface ConfigurationLack {
  /** The kind of calibration. */
  readonly calibration: Calibration;
  /** The night that lacks it; `null` without a date. */
  readonly night: string | null;
}

/** A frame whose header lacks keys of the configurations. */
export interface IncompleteHeader {
  /** Path of the frame. */
  readonly file: string;
  /** Its type. */
  readonly type: FrameType;
  /** The keys that it lacks; `instrument` among them if it names none. */
  readonly lacks: readonly string[];
  /** The configurations that its header does not contradict, as `kast-red A`. */
  readonly fits: readonly string[];
}

/** What a set of frames has and lacks. */
export interface ConfigurationTable {
  /** By instrument and time, complete ones among them. */
  readonly configurations: readonly ConfigurationRow[];
  /** Missing calibrations, those that are required first. */
  readonly missing: readonly MissingCalibration[];
  /** Frames in no configuration, because their header does not tell which. */
  readonly incomplete: readonly IncompleteHeader[];
  /** Frames that were put into the only configuration that their header does not contradict. */
  readonly completed: readonly IncompleteHeader[];
  /** Number of frames without a date, of which it is unknown whether they are of a night. */
  readonly undated: number;
}

/**
 * Returns the configurations of a set with the number of frames of each type and what they
 * lack. Only frames that may be used (`use`) count.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tabulateConfigurations } from "./configuration_table.ts";
 *
 * assertEquals(tabulateConfigurations([]).configurations, []);
 * ```
 */
export function tabulateConfigurations(
  verdicts: readonly Verdict[],
): ConfigurationTable {
  return tabulateUsable(verdicts.flatMap((one) => selectUsable(one) ?? []));
}

/**
 * {@linkcode tabulateConfigurations} for frames that {@linkcode selectUsable} returned.
 *
 * @param find Returns the definition of an instrument; by default the usual one.
 */
export function tabulateUsable(
  frames: readonly UsableFrame[],
  find?: FindDefinition,
): ConfigurationTable {
  const grouping = groupUsable(frames, find);
  const missing = findMissingCalibrations(grouping, find);
  const describe = (
    { frame, lacks, fits }: IncompleteFrame<GroupedFrame>,
  ): IncompleteHeader => ({
    file: frame.file,
    type: frame.type,
    lacks,
    fits: fits.map(nameInFull),
  });
  return {
    configurations: grouping.configurations.map((one) =>
      describeConfiguration(one, missing)
    ),
    missing,
    incomplete: grouping.incomplete.map(describe),
    completed: grouping.completed.map(describe),
    undated: frames.filter(({ log }) => findNightLabel(log) === null).length,
  };
}

/** Returns the name with the instrument: `kast-red A`. */
export function nameInFull(
  { instrument, name }: Pick<Configuration<unknown>, "instrument" | "name">,
): string {
  return instrument === null ? name : `${instrument} ${name}`;
}

/**
 * Returns the names of the configurations of each frame, in full, and the frames whose
 * header does not tell the configuration. A frame that must not be used is named, too.
 */
export function nameConfigurations<F extends ConfiguredFrame>(
  frames: readonly F[],
): {
  readonly names: ReadonlyMap<F, readonly string[]>;
  readonly incomplete: ReadonlySet<F>;
} {
  const names = new Map(frames.map((frame): [F, string[]] => [frame, []]));
  const { configurations, incomplete } = groupByConfiguration(frames);
  for (const configuration of configurations) {
    for (const frame of configuration.frames) {
      names.get(frame)!.push(nameInFull(configuration));
    }
  }
  return { names, incomplete: new Set(incomplete.map(({ frame }) => frame)) };
}

/** Counts the frames of a configuration, and selects the lacks that concern it. */
export function describeConfiguration(
  { name, instrument, configuration, frames }: Configuration<GroupedFrame>,
  missing: readonly MissingCalibration[],
): ConfigurationRow {
  const standing = frames.filter(({ subtype }) => fillsNeed(subtype));
  const files = mapTypes((type) =>
    standing.filter((frame) => frame.type === type).map(({ file }) => file)
  );
  const lacks = missing.filter((one) =>
    one.severity === "missing" && one.instrument === instrument &&
    one.configurations.includes(name)
  ).map(({ calibration, night }) => ({ calibration, night }));
  const nights = frames.flatMap(({ log }) => findNightLabel(log) ?? []);
  return {
    name,
    instrument,
    configuration,
    nights: [...new Set(nights)].sort(),
    files,
    counts: mapTypes((type) => files[type].length),
    lacks,
  };
}
