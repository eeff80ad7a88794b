/**
 * A line of a labels file: `path,label,time`.
 *
 * @module
 */
import { stringify } from "csv-stringify/sync";
import { SpitError } from "../errors.ts";
import { pathNoFormula } from "../output/formula.ts";
import { type FrameType, isFrameType } from "../frame_type.ts";

/** A label by hand; `other` for what must not get a type (imaging, acquisition, a dead lamp). */
export type Label = FrameType | "other";

/** The first line of a labels file, without its line break. */
export const HEADING = "path,label,time";

/** What a line says. */
export interface LabelLine {
  /** Path, as written. */
  readonly path: string;
  /** Label; `null` takes back the one before it. */
  readonly label: Label | null;
  /** When it was given, `2026-11-23T04:06:13.123Z`. */
  readonly time: string;
}

/** Whether a string is a label. */
export function isLabel(name: string): name is Label {
  return isFrameType(name) || name === "other";
}

/**
 * The line, with its line break. A field is quoted where CSV (RFC 4180) asks for
 * it, and where it begins or ends with a blank, which many readers cut. A path
 * that a spreadsheet would take for a formula gets `./` before it.
 *
 * @throws {SpitError} `usage` for a path with a control character: a line break
 *   would make two lines, and others steer the terminal of who looks at the file.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatLabelLine } from "./label_line.ts";
 *
 * const time = "2026-11-23T04:06:13.123Z";
 * assertEquals(
 *   formatLabelLine({ path: "r6.fits", label: "arc", time }),
 *   "r6.fits,arc,2026-11-23T04:06:13.123Z\n",
 * );
 * ```
 */
export function formatLabelLine({ path, label, time }: LabelLine): string {
  if (/\p{Cc}/u.test(path)) {
    throw new SpitError(
      "usage",
      "a frame with a line break or another control character in its path " +
        "cannot be labelled: rename it",
      { file: path },
    );
  }
  return stringify([[pathNoFormula(path), label ?? "", time]], {
    quoted_match: /^\s|\s$/,
  });
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

/**
 * Reads a line, without its line break; `null` when it is not whole. The time
 * is the last field and ends with `Z`: a line that was cut anywhere has none.
 *
 * @throws {SpitError} `bad_manifest` for a whole line with another label.
 */
export function parseLabelLine(line: string): LabelLine | null {
  const [path, label, time, ...more] = fieldsOf(line) ?? [];
  if (!path || label === undefined || more.length > 0) return null;
  if (!INSTANT.test(time ?? "")) return null;
  if (label !== "" && !isLabel(label)) {
    throw new SpitError(
      "bad_manifest",
      `labels ${path} as "${label}"; ` +
        "use bias, dark, arc, flat, standard, science or other",
    );
  }
  return { path, label: label === "" ? null : label, time: time! };
}

/** `null` for what is no CSV, as a quote that nothing closes. */
function fieldsOf(line: string): string[] | null {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  while (true) {
    const match = FIELD.exec(line);
    if (match === null) return null;
    const [, quoted, plain, separator] = match;
    fields.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (separator === "") return fields;
  }
}
