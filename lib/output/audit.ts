/**
 * The findings of an audit as text: frames to check, calibrations that are missing.
 *
 * @module
 */
import { basename } from "../io/path.ts";
import type { Verdict } from "../classify/verdict.ts";
import type { Doubt } from "../calibration/triage.ts";
import type { Calibration, Gap } from "../calibration/missing_calibrations.ts";
import type { FormatterOptions } from "./formats.ts";
import { stringifyVerdict } from "./json.ts";
import { createTableFormatter } from "./table.ts";
import { formatCount, printable } from "./text.ts";

/** What an audit found. */
export interface Findings {
  /** Frames that a person should check, the most doubtful first. */
  readonly doubtful: readonly Verdict[];
  /** Missing calibrations, those that are required first. */
  readonly gaps: readonly Gap[];
}

/** The values of `audit --format`. */
export type AuditForm = "table" | "ndjson";

/** How many frames without a calibration are named. */
const MAX_NAMES = 3;

/**
 * Formats findings for a person: the rows of a table, then two lines for each
 * missing calibration. Empty when nothing was found.
 */
export function formatAuditTable(
  { doubtful, gaps }: Findings,
  { terminal, colour }: Omit<FormatterOptions, "files">,
): string {
  const files = doubtful.map(({ file }) => file);
  const formatter = createTableFormatter({ files, terminal, colour });
  const rows = doubtful.map((verdict) => formatter.row(verdict));
  return [
    ...(rows.length > 0 ? [formatter.begin(), ...rows] : []),
    ...(rows.length > 0 && gaps.length > 0 ? ["\n"] : []),
    ...gaps.map(formatGap),
  ].join("");
}

/**
 * Formats findings as NDJSON. The key `finding` comes first: `error`, `conflict` or
 * `unknown`, followed by the keys of a verdict; or `lack` or `note`, followed by those
 * of a missing calibration (`missing`, `instrument`, `night`, `configuration`, `files`, `otherNights`).
 */
export function formatAuditNdjson(
  { doubtful, gaps }: Findings,
  doubtOf: (verdict: Verdict) => Doubt | null,
): string {
  return [
    ...doubtful.map((verdict) => {
      const finding = JSON.stringify({ finding: doubtOf(verdict) });
      return `${finding.slice(0, -1)},${stringifyVerdict(verdict).slice(1)}\n`;
    }),
    ...gaps.map(({ weight, ...gap }) =>
      JSON.stringify({ finding: weight, ...gap }) + "\n"
    ),
  ].join("");
}

/**
 * Formats a missing calibration as two lines: which frames lack it, and what would
 * serve them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatGap } from "./audit.ts";
 *
 * const text = formatGap({
 *   missing: "arc",
 *   weight: "lack",
 *   instrument: "kast-blue",
 *   night: "2016-08-26",
 *   configuration: { dispname: "600/4310" },
 *   files: ["night/r7.fits", "night/r8.fits"],
 *   otherNights: ["2016-08-27"],
 * });
 * assertEquals(
 *   text,
 *   "lack  no arc for 2 frames of kast-blue, 2016-08-26: r7.fits, r8.fits\n" +
 *     "      an arc with grating 600/4310 would do; there is one of 2016-08-27\n",
 * );
 * ```
 */
export function formatGap(gap: Gap): string {
  const { missing, weight, instrument, night, configuration, files } = gap;
  const of = [instrument, night].filter((text) => text !== null).join(", ");
  const names =
    files.slice(0, MAX_NAMES).map((file) => basename(file)).join(", ") +
    (files.length > MAX_NAMES ? ", …" : "");
  const count = formatCount(files.length, "frame");
  const wanted = Object.entries(configuration).map(([key, text]) =>
    `${WORDS[key] ?? key} ${text}`
  ).join(", ");
  const isThere = gap.otherNights.length === 0
    ? ""
    : `; there is one of ${gap.otherNights.join(", ")}`;
  return printable(
    `${weight}  no ${NOUNS[missing].short}${throughSlit(gap)} for ${count}` +
      `${of === "" ? "" : ` of ${of}`}: ${names}`,
  ) + "\n" + printable(
    `      ${NOUNS[missing].long}${wanted === "" ? "" : ` with ${wanted}`} ` +
      `would ${weight === "lack" ? "do" : "help"}${isThere}`,
  ) + "\n";
}

function throughSlit({ missing, weight }: Gap): string {
  return missing === "arc" && weight === "note" ? " through the same slit" : "";
}

const NOUNS: Readonly<Record<Calibration, { short: string; long: string }>> = {
  arc: { short: "arc", long: "an arc" },
  flat: { short: "flat", long: "a flat" },
  bias: { short: "bias", long: "a bias, or a dark," },
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
