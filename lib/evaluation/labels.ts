/**
 * Labels given by a person, as `review` stores them: a CSV file `path,label,time`
 * that only grows. The last line of a path counts.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { SpitError } from "../errors.ts";
import { FRAME_TYPES, type FrameType, isFrameType } from "../frame_type.ts";
import { isUrl } from "../io/http.ts";
import { resolve } from "../std.ts";
import { escapeFormulaPath } from "../output/spreadsheet.ts";

/** A label: a frame type, or `other` for what must not get one (imaging, acquisition, a dead lamp). */
export type Label = FrameType | "other";

export const LABELS: readonly Label[] = [...FRAME_TYPES, "other"];

/** The end of messages about a text that is not a label. */
export const LABEL_HINT =
  "use bias, dark, arc, flat, standard, science or other";

/** Labels by absolute path or URL. */
export type Labels = ReadonlyMap<string, Label>;

/** The first line of a labels file, without its line break. */
export const LABELS_HEADING = "path,label,time";

/** The first line of a manifest that labels can be appended to, too. */
export const PLAIN_HEADING = "path,label";

export interface LabelEntry {
  readonly path: string;
  /** Label; `null` removes an earlier label of the path. */
  readonly label: Label | null;
  /** Time at which it was given, `2026-11-23T04:06:13.123Z`. */
  readonly time: string;
}

interface LabelEntries {
  readonly entries: readonly LabelEntry[];
  /** Line numbers, from 1, of incomplete lines: written by a process that was killed, or by another program. */
  readonly incomplete: readonly number[];
}

export function isLabel(name: string): name is Label {
  return isFrameType(name) || name === "other";
}

/** Returns the label of a file, whose path may be relative to the working folder. */
export function findLabel(labels: Labels, file: string): Label | undefined {
  if (labels.size === 0) return undefined;
  return labels.get(isUrl(file) ? file : resolve(file));
}

/** Whether a text is that of a labels file, or the beginning of one. */
export function isLabelsText(text: string): boolean {
  const first = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0]!;
  return text.includes("\n")
    ? first === LABELS_HEADING
    : LABELS_HEADING.startsWith(first);
}

/**
 * Parses the text of a labels file. A complete line counts even without its line
 * break.
 *
 * @param file Name of the file, for messages.
 * @throws {SpitError} `bad_manifest` for another kind of text and, naming the line,
 *   for an unknown label.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseLabels } from "./labels.ts";
 *
 * const { entries, incomplete } = parseLabels(
 *   "path,label,time\nr6.fits,arc,2026-11-23T04:06:13.123Z\nr7.fits,fl",
 *   "spit-labels.csv",
 * );
 * assertEquals(entries.map(({ path, label }) => [path, label]), [["r6.fits", "arc"]]);
 * assertEquals(incomplete, [3]);
 * ```
 */
export function parseLabels(text: string, file: string): LabelEntries {
  if (!isLabelsText(text)) {
    throw new SpitError(
      "bad_manifest",
      `${file} is not a labels file: its first line must be "${LABELS_HEADING}"`,
      { file },
    );
  }
  const entries: LabelEntry[] = [];
  const incomplete: number[] = [];
  text.split(/\r?\n/).forEach((line, k) => {
    // Two programs that create a file at once on a disk without locks write two headings.
    if (k === 0 || line.trim() === "" || line === LABELS_HEADING) return;
    const entry = parseEntry(line, k + 1, file);
    if (entry === null) incomplete.push(k + 1);
    else entries.push(entry);
  });
  return { entries, incomplete };
}

export function describeIncomplete(lines: readonly number[]): string {
  return `skipped incomplete line${lines.length > 1 ? "s" : ""} ` +
    `${lines.join(", ")}; a complete line is path,label,time ` +
    "with a time such as 2026-11-23T04:06:13Z";
}

/**
 * Formats a line under a heading, with its line break. Fields are quoted where CSV (RFC 4180)
 * requires it, and where they begin or end with a blank, which many readers trim. A
 * path that a spreadsheet would evaluate as a formula gets `./` before it.
 *
 * @throws {SpitError} `usage` for a path with a control character: a line break
 *   would make two lines, others control the terminal that shows the file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatLabelEntry } from "./labels.ts";
 *
 * const time = "2026-11-23T04:06:13.123Z";
 * assertEquals(
 *   formatLabelEntry({ path: "r6.fits", label: "arc", time }),
 *   "r6.fits,arc,2026-11-23T04:06:13.123Z\n",
 * );
 * ```
 */
export function formatLabelEntry(
  { path, label, time }: LabelEntry,
  heading: typeof LABELS_HEADING | typeof PLAIN_HEADING = LABELS_HEADING,
): string {
  if (/\p{Cc}/u.test(path)) {
    throw new SpitError(
      "usage",
      "cannot label a frame whose path has a line break or another control " +
        "character: rename it",
      { file: path },
    );
  }
  const fields = [escapeFormulaPath(path), label ?? ""];
  if (heading === LABELS_HEADING) fields.push(time);
  return stringify([fields], { quoted_match: /^\s|\s$/ });
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

/**
 * Parses a line, or returns `null` for an incomplete one. The time is the last field
 * and ends with `Z`, so that a line cut at any byte lacks it.
 */
function parseEntry(
  line: string,
  number: number,
  file: string,
): LabelEntry | null {
  const [path, label, time = "", ...more] = parseFields(line);
  if (!path || label === undefined || more.length > 0) return null;
  if (!TIME.test(time)) return null;
  if (label !== "" && !isLabel(label)) {
    throw new SpitError(
      "bad_manifest",
      `${file}: line ${number} labels ${path} as "${label}"; ${LABEL_HINT}`,
      { file },
    );
  }
  return { path, label: label === "" ? null : label, time };
}

/** Returns no field for invalid CSV, such as a quote that is never closed. */
function parseFields(line: string): string[] {
  try {
    const [fields = []]: string[][] = parse(line, { record_delimiter: "\n" });
    return fields;
  } catch {
    return [];
  }
}
