import { basename } from "../std.ts";
import type { Verdict } from "../classify/verdict.ts";
import {
  compareByReviewReason,
  findReviewReason,
  isLabelled,
  type ReviewReason,
} from "../calibration/triage.ts";
import {
  type Calibration,
  findMissingCalibrations,
  type MissingCalibration,
  selectUsable,
  type UsableFrame,
} from "../calibration/missing_calibrations.ts";
import {
  type Drift,
  findOutliers,
  type Outlier,
  selectSibling,
  type SiblingFrame,
  type SiblingSet,
} from "../calibration/siblings.ts";
import type { FormatterOptions } from "./formats.ts";
import { stringifyVerdict } from "./json.ts";
import { createTableFormatter } from "./table.ts";
import { formatCount, printable } from "./text.ts";

export interface Findings {
  /** Frames with a finding, the most urgent first; see {@linkcode findFrameFinding}. */
  readonly frames: readonly Verdict[];
  /** Frames unlike the others of their set. */
  readonly outliers: readonly Outlier[];
  /** Sets whose level or light changes in one direction. */
  readonly drifts: readonly Drift[];
  /** Missing calibrations, those that are required first. */
  readonly missing: readonly MissingCalibration[];
}

/**
 * Starts an audit, to which verdicts are added one by one. Of a frame without a finding
 * it keeps only what is needed to find missing calibrations and outliers.
 */
export function startAudit() {
  const frames: Verdict[] = [];
  const usable: UsableFrame[] = [];
  const siblings: SiblingFrame[] = [];
  return {
    add(verdict: Verdict): void {
      if (findFrameFinding(verdict) !== null) frames.push(verdict);
      const frame = selectUsable(verdict);
      if (frame !== null) usable.push(frame);
      const sibling = selectSibling(verdict);
      if (sibling !== null) siblings.push(sibling);
    },
    findings: (): Findings => ({
      frames: frames.toSorted(compareByReviewReason),
      ...findOutliers(siblings),
      missing: findMissingCalibrations(usable),
    }),
  };
}

/**
 * Lists the kind of each finding: why a frame needs review, `outlier`, `drift`, `missing`,
 * or `note`.
 */
export function listFindingKinds(
  { frames, outliers, drifts, missing }: Findings,
) {
  return [
    ...frames.map((frame) => findFrameFinding(frame) ?? "note"),
    ...outliers.map(() => "outlier" as const),
    ...drifts.map(() => "drift" as const),
    ...missing.map(({ severity }) => severity),
  ];
}

/**
 * Returns what an audit finds about a frame: why it needs review, or `note` if its headers
 * contradict each other; `null` for nothing.
 */
export function findFrameFinding(
  verdict: Verdict,
): ReviewReason | "note" | null {
  const reason = findReviewReason(verdict);
  const { header } = verdict;
  const isNoted = !isLabelled(verdict) && (header?.differs.length ?? 0) > 0;
  return reason ?? (isNoted ? "note" : null);
}

export type AuditForm = "table" | "ndjson";

/** How many frames without a calibration are named. */
const MAX_NAMES = 3;

/**
 * Formats findings for a person: the rows of a table, then two lines for each outlier,
 * drift and missing calibration. Empty when nothing was found.
 */
export function formatAuditTable(
  { frames, outliers, drifts, missing }: Findings,
  { terminal, colour }: Omit<FormatterOptions, "files">,
): string {
  const files = frames.map(({ file }) => file);
  const formatter = createTableFormatter({ files, terminal, colour });
  const rows = frames.map((verdict) => formatter.row(verdict));
  const others = [
    ...outliers.map(formatOutlier),
    ...drifts.map(formatDrift),
    ...missing.map(formatMissingCalibration),
  ];
  return [
    ...(rows.length > 0 ? [formatter.begin(), ...rows] : []),
    ...(rows.length > 0 && others.length > 0 ? ["\n"] : []),
    ...others,
  ].join("");
}

/**
 * Formats findings as NDJSON. The key `finding` comes first. For a frame it is what
 * {@linkcode findFrameFinding} returns, and the keys of a verdict follow; for a frame unlike
 * its siblings it is `outlier`, and `file`, `set` and `differs` follow; for a set `drift`, and
 * `set` and `change`; for a calibration `missing` or `note`, and `calibration`,
 * `instrument`, `night`, `configuration`, `files` and `otherNights`.
 */
export function formatAuditNdjson(
  { frames, outliers, drifts, missing }: Findings,
): string {
  const stringify = (finding: string, rest: object) =>
    JSON.stringify({ finding, ...rest }) + "\n";
  return [
    ...frames.map((verdict) => {
      const finding = JSON.stringify({ finding: findFrameFinding(verdict) });
      return `${finding.slice(0, -1)},${stringifyVerdict(verdict).slice(1)}\n`;
    }),
    ...outliers.map((outlier) => stringify("outlier", outlier)),
    ...drifts.map((drift) => stringify("drift", drift)),
    ...missing.map(({ severity, ...rest }) => stringify(severity, rest)),
  ].join("");
}

/**
 * Formats an outlier as two lines: the frame and its set, and what differs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatOutlier } from "./audit.ts";
 *
 * const text = formatOutlier({
 *   file: "night/f4.fits",
 *   set: {
 *     type: "flat",
 *     instrument: "kast-red",
 *     night: "2021-02-18",
 *     exposure: 60,
 *     start: "2021-02-19T02:10:00",
 *     count: 5,
 *   },
 *   differs: ["light 1.6 × that of the other 4", "4 lines that the other 4 lack"],
 * });
 * assertEquals(
 *   text,
 *   "outlier: f4.fits is unlike the other flats of kast-red, 2021-02-18, 60 s\n" +
 *     "  light 1.6 × that of the other 4; 4 lines that the other 4 lack\n",
 * );
 * ```
 */
export function formatOutlier({ file, set, differs }: Outlier): string {
  return printable(
    `outlier: ${basename(file)} is unlike the other ${nameSet(set)}`,
  ) + "\n" + printable(`  ${differs.join("; ")}`) + "\n";
}

/** Formats a drift as two lines: the set, and the change. */
export function formatDrift({ set, change }: Drift): string {
  return printable(`drift: ${set.count} ${nameSet(set)}`) + "\n" +
    printable(`  ${change}`) + "\n";
}

const PLURALS = { bias: "biases", dark: "darks", arc: "arcs", flat: "flats" };

/** `flats of kast-red, 2021-02-18, 60 s`. */
function nameSet({ type, instrument, night, exposure }: SiblingSet): string {
  const time = type === "bias" || exposure === null ? null : `${exposure} s`;
  const of = [instrument, night, time].filter((text) => text !== null);
  return PLURALS[type] + (of.length > 0 ? ` of ${of.join(", ")}` : "");
}

/**
 * Formats a missing calibration as two lines: which frames lack it, and what would
 * serve them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatMissingCalibration } from "./audit.ts";
 *
 * const text = formatMissingCalibration({
 *   calibration: "arc",
 *   severity: "missing",
 *   instrument: "kast-blue",
 *   night: "2016-08-26",
 *   configuration: { dispname: "600/4310" },
 *   files: ["night/r7.fits", "night/r8.fits"],
 *   otherNights: ["2016-08-27"],
 * });
 * assertEquals(
 *   text,
 *   "missing: no arc for 2 frames of kast-blue, 2016-08-26: r7.fits, r8.fits\n" +
 *     "  an arc with grating 600/4310 is needed; there is one of 2016-08-27\n",
 * );
 * ```
 */
export function formatMissingCalibration(missing: MissingCalibration): string {
  const { calibration, severity, instrument, night, files } = missing;
  const of = [instrument, night].filter((text) => text !== null).join(", ");
  const names =
    files.slice(0, MAX_NAMES).map((file) => basename(file)).join(", ") +
    (files.length > MAX_NAMES ? ", …" : "");
  const values = Object.entries(missing.configuration).map(([key, text]) =>
    `${WORDS[key] ?? key} ${text}`
  ).join(", ");
  const slit = calibration === "arc" && severity === "note"
    ? " through the same slit"
    : "";
  const otherNights = missing.otherNights.length === 0
    ? ""
    : `; there is one of ${missing.otherNights.join(", ")}`;
  return printable(
    `${severity}: no ${NOUNS[calibration].short}${slit} for ` +
      `${formatCount(files.length, "frame")}${of && ` of ${of}`}: ${names}`,
  ) + "\n" + printable(
    `  ${NOUNS[calibration].long}${values && ` with ${values}`} is ` +
      `${severity === "missing" ? "needed" : "recommended"}${otherNights}`,
  ) + "\n";
}

const NOUNS: Readonly<Record<Calibration, { short: string; long: string }>> = {
  arc: { short: "arc", long: "an arc" },
  flat: { short: "flat", long: "a flat" },
  bias: { short: "bias", long: "a bias or a dark" },
  standard: { short: "standard star", long: "a spectrophotometric standard" },
};

/** PypeIt's names of configuration keys in the words of an observer. */
const WORDS: Readonly<Record<string, string>> = {
  dispname: "grating",
  dispangle: "tilt",
  cenwave: "central wavelength",
  echangle: "echelle angle",
  xdangle: "cross-disperser angle",
  decker: "slit",
  slitwid: "slit width",
  amp: "amplifier",
};
