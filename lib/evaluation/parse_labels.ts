/**
 * The text of a labels file → its lines.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { HEADING, type LabelLine, parseLabelLine } from "./label_line.ts";

/** What a labels file says. */
export interface LabelLines {
  /** Its whole lines, in order. */
  readonly lines: readonly LabelLine[];
  /** Numbers, from 1, of lines that are not whole: cut by a kill, or written by another hand. */
  readonly cut: readonly number[];
}

/** Whether a text is that of a labels file, or of the beginning of one. */
export function isLabelsText(text: string): boolean {
  const first = text.replace(/^\uFEFF/, "").split(/\r?\n/, 1)[0]!;
  return text.includes("\n") ? first === HEADING : HEADING.startsWith(first);
}

/**
 * Reads the text of a labels file. A line counts when it is whole, whether or
 * not its line break is there; what is not whole is passed over.
 *
 * @throws {SpitError} `bad_manifest` when it is none, and, naming the line, for an
 *   unknown label.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseLabels } from "./parse_labels.ts";
 *
 * const { lines, cut } = parseLabels(
 *   "path,label,time\nr6.fits,arc,2026-11-23T04:06:13.123Z\nr7.fits,fl",
 * );
 * assertEquals(lines.map(({ path, label }) => [path, label]), [["r6.fits", "arc"]]);
 * assertEquals(cut, [3]);
 * ```
 */
export function parseLabels(text: string): LabelLines {
  if (!isLabelsText(text)) {
    throw new SpitError(
      "bad_manifest",
      `it is no labels file: its first line must be "${HEADING}"`,
    );
  }
  const lines: LabelLine[] = [];
  const cut: number[] = [];
  text.split(/\r?\n/).slice(1).forEach((line, k) => {
    // Two programs that begin a file at once on a disk without locks write two headings.
    if (line.trim() === "" || line === HEADING) return;
    const number = k + 2;
    const read = readLine(line, number);
    if (read === null) cut.push(number);
    else lines.push(read);
  });
  return { lines, cut };
}

function readLine(line: string, number: number): LabelLine | null {
  try {
    return parseLabelLine(line);
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    throw new SpitError(error.code, `line ${number} ${error.description}`);
  }
}
