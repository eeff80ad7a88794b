/**
 * What an audit prints: frames that need a person, calibrations that are missing.
 *
 * @module
 */
import { basename } from "../io/path.ts";
import type { Verdict } from "../classify/verdict.ts";
import type { Doubt } from "../calibration/triage.ts";
import type { Calibration, Gap } from "../calibration/missing_calibrations.ts";
import { verdictJson } from "./ndjson.ts";
import { printable } from "./printable.ts";
import type { ReportContext } from "./report.ts";
import { table } from "./table.ts";

/** What an audit found. */
export interface Findings {
  /** Frames that need a person, the most doubtful first. */
  readonly doubtful: readonly Verdict[];
  /** Calibrations that are missing, what is lacking before what is but noted. */
  readonly gaps: readonly Gap[];
}

/** Forms of {@linkcode Findings}. */
export type AuditForm = "table" | "ndjson";

/** Names that are given of frames that lack something. */
const NAMES = 3;

/**
 * For a person: the rows of a table, then two lines for each missing calibration.
 * Empty when nothing was found.
 */
export function auditTable(
  { doubtful, gaps }: Findings,
  { terminal, colour }: Omit<ReportContext, "files">,
): string {
  const files = doubtful.map(({ file }) => file);
  const report = table({ files, terminal, colour });
  const rows = doubtful.map((verdict) => report.row(verdict));
  return [
    ...(rows.length > 0 ? [report.begin(), ...rows] : []),
    ...(rows.length > 0 && gaps.length > 0 ? ["\n"] : []),
    ...gaps.map(gapText),
  ].join("");
}

/**
 * For programs: one JSON object a line. `finding` says what it is: `error`,
 * `conflict` or `unknown` with the keys of a verdict; `lack` or `note` with those
 * of a gap (`missing`, `instrument`, `night`, `configuration`, `files`, `otherNights`).
 */
export function auditNdjson(
  { doubtful, gaps }: Findings,
  doubtOf: (verdict: Verdict) => Doubt | null,
): string {
  return [
    ...doubtful.map((verdict) => {
      const finding = JSON.stringify({ finding: doubtOf(verdict) });
      return `${finding.slice(0, -1)},${verdictJson(verdict).slice(1)}\n`;
    }),
    ...gaps.map(({ weight, ...gap }) =>
      JSON.stringify({ finding: weight, ...gap }) + "\n"
    ),
  ].join("");
}

/**
 * A missing calibration in two lines: for whom, and what would do.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { gapText } from "./audit.ts";
 *
 * const text = gapText({
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
export function gapText(gap: Gap): string {
  const { missing, weight, instrument, night, configuration, files } = gap;
  const of = [instrument, night].filter((text) => text !== null).join(", ");
  const names = files.slice(0, NAMES).map((file) => basename(file)).join(", ") +
    (files.length > NAMES ? ", …" : "");
  const count = `${files.length} frame${files.length === 1 ? "" : "s"}`;
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

/** What an observer calls what PypeIt calls so. */
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
