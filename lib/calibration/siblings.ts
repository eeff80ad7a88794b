/**
 * Siblings: frames of one type, taken in one sequence with the same settings, which should
 * look the same. A frame unlike the others of its set is an outlier. A level that changes
 * from frame to frame is a drift.
 *
 * Frames of different exposure time, size, lamps, gain, slit or configuration are in
 * different sets and are never compared; nor are frames of targets and of the twilight,
 * which differ by nature.
 *
 * @module
 */
import { dirname } from "../std.ts";
import type { Verdict } from "../classify/verdict.ts";
import type { LogEntry } from "../header/log_entry.ts";
import { medianOf } from "../preprocess/percentile.ts";
import type { FrameStatistics } from "../preprocess/statistics.ts";
import {
  DETECTOR_KEYS,
  isSameConfiguration,
  isSameInstrument,
  selectValues,
} from "./configuration.ts";

/** Types whose frames are compared. */
const TYPES: readonly ComparedType[] = ["bias", "dark", "arc", "flat"];

/** A type whose frames are compared. */
export type ComparedType = "bias" | "dark" | "arc" | "flat";

/** The part of a verdict that is compared with those of other frames. */
export type SiblingFrame =
  & Pick<Verdict, "file" | "type" | "subtype" | "use" | "log" | "hdus">
  & {
    readonly pixels:
      | { readonly statistics?: FrameStatistics | undefined }
      | null;
  };

/** Frames that should look the same. */
export interface SiblingSet {
  /** Type of the frames. */
  readonly type: ComparedType;
  /** Instrument; `null` if unknown. */
  readonly instrument: string | null;
  /** Night of the first frame; `null` if unknown. */
  readonly night: string | null;
  /** Exposure time, seconds; `null` if unknown. */
  readonly exposure: number | null;
  /** Start of the first exposure, UT; `null` if unknown. */
  readonly start: string | null;
  /** Number of frames. */
  readonly count: number;
}

/** A frame unlike its siblings. */
export interface Outlier {
  /** Path, as in the verdict. */
  readonly file: string;
  /** The set that the frame belongs to. */
  readonly set: SiblingSet;
  /** What differs and by how much, for a person: `light 1.6 × that of the others`. */
  readonly differs: readonly string[];
}

/** A set whose level, or light, changes in one direction. */
export interface Drift {
  /** The set that drifts. */
  readonly set: SiblingSet;
  /** What changes and by how much, for a person. */
  readonly change: string;
}

/** What a comparison of siblings finds. */
export interface SiblingFindings {
  /** Frames unlike the others of their set. */
  readonly outliers: readonly Outlier[];
  /** Sets whose level or light changes in one direction. */
  readonly drifts: readonly Drift[];
}

/** Returns the part of a verdict that `findOutliers` needs; `null` if the frame is not compared. */
export function selectSibling(verdict: SiblingFrame): SiblingFrame | null {
  const compared = toCompared(verdict);
  if (compared === null) return null;
  const { file, type, subtype, use, log, hdus } = verdict;
  const { statistics } = compared;
  return { file, type, subtype, use, log, hdus, pixels: { statistics } };
}

/**
 * Finds the frames that are unlike the others of their set, and the sets that drift.
 *
 * Only frames that may be used are compared, in sets of at least four. A value is an
 * outlier if it is far from the median of the set both in units of the scatter (the median
 * absolute deviation) and by more than sound frames differ. Where more than two fifths of
 * a set deviate, none is an outlier.
 *
 * @returns Outliers and drifts in the order of the sets, and within a set in that of time.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { computeStatistics } from "../preprocess/statistics.ts";
 * import { findOutliers } from "./siblings.ts";
 *
 * const frames = [1000, 1000, 1000, 1000, 1030].map((level, k) => {
 *   const pixels = Uint16Array.from({ length: 300 * 800 }, (_, k) => level + k % 2);
 *   const statistics = computeStatistics({ width: 800, height: 300, pixels }, 4);
 *   const log = null;
 *   return { file: `b${k}.fits`, type: "bias", subtype: null, use: true, log, hdus: [0], pixels: { statistics } } as const;
 * });
 * const { outliers } = findOutliers(frames);
 * assertEquals(outliers.map(({ file, differs }) => [file, differs]), [
 *   ["b4.fits", ["level 30 counts (7.5 × the noise) above the other 4"]],
 * ]);
 * ```
 */
export function findOutliers(
  verdicts: readonly SiblingFrame[],
): SiblingFindings {
  const frames = verdicts.map(toCompared).filter((frame) => frame !== null);
  const found = splitSets(frames).filter(({ length }) => length >= SMALLEST)
    .map((set) => isUnlit(set[0]!) ? compareUnlit(set) : compareLit(set));
  return {
    outliers: found.flatMap(({ outliers }) => outliers),
    drifts: found.flatMap(({ drifts }) => drifts),
  };
}

/** Fewest frames of a set that can tell which of them is the outlier. */
const SMALLEST = 4;

/** A frame with all that is compared. */
interface Compared
  extends Pick<SiblingFrame, "file" | "subtype" | "log" | "hdus"> {
  readonly type: ComparedType;
  readonly statistics: FrameStatistics;
}

function toCompared(
  { file, type, subtype, use, log, hdus, pixels }: SiblingFrame,
): Compared | null {
  const compared = TYPES.find((one) => one === type);
  const statistics = pixels?.statistics;
  return use && compared !== undefined && statistics !== undefined &&
      subtype !== "twilight" && (compared !== "arc" || isLampKnown(log))
    ? { file, type: compared, subtype, log, hdus, statistics }
    : null;
}

/** Whether something may tell the lamp of an arc from other lamps. */
function isLampKnown(log: LogEntry | null): boolean {
  return log?.target != null || log?.exposure != null ||
    log?.configuration.lamps !== undefined;
}

function isUnlit({ type }: Compared): boolean {
  return type === "bias" || type === "dark";
}

// Sets

/**
 * Relative tolerance of numbers, for the least significant digit of a header. Encoders stop
 * at another place after each move, and the light changes by more where the grating moved.
 */
const TOLERANCE = 2e-5;
const TOLERANCES = {
  dispangle: TOLERANCE,
  cenwave: TOLERANCE,
  echangle: TOLERANCE,
  xdangle: TOLERANCE,
};

/** Longest time between two frames of a sequence, days. */
const LONGEST_GAP = 4 / 24;

/** Groups frames with the same settings, in sequences without a long gap. */
function splitSets(frames: readonly Compared[]): Compared[][] {
  const sets: Compared[][] = [];
  for (const frame of frames) {
    const set = sets.find(([first]) => hasSameSettings(first!, frame));
    if (set !== undefined) set.push(frame);
    else sets.push([frame]);
  }
  return sets.flatMap((set) => {
    const ordered = set.every(({ log }) => log?.mjd != null)
      ? set.toSorted((one, other) => one.log!.mjd! - other.log!.mjd!)
      : set;
    return splitAtGaps(ordered);
  });
}

function hasSameSettings(one: Compared, other: Compared): boolean {
  return one.type === other.type && one.subtype === other.subtype &&
    isSameInstrument(
      one.log?.instrument ?? null,
      other.log?.instrument ?? null,
    ) &&
    one.statistics.size.join() === other.statistics.size.join() &&
    one.hdus.join() === other.hdus.join() &&
    isSameExposure(one, other) && mayBeOfOneSequence(one, other) &&
    isSameConfiguration(selectSettings(one), selectSettings(other), TOLERANCES);
}

/** Without a time, only the folder tells sequences apart. */
function mayBeOfOneSequence(one: Compared, other: Compared): boolean {
  const areTimed = one.log?.mjd != null && other.log?.mjd != null;
  return areTimed || dirname(one.file) === dirname(other.file);
}

/** The name of the target may be all that tells lamps or slits apart. */
function selectSettings(frame: Compared) {
  const { log } = frame;
  if (isUnlit(frame)) return selectValues(log, DETECTOR_KEYS);
  const values = selectValues(log, Object.keys(log?.configuration ?? {}));
  return { ...values, target: removeNumber(log?.target ?? "") };
}

/** Removes a running number from a name: `flat 3`, `arc_012`, `dome #2 of 5`. */
function removeNumber(name: string): string {
  return name.replace(/[\s_#-]*\d+(\s*(of|\/)\s*\d+)?$/i, "");
}

function isSameExposure(one: Compared, other: Compared): boolean {
  const [first, second] = [
    one.log?.exposure ?? null,
    other.log?.exposure ?? null,
  ];
  if (first === null || second === null) return first === second;
  // Shutters report what they measured, to a hundredth of a second.
  return Math.abs(first - second) <= Math.max(0.02, 0.01 * first);
}

function splitAtGaps(frames: readonly Compared[]): Compared[][] {
  const sets: Compared[][] = [];
  let last: Compared | undefined;
  for (const frame of frames) {
    const [from, to] = [last?.log, frame.log];
    const isNext = last !== undefined && (from?.night === to?.night ||
      from?.night == null || to?.night == null) &&
      (from?.mjd == null || to?.mjd == null ||
        to.mjd - from.mjd <= LONGEST_GAP);
    if (isNext) sets.at(-1)!.push(frame);
    else sets.push([frame]);
    last = frame;
  }
  return sets;
}

function describeSet(frames: readonly Compared[]): SiblingSet {
  const { type, log } = frames[0]!;
  return {
    type,
    instrument: log?.instrument ?? null,
    night: log?.night ?? null,
    exposure: log?.exposure ?? null,
    start: log?.start ?? null,
    count: frames.length,
  };
}

// Comparison

/** How many robust standard deviations an outlier is from the median. */
const DEVIATIONS = 5;

/** The share of a set that may deviate; with more, the set has no common value. */
const MINORITY = 0.4;

/** In what a frame differs: a text for each frame that does. */
type Differences = ReadonlyMap<number, string>;

/**
 * Finds the values that are far from the median of all.
 *
 * @param floor Smallest distance of an outlier.
 * @param describe Describes an outlier by its value and the median of the other values.
 */
function findDeviating(
  values: readonly number[],
  floor: number,
  describe: (value: number, reference: number, others: string) => string,
): Differences {
  const centre = medianOf(values);
  const scatter = 1.4826 *
    medianOf(values.map((value) => Math.abs(value - centre)));
  const limit = Math.max(floor, DEVIATIONS * scatter);
  const deviating = [...values.keys()].filter((k) =>
    Math.abs(values[k]! - centre) > limit
  );
  if (deviating.length > MINORITY * values.length) return new Map();
  const others = values.filter((_, k) => !deviating.includes(k));
  const reference = medianOf(others);
  const rest = `the other ${others.length}`;
  return new Map(
    deviating.map((k) => [k, describe(values[k]!, reference, rest)]),
  );
}

function collectOutliers(
  frames: readonly Compared[],
  differences: readonly Differences[],
): Outlier[] {
  const set = describeSet(frames);
  return frames.flatMap(({ file }, k) => {
    const differs = differences.flatMap((texts) => texts.get(k) ?? []);
    return differs.length === 0 ? [] : [{ file, set, differs }];
  });
}

/**
 * How far frames without light differ before one is an outlier, in units of the noise.
 * Among 16 sets of real frames (56 frames) a level differed by 1.7 at most, and a profile by
 * 0.6. The level of a dark depends on the temperature of the detector.
 */
const UNLIT = {
  bias: { level: 3, profile: 2 },
  dark: { level: 5, profile: 5 },
  noise: 1.5,
  drift: 5,
  step: 0.5,
};

function compareUnlit(frames: readonly Compared[]): SiblingFindings {
  const all = frames.map(({ statistics }) => statistics);
  const noise = Math.max(medianOf(all.map(({ noise }) => noise)), 1e-6);
  const levels = all.map(({ dark, spectrum }) => dark + average(spectrum));
  const limits = frames[0]!.type === "dark" ? UNLIT.dark : UNLIT.bias;
  const floor = limits.level * noise;
  const describeLevel = (level: number, reference: number, rest: string) =>
    `level ${formatOffset(level - reference, noise)} ${rest}`;
  const change = findChange(levels, UNLIT.step * noise);
  const isDrift = Math.abs(change) >= UNLIT.drift * noise;
  const end = isDrift ? findEnd(levels) : null;
  const profiles = (["spectrum", "slit"] as const).map((profile) => {
    const shapes = all.map((one) => subtractMean(one[profile]));
    return findDeviating(
      measureDistances(shapes, maximalDifference),
      limits.profile * noise,
      (value, _, rest) =>
        `profile along the ${AXES[profile]} up to ${
          formatCounts(value, noise)
        } from that of ${rest}`,
    );
  });
  const differences = [
    end === null
      ? findDeviating(levels, floor, describeLevel)
      : compareWithEnd(levels, end, floor, (level) =>
        describeLevel(level, end, "the end of the set")),
    findDeviating(
      all.map((one) => Math.log(Math.max(one.noise, 1e-6))),
      Math.log(UNLIT.noise),
      (value, reference, rest) =>
        `noise ${formatRatio(value - reference)} × that of ${rest}`,
    ),
    ...profiles,
  ];
  return {
    outliers: collectOutliers(frames, differences),
    drifts: isDrift
      ? [{
        set: describeSet(frames),
        change: `level ${change < 0 ? "falls" : "rises"} by ${
          formatCounts(change, noise)
        }${end === null ? "" : " and then stays the same"}`,
      }]
      : [],
  };
}

const AXES = {
  spectrum: "dispersion",
  slit: "slit",
};

/**
 * How far frames with light differ before one is an outlier: in the ratio of their light,
 * in the share of the light that lies elsewhere along either axis, in the share of
 * saturated pixels, in the number of lines, the light of these and their places in pixels,
 * and in the background.
 *
 * Among 22 sets of real frames (67 frames) the light differed by 11 % at most, its
 * distribution by 1 %, and the number of lines by 5 %. Arc lamps differ by more while they
 * are getting warm, and lines move with the flexure of the instrument.
 */
const LIT = {
  flat: { light: 1.2, shape: 0.02 },
  arc: { light: 1.5, shape: 0.07 },
  saturated: 0.05,
  lines: { number: 4, share: 0.2, light: 0.2, displacement: 4 },
  background: { noise: 10, light: 0.2 },
  drift: 1.25,
  step: 1.02,
};

function compareLit(frames: readonly Compared[]): SiblingFindings {
  const [{ type, subtype, log }] = frames as [Compared];
  const all = frames.map(({ statistics }) => statistics);
  const limits = type === "arc" ? LIT.arc : LIT.flat;
  const noise = Math.max(medianOf(all.map(({ noise }) => noise)), 1e-6);
  const lights = all.map(({ spectrum }) => toLogarithm(average(spectrum)));
  // The light between the lines of an arc is mostly not that of its lamps.
  const hasLines = type === "arc" &&
    medianOf(all.map(({ lines }) => lines)) >= MANY_LINES;
  const light = Math.exp(medianOf(lights));
  const shapes = (["spectrum", "slit"] as const).map((profile) =>
    findDeviating(
      measureDistances(all.map((one) => normalize(one[profile])), shareMoved),
      limits.shape,
      (value, _, rest) =>
        `${formatPercent(value)} of the light elsewhere along the ${
          AXES[profile]
        } than in ${rest}`,
    )
  );
  const differences = [
    // Without an exposure time the light cannot be expected to be the same.
    log?.exposure == null ? new Map() : findDeviating(
      hasLines ? all.map(({ lineLight }) => toLogarithm(lineLight)) : lights,
      Math.log(limits.light),
      (value, reference, rest) =>
        `light${hasLines ? " of the lines" : ""} ${
          formatRatio(value - reference)
        } × that of ${rest}`,
    ),
    findDeviating(
      all.map(({ dark }) => dark),
      Math.max(LIT.background.noise * noise, LIT.background.light * light),
      (value, reference, rest) =>
        `background ${formatNumber(Math.abs(value - reference))} counts ${
          value > reference ? "above" : "below"
        } that of ${rest}`,
    ),
    findDeviating(
      all.map(({ saturated }) => saturated),
      LIT.saturated,
      (value, reference, rest) =>
        `${formatPercent(value)} of the pixels saturated, of ${rest} ${
          formatPercent(reference)
        }`,
    ),
    compareLines(all),
    type === "arc" ? comparePlaces(all) : new Map(),
    ...shapes,
  ];
  const change = findChange(lights, Math.log(LIT.step));
  // An unnamed lamp may be the twilight, which changes by nature.
  const hasLamp = log?.configuration.lamps !== undefined ||
    subtype === "dome" || subtype === "internal";
  const isDrift = hasLamp && Math.abs(change) >= Math.log(LIT.drift);
  return {
    outliers: collectOutliers(frames, differences),
    drifts: isDrift
      ? [{
        set: describeSet(frames),
        change: `light ${change < 0 ? "falls" : "rises"} to ${
          formatRatio(change)
        } × that of the first frame`,
      }]
      : [],
  };
}

/** Number of lines from which their light is compared. */
const MANY_LINES = 8;

/** Finds the frames whose lines differ in number and in light. */
function compareLines(
  all: readonly FrameStatistics[],
): Differences {
  const numbers = all.map(({ lines }) => lines);
  const { number, share, light } = LIT.lines;
  const found = findDeviating(
    numbers,
    Math.max(number - 1, share * medianOf(numbers)),
    (value, reference, rest) =>
      reference === 0
        ? `${formatLines(value)} that ${rest} lack`
        : `${formatLines(value)}, ${rest} have ${reference}`,
  );
  const lineLights = all.map(({ lineLight }) => lineLight);
  const reference = medianOf(lineLights);
  return new Map([...found].filter(([k]) => {
    const own = lineLights[k]!;
    return Math.abs(own - reference) > light * Math.max(own, reference);
  }));
}

/** Fewest lines that show a displacement. */
const FEWEST_LINES = 4;

/** Finds the frames whose brightest lines are elsewhere. */
function comparePlaces(all: readonly FrameStatistics[]): Differences {
  const places = all.map(({ brightest }) => brightest);
  if (places.some(({ length }) => length < FEWEST_LINES)) return new Map();
  const displacements = places.map((own, k) =>
    medianOf(
      places.filter((_, j) => j !== k).map((others) =>
        medianOf(own.map((place) => findDistance(place, others)))
      ),
    )
  );
  return findDeviating(
    displacements,
    LIT.lines.displacement,
    (value, _, rest) =>
      `brightest lines ${formatNumber(value)} pixels from those of ${rest}`,
  );
}

function findDistance(place: number, others: readonly number[]): number {
  return Math.min(...others.map((other) => Math.abs(place - other)));
}

// Drifts

/** Fewest steps of a drift; a single frame that differs makes two. */
const STEPS = 3;

/** The part of the steps, less those in the other direction, that must be in one direction. */
const ONE_WAY = 0.8;

/**
 * Returns the change from the first to the last value if the values change step by step in
 * one direction, else 0. A step is made where a value is that far from the one at the step
 * before it.
 */
function findChange(values: readonly number[], step: number): number {
  let [up, down, last] = [0, 0, values[0]!];
  for (const value of values) {
    if (Math.abs(value - last) < step) continue;
    if (value > last) up++;
    else down++;
    last = value;
  }
  const isOneWay = Math.max(up, down) >= STEPS &&
    Math.abs(up - down) >= ONE_WAY * (up + down);
  return isOneWay ? values.at(-1)! - values[0]! : 0;
}

/** Range of the last third in units of that of a steady drift, below which a drift has ended. */
const SETTLED = 0.5;

/** Returns the level at which a drift ends; `null` if it goes on to the last frame. */
function findEnd(levels: readonly number[]): number | null {
  const tail = levels.slice(-Math.max(2, Math.floor(levels.length / 3)));
  const change = Math.abs(levels.at(-1)! - levels[0]!);
  const steady = change * (tail.length - 1) / (levels.length - 1);
  return Math.max(...tail) - Math.min(...tail) <= SETTLED * steady
    ? medianOf(tail)
    : null;
}

function compareWithEnd(
  levels: readonly number[],
  end: number,
  floor: number,
  describe: (level: number) => string,
): Differences {
  return new Map(
    [...levels.entries()]
      .filter(([, level]) => Math.abs(level - end) > floor)
      .map(([k, level]) => [k, describe(level)]),
  );
}

// Profiles

type Profile = readonly number[];

/** Returns the distance of each profile from the median of all. */
function measureDistances(
  profiles: readonly Profile[],
  distance: (one: Profile, other: Profile) => number,
): number[] {
  const centre = profiles[0]!.map((_, k) =>
    medianOf(profiles.map((profile) => profile[k]!))
  );
  return profiles.map((profile) => distance(profile, centre));
}

function maximalDifference(one: Profile, other: Profile): number {
  return Math.max(...one.map((value, k) => Math.abs(value - other[k]!)));
}

/** Returns the share of the light, 0 to 1, that lies elsewhere in the other profile. */
function shareMoved(one: Profile, other: Profile): number {
  return 0.5 * sum(one.map((value, k) => Math.abs(value - other[k]!)));
}

function subtractMean(profile: Profile): number[] {
  const mean = average(profile);
  return profile.map((value) => value - mean);
}

function normalize(profile: Profile): number[] {
  const light = profile.map((value) => Math.max(0, value));
  const total = sum(light) || 1;
  return light.map((value) => value / total);
}

// Numbers

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function average(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** `22 counts (5.5 × the noise)`. */
function formatCounts(difference: number, noise: number): string {
  const size = Math.abs(difference);
  return `${formatNumber(size)} counts (${
    formatNumber(size / noise)
  } × the noise)`;
}

/** `22 counts (5.5 × the noise) above`. */
function formatOffset(difference: number, noise: number): string {
  return `${formatCounts(difference, noise)} ${
    difference > 0 ? "above" : "below"
  }`;
}

function toLogarithm(light: number): number {
  return Math.log(Math.max(light, 1e-6));
}

/** Formats a ratio given by its logarithm. */
function formatRatio(logarithm: number): string {
  return Math.exp(logarithm).toPrecision(3);
}

function formatNumber(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(2)));
}

function formatPercent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** `1 line`, `4 lines`. */
function formatLines(count: number): string {
  return `${Math.round(count)} line${Math.round(count) === 1 ? "" : "s"}`;
}
