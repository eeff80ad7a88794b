import { basename } from "../std.ts";
import {
  type Audit,
  type Finding,
  FINDING_GROUPS,
  type FindingGroup,
  type FrameFinding,
} from "../calibration/findings.ts";
import type {
  Calibration,
  MissingCalibration,
  NearestCalibrations,
} from "../calibration/missing_calibrations.ts";
import { countDays } from "../calibration/night.ts";
import type { Drift, Outlier, SiblingSet } from "../calibration/siblings.ts";
import {
  formatConfigurations,
  formatIncomplete,
  formatValues,
  nameKey,
  selectSettings,
} from "./configurations.ts";
import type { FormatterOptions } from "./formats.ts";
import { stringifyVerdict } from "./json.ts";
import { createTableFormatter } from "./table.ts";
import { formatCount, printable } from "./text.ts";

export type AuditForm = "table" | "ndjson";

/** Headings of the groups of findings. */
export const GROUP_HEADINGS: Readonly<Record<FindingGroup, string>> = {
  act: "Must act",
  look: "Look at",
  information: "For information",
};

/** How many frames without a calibration are named. */
const MAX_NAMES = 3;

/**
 * Formats an audit for a person: the findings under a heading for each group, and the table
 * of configurations. Frames are rows of a table; the other findings are one or two lines
 * each. Empty when nothing was found.
 */
export function formatAuditTable(
  { findings, configurations }: Pick<Audit, "findings" | "configurations">,
  options: Omit<FormatterOptions, "files">,
): string {
  if (findings.length === 0) return "";
  const files = findings.filter(isAboutFrame).flatMap(({ files }) => files);
  const formatter = createTableFormatter({ files, ...options });
  const parts = FINDING_GROUPS.flatMap((group) => {
    const own = findings.filter((finding) => finding.group === group);
    const texts = own.map((finding) =>
      isAboutFrame(finding)
        ? formatter.row(finding.verdict)
        : formatFinding(finding)
    );
    const begin = own.some(isAboutFrame) ? formatter.begin() : "";
    return own.length === 0
      ? []
      : [formatter.heading(GROUP_HEADINGS[group]), begin, ...texts];
  });
  const table = configurations.length === 0
    ? ""
    : "\n" + formatConfigurations(configurations);
  // A heading begins with an empty line.
  return parts.join("").slice(1) + table;
}

function isAboutFrame(finding: Finding): finding is FrameFinding {
  return "verdict" in finding;
}

/**
 * Formats the findings of an audit as NDJSON. The key `finding` with the kind comes first,
 * and `group` second. For a frame the keys of a verdict follow; for the other kinds those of
 * an {@linkcode Outlier}, a {@linkcode Drift}, an `IncompleteHeader`, or a
 * {@linkcode MissingCalibration} without its severity, which is the kind.
 */
export function formatAuditNdjson({ findings }: Pick<Audit, "findings">) {
  return findings.map((finding) => {
    const { kind, group } = finding;
    const start = JSON.stringify({ finding: kind, group }).slice(0, -1);
    return `${start},${stringifySubject(finding).slice(1)}\n`;
  }).join("");
}

function stringifySubject(finding: Finding): string {
  if ("verdict" in finding) return stringifyVerdict(finding.verdict);
  if ("outlier" in finding) return JSON.stringify(finding.outlier);
  if ("drift" in finding) return JSON.stringify(finding.drift);
  if ("incomplete" in finding) return JSON.stringify(finding.incomplete);
  const { severity: _, ...missing } = finding.missing;
  return JSON.stringify(missing);
}

/** Formats a finding that is not about a single verdict as one or two lines. */
export function formatFinding(
  finding: Exclude<Finding, FrameFinding>,
): string {
  if ("outlier" in finding) return formatOutlier(finding.outlier);
  if ("drift" in finding) return formatDrift(finding.drift);
  return "incomplete" in finding
    ? `incomplete: ${formatIncomplete(finding.incomplete)}\n`
    : formatMissingCalibration(finding.missing);
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
