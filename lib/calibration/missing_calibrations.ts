import type { Verdict } from "../classify/verdict.ts";
import type { FrameType } from "../frame_type.ts";
import type { LogEntry } from "../header/log_entry.ts";
import type { ConfigurationKey } from "../header/rules.ts";
import { type Subtype, SUBTYPES } from "../header/subtype.ts";
import {
  type ConfigurationDefinition,
  type ConfigurationValues,
  findDefinition,
  isCompatible,
  isSameConfiguration,
  selectValues,
} from "./configuration.ts";

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

export type Calibration = "arc" | "flat" | "bias" | "standard";

export interface MissingCalibration {
  readonly calibration: Calibration;
  /** `missing`: the frames cannot be reduced well; `note`: they can, with less precision. */
  readonly severity: "missing" | "note";
  /** Instrument of the frames; `null` if unknown. */
  readonly instrument: string | null;
  /** Night of the frames; `null` if unknown. */
  readonly night: string | null;
  /** The known values that the calibration must share with the frames. */
  readonly configuration: ConfigurationValues;
  readonly files: readonly string[];
  /** Other nights of the set that have it. */
  readonly otherNights: readonly string[];
}

interface Need {
  readonly calibration: Calibration;
  readonly severity: MissingCalibration["severity"];
  readonly needing: readonly FrameType[];
  readonly serving: readonly FrameType[];
  /** Keys that frame and calibration must share. */
  readonly findKeys: (
    definition: ConfigurationDefinition,
  ) => ConfigurationKey[];
  /** Keys that they should share, too; otherwise there is a note. */
  readonly preferred?: readonly ConfigurationKey[];
  /** Whether nothing is needed where the instrument has no such calibration at all. */
  readonly optional?: boolean;
}

const ON_SKY: readonly FrameType[] = ["science", "standard"];

/** Keys of the detector. Frames that differ in these can never be combined. */
const DETECTOR_KEYS = ["arm", "detector", "binning"] as const;

const NEEDS: readonly Need[] = [
  {
    calibration: "arc",
    severity: "missing",
    needing: ON_SKY,
    serving: ["arc"],
    findKeys: ({ keys }) => [...DETECTOR_KEYS, ...keys],
    // Where the slit is no part of the configuration, as at Kast, arcs may be taken
    // through a narrower one.
    preferred: ["decker", "slitwid"],
  },
  {
    calibration: "flat",
    severity: "missing",
    needing: ON_SKY,
    serving: ["flat"],
    findKeys: ({ keys }) => [...DETECTOR_KEYS, ...keys],
  },
  {
    calibration: "bias",
    severity: "missing",
    needing: ON_SKY,
    serving: ["bias", "dark"],
    findKeys: ({ shared }) => [...DETECTOR_KEYS, "amp", ...shared.bias ?? []],
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

/**
 * Finds the calibrations that science frames and standards of a night lack: an arc and a
 * flat of the same configuration, and a bias or dark of the same detector readout. A
 * grating without a standard star, if the instrument has one of another grating, and an
 * arc through another slit, give a note.
 *
 * Only keys that both headers have are compared, so that a missing card never makes a
 * calibration missing.
 *
 * @returns Missing calibrations first, then notes; each by night and instrument.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { LogEntry } from "../header/log_entry.ts";
 * import { findMissingCalibrations } from "./missing_calibrations.ts";
 *
 * const log = { instrument: null, night: null, configuration: {} } as LogEntry;
 * const missing = findMissingCalibrations([
 *   { file: "r1.fits", type: "science", subtype: null, log },
 *   { file: "r2.fits", type: "arc", subtype: null, log },
 *   { file: "r3.fits", type: "flat", subtype: "dome", log },
 * ]);
 * assertEquals(missing.map(({ calibration, severity }) => [calibration, severity]), [
 *   ["bias", "missing"],
 * ]);
 * ```
 */
export function findMissingCalibrations(
  frames: readonly UsableFrame[],
): MissingCalibration[] {
  const byInstrument = Map.groupBy(frames, ({ log }) => log.instrument);
  const found = NEEDS.flatMap((need) =>
    [...byInstrument.values()].flatMap((own) => checkNeed(need, own))
  );
  const rank = ({ severity, night, instrument }: MissingCalibration) =>
    [severity, night ?? "", instrument ?? ""].join("\n");
  // The sort is stable: within a night and instrument the order of NEEDS remains.
  return found.sort((one, other) =>
    rank(one) < rank(other) ? -1 : rank(one) > rank(other) ? 1 : 0
  );
}

function checkNeed(
  need: Need,
  frames: readonly UsableFrame[],
): MissingCalibration[] {
  const { calibration, severity, needing, serving, preferred = [] } = need;
  const { instrument } = frames[0]!.log;
  const definition = findDefinition(instrument);
  const { tolerances } = definition;
  const keys = [...new Set(need.findKeys(definition))];
  const calibrations = frames.filter(({ type, subtype }) =>
    serving.includes(type) && fillsNeed(subtype)
  );
  if (need.optional && calibrations.length === 0) return [];
  const find = (
    wanted: readonly UsableFrame[],
    keys: readonly string[],
    severity: MissingCalibration["severity"],
  ): MissingCalibration[] =>
    findUnserved(wanted, calibrations, keys, tolerances)
      .map((group) => ({ calibration, severity, instrument, ...group }));

  // An exposure of the empty sky is no frame to reduce, and serves for none.
  const wanted = frames.filter(({ type, subtype }) =>
    needing.includes(type) && fillsNeed(subtype)
  );
  const missing = find(wanted, keys, severity);
  const more = preferred.filter((key) => !keys.includes(key));
  if (more.length === 0) return missing;
  const unserved = new Set(missing.flatMap(({ files }) => files));
  const served = wanted.filter(({ file }) => !unserved.has(file));
  return [...missing, ...find(served, [...keys, ...more], "note")];
}

/** Whether a frame of a subtype stands for its type: a twilight flat replaces no flat. */
function fillsNeed(subtype: Subtype | null): boolean {
  return subtype === null || SUBTYPES[subtype].fillsNeed;
}

/** Frames of one night that share values. */
type FrameGroup = Pick<
  MissingCalibration,
  "night" | "configuration" | "files"
>;

/** Groups the frames that no calibration serves, and finds the nights that could serve them. */
function findUnserved(
  frames: readonly UsableFrame[],
  calibrations: readonly UsableFrame[],
  keys: readonly string[],
  tolerances: ConfigurationDefinition["tolerances"],
): (FrameGroup & Pick<MissingCalibration, "otherNights">)[] {
  const available = groupFrames(calibrations, keys);
  const hasValues = (one: FrameGroup, frame: FrameGroup) =>
    isCompatible(frame.configuration, one.configuration, tolerances);
  const isSameNight = (one: FrameGroup, frame: FrameGroup) =>
    one.night === null || frame.night === null || one.night === frame.night;
  const unserved = groupFrames(frames, keys).filter((frame) =>
    !available.some((one) => isSameNight(one, frame) && hasValues(one, frame))
  );
  return mergeGroups(unserved, tolerances).map((frame) => {
    const nights = available.filter((one) => hasValues(one, frame))
      .flatMap(({ night }) => night ?? []);
    return { ...frame, otherNights: [...new Set(nights)].sort() };
  });
}

function groupFrames(
  frames: readonly UsableFrame[],
  keys: readonly string[],
): FrameGroup[] {
  const groups = Map.groupBy(
    frames,
    ({ log }) => JSON.stringify([log.night, selectValues(log, keys)]),
  );
  return [...groups.values()].map((members) => ({
    night: members[0]!.log.night,
    configuration: selectValues(members[0]!.log, keys),
    files: members.map(({ file }) => file),
  }));
}

/** Merges groups whose values differ within the tolerances only. */
function mergeGroups(
  groups: readonly FrameGroup[],
  tolerances: ConfigurationDefinition["tolerances"],
): FrameGroup[] {
  const merged: FrameGroup[] = [];
  for (const group of groups) {
    const k = merged.findIndex((one) =>
      one.night === group.night &&
      isSameConfiguration(one.configuration, group.configuration, tolerances)
    );
    if (k < 0) merged.push(group);
    else {
      const files = [...merged[k]!.files, ...group.files];
      merged[k] = { ...merged[k]!, files };
    }
  }
  return merged;
}
