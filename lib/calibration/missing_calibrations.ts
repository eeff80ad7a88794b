import type { Verdict } from "../classify/verdict.ts";
import { type FrameType, ON_SKY } from "../frame_type.ts";
import type { LogEntry } from "../header/log_entry.ts";
import type { ConfigurationKey } from "../header/rules.ts";
import { type Subtype, SUBTYPES } from "../header/subtype.ts";
import {
  type Configuration,
  type ConfigurationDefinition,
  type ConfigurationValues,
  type FindDefinition,
  findDefinition,
  groupByConfiguration,
  type Grouping,
  isCompatible,
  listKeys,
  listTolerances,
  selectValues,
} from "./configuration.ts";
import { compareNights, findNightLabel } from "./night.ts";

/** A frame that may be used as its type. */
export interface UsableFrame {
  readonly file: string;
  readonly type: FrameType;
  /** What it is besides its type; `null` if the header does not say. */
  readonly subtype: Subtype | null;
  readonly log: LogEntry;
}

/** Returns the frame of a verdict; `null` if the frame must not be used as its type. */
export function selectUsable(
  { file, type, subtype, use, log }: Verdict,
): UsableFrame | null {
  return use && type !== null && type !== "unknown" && log !== null
    ? { file, type, subtype, log }
    : null;
}

/** Kinds of calibrations that science frames and standards need. */
export type Calibration = "arc" | "flat" | "bias" | "standard";

/** A calibration that frames of a night lack. */
export interface MissingCalibration {
  /** The kind of calibration. */
  readonly calibration: Calibration;
  /** `missing`: the frames cannot be reduced well; `note`: they can, with less precision. */
  readonly severity: "missing" | "note";
  /** Instrument of the frames; `null` if unknown. */
  readonly instrument: string | null;
  /**
   * Night of the frames, the day of their start (UT) where the longitude is unknown; `null`
   * without a date.
   */
  readonly night: string | null;
  /** Names of the configurations of the frames: A, B, … */
  readonly configurations: readonly string[];
  /** The known values that the calibration must share with the frames. */
  readonly configuration: ConfigurationValues;
  /** Paths of the frames. */
  readonly files: readonly string[];
  /** Other nights of the set that have it; `unknown` for calibrations without a date. */
  readonly otherNights: readonly string[];
  /** The calibrations of the same type that differ in the fewest values; `null` for none. */
  readonly nearest: NearestCalibrations | null;
}

/** Calibrations that differ from the needed ones in some values. */
export interface NearestCalibrations {
  /** Their paths. */
  readonly files: readonly string[];
  /** Their values where those differ from the needed ones. */
  readonly differs: ConfigurationValues;
}

interface Need {
  readonly calibration: Calibration;
  readonly severity: MissingCalibration["severity"];
  readonly needing: readonly FrameType[];
  readonly serving: readonly FrameType[];
  /** Keys that frame and calibration must share. */
  readonly findKeys: (
    definition: ConfigurationDefinition,
  ) => readonly ConfigurationKey[];
  /** Keys that they should share, too; otherwise there is a note. */
  readonly preferred?: readonly ConfigurationKey[];
  /** Whether nothing is needed where the instrument has no such calibration at all. */
  readonly optional?: boolean;
}

/**
 * Keys in which arcs and flats should agree with the frames that they serve, even where
 * they are no part of the configuration, as the slit at Kast.
 */
const PREFERRED: readonly ConfigurationKey[] = [
  "decker",
  "slitwid",
  "filter1",
  "filter2",
];

/** What each calibration has to share; a bias shares the read-out of the detector. */
const NEEDS: readonly Need[] = [
  {
    calibration: "arc",
    severity: "missing",
    needing: ON_SKY,
    serving: ["arc"],
    findKeys: (definition) => listKeys(definition, "arc"),
    preferred: PREFERRED,
  },
  {
    calibration: "flat",
    severity: "missing",
    needing: ON_SKY,
    serving: ["flat"],
    findKeys: (definition) => listKeys(definition, "flat"),
    preferred: PREFERRED,
  },
  {
    calibration: "bias",
    severity: "missing",
    needing: ON_SKY,
    serving: ["bias", "dark"],
    findKeys: (definition) => listKeys(definition, "bias"),
  },
  {
    calibration: "standard",
    severity: "note",
    needing: ["science"],
    serving: ["standard"],
    // A flux calibration holds for a grating, whatever the slit and the angle.
    findKeys: () => ["arm", "dispname"],
    // Many programmes need no flux calibration.
    optional: true,
  },
];

/** A usable frame, as the grouping takes it. */
export type GroupedFrame = UsableFrame & { readonly use: true };

/** Groups usable frames by configuration. */
export function groupUsable(
  frames: readonly UsableFrame[],
  find?: FindDefinition,
): Grouping<GroupedFrame> {
  const usable = frames.map((frame) => ({ ...frame, use: true as const }));
  return groupByConfiguration(usable, find);
}

/**
 * Finds the calibrations that science frames and standards of a night lack: an arc and a
 * flat of the same configuration, and a bias or dark of the same detector readout. A
 * grating without a standard star, if the instrument has one of another grating, and an
 * arc or a flat through another slit or filter, give a note.
 *
 * Frames that {@linkcode groupByConfiguration} finds incomplete lack nothing and serve
 * nothing. Where the longitude is unknown, frames that start less than a day apart may be
 * of the same night, and others are not; a calibration without a date gives a note.
 *
 * @returns Missing calibrations first, then notes; each by night and instrument.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { LogEntry } from "../header/log_entry.ts";
 * import { findMissingCalibrations, groupUsable } from "./missing_calibrations.ts";
 *
 * const log = { instrument: null, night: null, mjd: null, configuration: {} };
 * const frames = [
 *   { file: "r1.fits", type: "science", subtype: null, log: log as unknown as LogEntry },
 *   { file: "r2.fits", type: "arc", subtype: null, log: log as unknown as LogEntry },
 *   { file: "r3.fits", type: "flat", subtype: "dome", log: log as unknown as LogEntry },
 * ] as const;
 * const missing = findMissingCalibrations(groupUsable(frames));
 * assertEquals(missing.map(({ calibration, severity }) => [calibration, severity]), [
 *   ["bias", "missing"],
 * ]);
 * ```
 */
export function findMissingCalibrations(
  { configurations }: Pick<Grouping<GroupedFrame>, "configurations">,
  find: FindDefinition = findDefinition,
): MissingCalibration[] {
  const byInstrument = Map.groupBy(
    configurations,
    ({ instrument }) => instrument,
  );
  const found = NEEDS.flatMap((need) =>
    [...byInstrument.values()].flatMap((own) => checkNeed(need, own, find))
  );
  const rank = ({ severity, night, instrument }: MissingCalibration) =>
    [severity, night ?? "", instrument ?? ""].join("\n");
  // The sort is stable: within a night and instrument the order of NEEDS remains.
  return found.sort((one, other) =>
    rank(one) < rank(other) ? -1 : rank(one) > rank(other) ? 1 : 0
  );
}

/** Frames of a night and a configuration that need a calibration. */
interface Needing {
  readonly configuration: Configuration<GroupedFrame>;
  readonly frames: readonly GroupedFrame[];
}

function checkNeed(
  need: Need,
  configurations: readonly Configuration<GroupedFrame>[],
  find: FindDefinition,
): MissingCalibration[] {
  const { instrument } = configurations[0]!;
  const definition = find(instrument);
  const keys = need.findKeys(definition);
  const tolerances = listTolerances(definition);
  const all = [...new Set(configurations.flatMap(({ frames }) => frames))];
  const isCalibration = ({ type, subtype }: GroupedFrame) =>
    need.serving.includes(type) && fillsNeed(subtype);
  const calibrations = all.filter(isCalibration);
  if (need.optional && calibrations.length === 0) return [];
  if (need.calibration === "bias" && definition.needsBias === false) return [];
  const groups = configurations.flatMap((configuration) =>
    listNeeding(configuration, need, definition)
  );
  const ofConfiguration = new Map(configurations.map((configuration) => [
    configuration,
    configuration.frames.filter(isCalibration),
  ]));
  const byValues = [
    ...Map.groupBy(
      calibrations,
      ({ log }) => JSON.stringify(selectValues(log, keys)),
    ).values(),
  ];
  const findServing = ({ configuration, frames: [first] }: Needing) =>
    need.calibration === "standard"
      ? byValues.filter(([one]) =>
        isCompatible(
          selectValues(first!.log, keys),
          selectValues(one!.log, keys),
          tolerances,
        )
      ).flat()
      // Where headers tell no setting at all, another size may be another part of the
      // same spectrum.
      : need.calibration !== "bias" && hasNoSetting(configuration, keys)
      ? calibrations.filter(({ log }) => hasNoSetting(log, keys))
      : ofConfiguration.get(configuration)!;

  const more = (need.preferred ?? []).filter((key) => !keys.includes(key));
  const missing = groups.flatMap((group): (Needing & Lack)[] => {
    const serving = findServing(group);
    const ofNight = selectOfNight(serving, group.frames[0]!.log);
    if (ofNight.length > 0) {
      // Standards are often observed through a wide slit.
      const science = group.frames.filter(({ type }) => type === "science");
      return checkPreferred({ ...group, frames: science }, ofNight, more, {
        ...tolerances,
        decker: tolerances.decker ?? 0.03,
      });
    }
    const values = selectValues(group.configuration, keys);
    const undated = serving.filter(({ log }) => findNightLabel(log) === null);
    const nights = (undated.length > 0 ? undated : serving)
      .map(({ log }) => findNightLabel(log) ?? "unknown");
    return [{
      ...group,
      values,
      severity: undated.length > 0 ? "note" : need.severity,
      otherNights: [...new Set(nights)].sort(),
      nearest: serving.length > 0
        ? null
        : findNearest(values, calibrations, keys, tolerances),
    }];
  });
  return mergeLacks(missing).map((
    { frames, configuration, values, ...lack },
  ) => ({
    calibration: need.calibration,
    severity: lack.severity,
    instrument,
    night: findNightLabel(frames[0]!.log),
    configurations: configuration,
    configuration: values,
    files: frames.map(({ file }) => file),
    otherNights: lack.otherNights,
    nearest: lack.nearest,
  }));
}

/** Returns the frames of a configuration that need a calibration, by night. */
function listNeeding(
  configuration: Configuration<GroupedFrame>,
  { needing }: Need,
  { shared }: ConfigurationDefinition,
): Needing[] {
  const wanted = configuration.frames.filter(({ type, subtype }) =>
    needing.includes(type) && fillsNeed(subtype) &&
    // A standard through a wide slit serves others, and needs nothing of its own.
    shared[type] === undefined
  );
  const nights = Map.groupBy(wanted, ({ log }) => findNightLabel(log));
  return [...nights.values()].map((frames) => ({ configuration, frames }));
}

/** Whether a header has no value of a configuration except for the size of the image. */
function hasNoSetting(
  log: Parameters<typeof selectValues>[0],
  keys: readonly ConfigurationKey[],
): boolean {
  return Object.keys(selectValues(log, keys)).every((key) => key === "size");
}

interface Lack
  extends Pick<MissingCalibration, "severity" | "otherNights" | "nearest"> {
  readonly values: ConfigurationValues;
}

/** Selects the frames of the same night; all for a frame without a date. */
function selectOfNight(
  frames: readonly GroupedFrame[],
  log: LogEntry,
): readonly GroupedFrame[] {
  return findNightLabel(log) === null
    ? frames
    : frames.filter((frame) => compareNights(frame.log, log) === true);
}

/** Returns a note for frames that no calibration serves with the same slit and filter. */
function checkPreferred(
  { configuration, frames }: Needing,
  serving: readonly GroupedFrame[],
  keys: readonly ConfigurationKey[],
  tolerances: ConfigurationDefinition["tolerances"],
): (Needing & Lack)[] {
  if (keys.length === 0) return [];
  const groups = Map.groupBy(
    frames,
    ({ log }) => JSON.stringify(selectValues(log, keys)),
  );
  return [...groups.values()].flatMap((frames) => {
    const { slitwid, ...others } = selectValues(frames[0]!.log, keys);
    const isNamed = slitwid === undefined || slitwid === others.decker;
    const values = isNamed ? others : { ...others, slitwid };
    const isServed = serving.some(({ log }) =>
      isCompatible(values, selectValues(log, keys), tolerances)
    );
    if (isServed) return [];
    const nearest = findNearest(values, serving, keys, tolerances);
    const differing = Object.keys(nearest?.differs ?? {});
    return [{
      configuration,
      frames,
      severity: "note",
      values: selectValues({ configuration: values }, differing),
      otherNights: [],
      nearest,
    }];
  });
}

/** Finds the frames that differ from values in the fewest keys. */
function findNearest(
  values: ConfigurationValues,
  frames: readonly GroupedFrame[],
  keys: readonly string[],
  tolerances: ConfigurationDefinition["tolerances"],
): NearestCalibrations | null {
  const groups = Map.groupBy(frames, ({ log }) => {
    const own = selectValues(log, keys);
    const differing = keys.filter((key) =>
      own[key] !== undefined && values[key] !== undefined &&
      !isCompatible({ [key]: values[key] }, { [key]: own[key] }, tolerances)
    );
    return JSON.stringify(selectValues(log, differing));
  });
  const [nearest] = [...groups].map(([differs, own]) => ({
    files: own.map(({ file }) => file),
    differs: JSON.parse(differs) as ConfigurationValues,
  })).sort((one, other) =>
    Object.keys(one.differs).length - Object.keys(other.differs).length ||
    // One of the same slit or mask is rather meant than one of the same angle.
    Number("decker" in one.differs) - Number("decker" in other.differs)
  );
  return nearest ?? null;
}

/** Whether a frame of a subtype stands for its type: a twilight flat replaces no flat. */
export function fillsNeed(subtype: Subtype | null): boolean {
  return subtype === null || SUBTYPES[subtype].fillsNeed;
}

/** Merges lacks of the same night that the same calibration would end, as one bias. */
function mergeLacks(lacks: readonly (Needing & Lack)[]) {
  const groups = Map.groupBy(
    lacks,
    ({ frames, values, severity }) =>
      JSON.stringify([
        findNightLabel(frames[0]!.log),
        severity,
        Object.entries(values).sort(),
      ]),
  );
  return [...groups.values()].map((group) => ({
    ...group[0]!,
    configuration: [
      ...new Set(group.map(({ configuration }) => configuration.name)),
    ],
    frames: group.flatMap(({ frames }) => frames),
  }));
}
