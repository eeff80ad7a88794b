/**
 * Compares the frame types of an existing `.pypeit` file with verdicts, and corrects them.
 *
 * @module
 */
import type { Verdict } from "../../classify/verdict.ts";
import { SpitError } from "../../errors.ts";
import { FRAME_TYPES, type FrameType } from "../../frame_type.ts";
import { isUsable } from "../../header/subtype.ts";
import { explainVerdict } from "../explanation.ts";
import { printable } from "../text.ts";
import { findFrameType } from "./rows.ts";

/** A frame of a `.pypeit` file. */
export interface PypeitEntry {
  /** Index of its line. */
  readonly line: number;
  readonly filename: string;
  /** Its types, as the file has them. */
  readonly frametype: string;
}

/** What `.pypeit` files have for comparison. */
export interface PypeitDocument {
  /** The lines of the file, without their line breaks. */
  readonly lines: readonly string[];
  /** Folders in which PypeIt looks for the frames, in this order; may be empty. */
  readonly folders: readonly string[];
  /** The frames that PypeIt reads, without commented lines. */
  readonly entries: readonly PypeitEntry[];
  /** Index of the column `frametype` between bars. */
  readonly column: number;
  /** Numbers of lines that PypeIt ignores, because they have more or fewer bars than the heading. */
  readonly ignored: readonly number[];
}

/**
 * Reads the data block of a `.pypeit` file, as PypeIt does. A bar at both ends of each
 * line, as in old files, is accepted.
 *
 * Source: PypeIt 2.0.1, pypeit/inputfiles.py (`find_block`, `_read_data_file_table`).
 *
 * @throws {SpitError} `usage` without a data block, or without the columns `filename` and
 *   `frametype`.
 */
export function parsePypeitDocument(
  text: string,
  file: string,
): PypeitDocument {
  const lines = text.split("\n");
  const contents = lines.map((line) => line.replace(/#.*/s, "").trim());
  const start = contents.findIndex((line) => /^data\s+read\b/.test(line));
  const end = contents.findIndex((line, k) =>
    k > start && /^data\s+end\b/.test(line)
  );
  if (start < 0 || end < 0) {
    throw new SpitError(
      "usage",
      `${file} is no .pypeit file: it has no block from "data read" to "data end"`,
      { file },
    );
  }
  const folders: string[] = [];
  const entries: PypeitEntry[] = [];
  const ignored: number[] = [];
  let heading: string[] | undefined;
  for (let line = start + 1; line < end; line++) {
    const content = contents[line]!;
    if (content === "") continue;
    const cells = content.split("|").map((cell) => cell.trim());
    if (heading === undefined && /^path\s/.test(content)) {
      folders.push(content.slice("path".length).trim());
    } else if (heading === undefined) {
      heading = cells;
    } else if (cells.length !== heading.length) {
      ignored.push(line + 1);
    } else {
      const cell = (name: string) => cells[heading!.indexOf(name)]!;
      entries.push({
        line,
        filename: cell("filename") ?? "",
        frametype: cell("frametype") ?? "",
      });
    }
  }
  const missing = ["filename", "frametype"]
    .find((name) => !heading?.includes(name));
  if (missing !== undefined) {
    throw new SpitError(
      "usage",
      `the table of ${file} has no column ${missing}`,
      { file },
    );
  }
  const column = heading!.indexOf("frametype");
  return { lines, folders, entries, column, ignored };
}

/** Types of PypeIt, and those that they are here. */
const TYPES: ReadonlyMap<string, readonly FrameType[]> = new Map(
  Object.entries<readonly FrameType[]>({
    arc: ["arc"],
    tilt: ["arc"],
    bias: ["bias"],
    dark: ["dark"],
    pixelflat: ["flat"],
    illumflat: ["flat"],
    trace: ["flat"],
    lampoffflats: ["flat"],
    pinhole: ["flat"],
    slitless_pixflat: ["flat"],
    science: ["science"],
    sky: ["science"],
    standard: ["standard"],
    None: [],
    "": [],
  }),
);

/** A change of a line. */
export interface PypeitChange {
  readonly entry: PypeitEntry;
  /** The types that the line gets. */
  readonly frametype: string;
  /** Whether the line becomes a comment, because the frame must not be used. */
  readonly isUnused: boolean;
  /** The change and its reason, as `science -> arc,tilt. arc: the pixels show lines`. */
  readonly description: string;
}

/**
 * Compares a frame with the answer; `null` if nothing is to be changed.
 *
 * A frame with the type of the answer among its types keeps them, so that an `arc` need not
 * be a `tilt`; types without a counterpart here, as `align`, agree with any. A frame that
 * must not be used becomes a comment, except where only its header contradicts the type
 * that the file gives it, too.
 */
export function compareEntry(
  entry: PypeitEntry,
  verdict: Verdict,
): PypeitChange | null {
  const { type, use } = verdict;
  const isKnown = type !== null && type !== "unknown";
  const known = entry.frametype.split(",")
    .flatMap((name) => TYPES.get(name.trim()) ?? FRAME_TYPES);
  const agrees = isKnown && known.includes(type);
  const isOnlyConflict = verdict.agreement === "conflict" &&
    verdict.flags.length === 0 && isUsable(verdict.subtype);
  const isUnused = !use && !(agrees && isOnlyConflict);
  if (agrees && !isUnused) return null;
  const frametype = isKnown && !agrees
    ? findFrameType(verdict)
    : entry.frametype;
  const change = [
    ...(frametype === entry.frametype
      ? []
      : [`${entry.frametype} -> ${frametype}`]),
    ...(isUnused ? ["not used"] : []),
  ].join(", ");
  const description = printable(`${change}. ${explainVerdict(verdict)}`);
  return { entry, frametype, isUnused, description };
}

/**
 * Returns the text of a file with changes, each below a comment that describes it. Other
 * lines remain as they are.
 *
 * @param heading A comment for the first line.
 */
export function applyChanges(
  { lines, column }: PypeitDocument,
  changes: readonly PypeitChange[],
  heading: string,
): string {
  const byLine = new Map(changes.map((change) => [change.entry.line, change]));
  const changed = lines.flatMap((line, k) => {
    const change = byLine.get(k);
    if (change === undefined) return [line];
    const { frametype, isUnused, description } = change;
    return [
      `# spit: ${description}`,
      (isUnused ? "# " : "") + replaceCell(line, column, frametype),
    ];
  });
  return [`# ${printable(heading)}`, ...changed].join("\n");
}

/** Replaces a cell and keeps its width, where the value fits, and a comment behind the row. */
function replaceCell(line: string, column: number, value: string): string {
  const [, row = "", rest = ""] = /^([^#]*?)(\s*(?:#.*)?)$/s.exec(line) ?? [];
  const cells = row.split("|");
  const old = cells[column]!;
  if (old.trim() === value) return line;
  const end = column === cells.length - 1 ? "" : " ";
  cells[column] = ` ${value}${end}`.padStart(old.length);
  return cells.join("|") + rest;
}
