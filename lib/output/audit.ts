import { basename } from "../std.ts";
import type { Verdict } from "../classify/verdict.ts";
import {
  compareByReviewReason,
  findReviewReason,
  isLabelled,
  type ReviewReason,
} from "../calibration/triage.ts";
import {
  type ConfigurationTable,
  tabulateUsable,
} from "../calibration/configuration_table.ts";
import {
  type Calibration,
  type MissingCalibration,
  type NearestCalibrations,
  selectUsable,
  type UsableFrame,
} from "../calibration/missing_calibrations.ts";
import { countDays } from "../calibration/night.ts";
import {
  formatConfigurations,
  formatIncomplete,
  formatValues,
  nameKey,
  selectSettings,
} from "./configurations.ts";
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

export interface Findings extends ConfigurationTable {
  /** Frames with a finding, the most urgent first; see {@linkcode findFrameFinding}. */
  readonly frames: readonly Verdict[];
  /** Frames unlike the others of their set. */
  readonly outliers: readonly Outlier[];
  /** Sets whose level or light changes in one direction. */
  readonly drifts: readonly Drift[];
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
      ...tabulateUsable(usable),
    }),
  };
}

/**
 * Lists the kind of each finding: why a frame needs review, `outlier`, `drift`, `incomplete`
 * for a header that does not tell the configuration, `missing`, or `note`.
 */
export function listFindingKinds(
  { frames, outliers, drifts, incomplete, missing }: Findings,
) {
  return [
    ...frames.map((frame) => findFrameFinding(frame) ?? "note"),
    ...outliers.map(() => "outlier" as const),
    ...drifts.map(() => "drift" as const),
    ...incomplete.map(() => "incomplete" as const),
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
 * Formats findings for a person: the rows of a table, two lines for each outlier and drift,
 * a line for each frame whose header does not tell the configuration, two lines for each
 * missing calibration, and the table of configurations. Empty when nothing was found.
 */
export function formatAuditTable(
  { frames, outliers, drifts, incomplete, missing, configurations }: Findings,
  { terminal, colour }: Omit<FormatterOptions, "files">,
): string {
  const files = frames.map(({ file }) => file);
  const formatter = createTableFormatter({ files, terminal, colour });
  const rows = frames.map((verdict) => formatter.row(verdict));
  const parts = [
    rows.length > 0 ? [formatter.begin(), ...rows] : [],
    [
      ...outliers.map(formatOutlier),
      ...drifts.map(formatDrift),
      ...incomplete.map((one) => `incomplete: ${formatIncomplete(one)}\n`),
      ...missing.map(formatMissingCalibration),
    ],
  ].filter((part) => part.length > 0).map((part) => part.join(""));
  return parts.length === 0 || configurations.length === 0
    ? parts.join("\n")
    : [...parts, formatConfigurations(configurations)].join("\n");
}

/**
 * Formats findings as NDJSON. The key `finding` comes first. For a frame it is what
 * {@linkcode findFrameFinding} returns, and the keys of a verdict follow; for a frame unlike
 * its siblings it is `outlier`, and `file`, `set` and `differs` follow; for a set `drift`, and
 * `set` and `change`; for a header that does not tell the configuration `incomplete`, and
 * `file`, `type`, `lacks` and `fits`; for a calibration `missing` or `note`, and the keys of
 * a {@linkcode MissingCalibration}.
 */
export function formatAuditNdjson(
  { frames, outliers, drifts, incomplete, missing }: Findings,
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
    ...incomplete.map((one) => stringify("incomplete", one)),
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
 *   configurations: ["B"],
 *   configuration: { dispname: "600/4310" },
 *   files: ["night/r7.fits", "night/r8.fits"],
 *   otherNights: ["2016-08-27"],
 *   nearest: null,
 * });
 * assertEquals(
 *   text,
 *   "missing: no arc for 2 frames of kast-blue configuration B, 2016-08-26: r7.fits, r8.fits\n" +
 *     "  an arc with grating 600/4310 is needed; there is one of 2016-08-27 (1 day later)\n",
 * );
 * ```
 */
export function formatMissingCalibration(missing: MissingCalibration): string {
  const { calibration, severity, night, files, nearest } = missing;
  const names =
    files.slice(0, MAX_NAMES).map((file) => basename(file)).join(", ") +
    (files.length > MAX_NAMES ? ", …" : "");
  const values = formatValues(selectSettings(missing.configuration));
  const of = [formatSet(missing), night ?? []].flat().join(", ");
  const otherNights = missing.otherNights.length === 0
    ? ""
    : `; there is one of ${
      missing.otherNights.map((other) => formatAge(other, night)).join(", ")
    }`;
  return printable(
    `${severity}: no ${NOUNS[calibration].short}${
      formatNarrower(missing)
    } for ` +
      `${formatCount(files.length, "frame")}${of && ` of ${of}`}: ${names}`,
  ) + "\n" + printable(
    `  ${NOUNS[calibration].long}${values && ` with ${values}`} is ` +
      `${severity === "missing" ? "needed" : "recommended"}${otherNights}` +
      (nearest === null ? "" : formatNearest(nearest)),
  ) + "\n";
}

/** Formats instrument and configurations: `kast-blue configuration B`. */
function formatSet({ instrument, configurations }: MissingCalibration): string {
  const noun = configurations.length > 1 ? "configurations" : "configuration";
  return [instrument ?? [], `${noun} ${configurations.join(", ")}`]
    .flat().join(" ");
}

/** Names the slit or the filter, where calibrations differ in nothing else. */
function formatNarrower(
  { calibration, severity, nearest }: MissingCalibration,
): string {
  const isNote = severity === "note" && calibration !== "standard";
  if (!isNote) return "";
  return nearest === null
    ? " of a known night"
    : ` with the same ${Object.keys(nearest.differs).map(nameKey).join(", ")}`;
}

/** Formats a night and its distance: `2020-11-19 (92 days earlier)`. */
function formatAge(other: string, night: string | null): string {
  if (other === "unknown") return "an unknown night";
  if (night === null) return other;
  const days = countDays(night, other);
  const direction = days > 0 ? "later" : "earlier";
  return `${other} (${formatCount(Math.abs(days), "day")} ${direction})`;
}

/** Formats how the nearest calibrations differ: `; r4.fits has slit 0.5 arcsec`. */
function formatNearest({ files, differs }: NearestCalibrations): string {
  const [first, ...more] = files;
  const what = more.length === 0
    ? `${basename(first!)} has`
    : `${formatCount(files.length, "frame")}, such as ${
      basename(first!)
    }, have`;
  return `; ${what} ${formatValues(differs)}`;
}

const NOUNS: Readonly<Record<Calibration, { short: string; long: string }>> = {
  arc: { short: "arc", long: "an arc" },
  flat: { short: "flat", long: "a flat" },
  bias: { short: "bias", long: "a bias or a dark" },
  standard: { short: "standard star", long: "a spectrophotometric standard" },
};
