/**
 * What a set of frames has and lacks while it grows: the changes since the last check.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import { type FrameType, ON_SKY } from "../frame_type.ts";
import type { Configuration } from "./configuration.ts";
import {
  type ConfigurationRow,
  describeConfiguration,
} from "./configuration_table.ts";
import {
  fillsNeed,
  findMissingCalibrations,
  type GroupedFrame,
  groupUsable,
  selectUsable,
  type UsableFrame,
} from "./missing_calibrations.ts";
import { compareNights, type Dated, findNightLabel } from "./night.ts";
import {
  type Drift,
  findOutliers,
  type Outlier,
  selectSibling,
  type SiblingFindings,
  type SiblingFrame,
  type SiblingSet,
} from "./siblings.ts";

/** What {@linkcode followNight} reports. */
export interface FollowNightOptions {
  /**
   * Whether arcs and flats are followed by science frames, so that a configuration without
   * one has lacks, too. Default: false.
   */
  readonly expectScience?: boolean;
  /** Verdicts on frames that arrived before. Default: none. */
  readonly existing?: Iterable<Verdict>;
}

/** What has changed since the last check. */
export interface NightChanges {
  /**
   * Configurations whose lacks have changed, each with the frames of one night. One without
   * lacks is complete.
   */
  readonly configurations: readonly ConfigurationRow[];
  /** Frames unlike their siblings that no check returned before. */
  readonly outliers: readonly Outlier[];
  /** Drifts of sets of which no check returned one before. */
  readonly drifts: readonly Drift[];
  /** Number of configurations that lack a calibration, whether this has changed or not. */
  readonly lacking: number;
}

/**
 * Follows a set of frames to which verdicts are added one by one. The lacks are those of
 * `findMissingCalibrations`, without notes, and the outliers and drifts those of
 * `findOutliers`.
 *
 * Only nights of which a frame was added are followed, and the last night of the existing
 * frames until a frame of a later night is added. A configuration that was complete, and an
 * outlier or a drift, among the existing frames are not reported again. A configuration of
 * biases and darks alone is none that science frames are expected in.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { followNight } from "./follow_night.ts";
 *
 * const changes = followNight().check();
 * assertEquals(changes, { configurations: [], outliers: [], drifts: [], lacking: 0 });
 * ```
 */
export function followNight(
  { expectScience = false, existing = [] }: FollowNightOptions = {},
) {
  const usable = new Map<string, UsableFrame>();
  const siblings = new Map<string, SiblingFrame>();
  /** The lacks that were reported last, by a frame of the configuration and night. */
  const reported = new Map<string, string>();
  const reportedOutliers = new Set<string>();
  const reportedDrifts = new Set<string>();
  const followed = new Set<string | null>();
  /** Nights of the frames since the last check. */
  const changed = new Map<string | null, Dated>();

  const add = (verdict: Verdict): Dated | null => {
    const { file } = verdict;
    const replaced = usable.get(file);
    for (const known of [usable, siblings, reported, reportedOutliers]) {
      known.delete(file);
    }
    const frame = selectUsable(verdict);
    const sibling = selectSibling(verdict);
    if (frame !== null) usable.set(file, frame);
    if (sibling !== null) siblings.set(file, sibling);
    for (const { log } of [replaced, frame].filter((one) => one != null)) {
      changed.set(findNightLabel(log), log);
    }
    return frame?.log ?? null;
  };

  const compareSiblings = (): SiblingFindings => {
    if (changed.size === 0) return { outliers: [], drifts: [] };
    // The frames of a set are of one night.
    const compared = [...siblings.values()].filter(({ log }) =>
      log === null ||
      [...changed.values()].some((other) => compareNights(log, other) !== false)
    );
    changed.clear();
    const found = findOutliers(compared);
    const outliers = found.outliers
      .filter(({ file }) => !reportedOutliers.has(file));
    const drifts = found.drifts
      .filter(({ set }) => !reportedDrifts.has(identifySet(set)));
    for (const { file } of outliers) reportedOutliers.add(file);
    for (const { set } of drifts) reportedDrifts.add(identifySet(set));
    return { outliers, drifts };
  };

  const isReported = (members: readonly string[], lacks: string): boolean => {
    const known = members.flatMap((member) => reported.get(member) ?? []);
    return known.length > 0 && known.every((one) => one === lacks);
  };

  const report = (members: readonly string[], lacks: string): void => {
    for (const member of members) reported.set(member, lacks);
  };

  for (const verdict of existing) add(verdict);
  const last = findLast([...usable.values()]);
  const inherited = new Set(
    [...changed].filter(([, log]) =>
      last === null || compareNights(log, last) !== false
    ).map(([night]) => night),
  );
  for (const night of inherited) followed.add(night);
  compareSiblings();
  for (const { row, members } of listStates([...usable.values()], false)) {
    if (row.lacks.length === 0 && row.counts.science > 0) report(members, "");
  }

  return {
    /** Adds the verdict on a frame; it replaces an earlier one on the same file. */
    add(verdict: Verdict): void {
      const log = add(verdict);
      if (log === null) return;
      const night = findNightLabel(log);
      const isLater = last !== null && (night ?? "") > findNightLabel(last)! &&
        compareNights(log, last) === false;
      if (isLater) {
        for (const old of inherited) followed.delete(old);
        inherited.clear();
      }
      inherited.delete(night);
      followed.add(night);
    },
    /** Returns what has changed since the last check. */
    check(): NightChanges {
      const states = listStates([...usable.values()], expectScience)
        .filter(({ night }) => followed.has(night));
      const configurations = states.flatMap(({ row, members }) => {
        const lacks = row.lacks.map(({ calibration }) => calibration).join();
        if (isReported(members, lacks)) return [];
        const isNew = members.every((member) => !reported.has(member));
        const isAwaited = lacks !== "" || row.counts.science > 0 ||
          expectScience || !isNew;
        if (!isAwaited) return [];
        report(members, lacks);
        return [row];
      });
      return {
        configurations,
        ...compareSiblings(),
        lacking: states.filter(({ row }) => row.lacks.length > 0).length,
      };
    },
  };
}

/** Identifies a set while its number of frames grows. */
function identifySet({ count: _, ...set }: SiblingSet): string {
  return JSON.stringify(set);
}

/** Returns the log entry of the last frame; `null` if none has a date. */
function findLast(frames: readonly UsableFrame[]): Dated | null {
  const dated = frames.map(({ log }) => log)
    .filter((log) => findNightLabel(log) !== null);
  const rank = (log: Dated) => findNightLabel(log)!;
  return dated.length === 0
    ? null
    : dated.reduce((one, other) => rank(other) > rank(one) ? other : one);
}

/** The frames of a configuration and night that are waiting for calibrations. */
interface State {
  readonly night: string | null;
  readonly row: ConfigurationRow;
  /** The frames that are in no other configuration: names can change, and these do not. */
  readonly members: readonly string[];
}

const LIT: readonly FrameType[] = ["arc", "flat"];

function listStates(
  frames: readonly UsableFrame[],
  expectScience: boolean,
): State[] {
  const { configurations } = groupUsable(frames);
  const expected = expectScience
    ? configurations.map(addExpectedScience)
    : configurations;
  const missing = findMissingCalibrations({ configurations: expected });
  const places = new Map<string, number>();
  for (const { file } of configurations.flatMap(({ frames }) => frames)) {
    places.set(file, (places.get(file) ?? 0) + 1);
  }
  return configurations.flatMap((configuration): State[] => {
    const { instrument, name } = configuration;
    const nights = Map.groupBy(
      configuration.frames,
      ({ log }) => findNightLabel(log),
    );
    return [...nights].flatMap(([night, own]): State[] => {
      const isWaiting = own.some((frame) =>
        isOf(ON_SKY, frame) || expectScience && isOf(LIT, frame)
      );
      if (!isWaiting) return [];
      const row = describeConfiguration(
        { ...configuration, frames: own },
        missing.filter((one) => one.night === night),
      );
      const unique = own.map(({ file }) => file)
        .filter((file) => places.get(file) === 1);
      const key = JSON.stringify([instrument, name, night]);
      return [{ night, row, members: unique.length > 0 ? unique : [key] }];
    });
  });
}

/** Returns whether a frame stands for one of the types. */
function isOf(types: readonly FrameType[], frame: UsableFrame): boolean {
  return types.includes(frame.type) && fillsNeed(frame.subtype);
}

/** Adds a science frame to each night that has an arc or a flat, and none. */
function addExpectedScience(
  configuration: Configuration<GroupedFrame>,
): Configuration<GroupedFrame> {
  const nights = Map.groupBy(
    configuration.frames,
    ({ log }) => findNightLabel(log),
  );
  const expected = [...nights.values()].flatMap((own): GroupedFrame[] => {
    const lit = own.find((frame) => isOf(LIT, frame));
    if (lit === undefined || own.some((frame) => isOf(["science"], frame))) {
      return [];
    }
    const log = { ...lit.log, configuration: configuration.configuration };
    return [{ file: "", type: "science", subtype: null, use: true, log }];
  });
  return {
    ...configuration,
    frames: [...configuration.frames, ...expected],
  };
}
