/**
 * A frame as a row of PypeIt's tables.
 *
 * @module
 */
import type { Verdict } from "../../classify/verdict.ts";
import type { FrameType } from "../../frame_type.ts";
import { printable } from "../printable.ts";

/** A frame that is handed on. */
export interface PypeitFrame {
  /** Path, absolute. */
  readonly path: string;
  /** The type: a person's word for it, else that of the pixels; `null` when it has none. */
  readonly type: FrameType | null;
  /** What its header says for an observing log. */
  readonly log: Verdict["log"];
}

/**
 * PypeIt's names of a type.
 *
 * Source: PypeIt 1.16, doc/include/shane_kast_blue_A.pypeit.rst.
 */
const FRAME_TYPES: Readonly<Record<FrameType, string>> = {
  arc: "arc,tilt",
  bias: "bias",
  dark: "dark",
  flat: "pixelflat,illumflat,trace",
  science: "science",
  standard: "standard",
};

/** PypeIt's word for what is not there. */
const NONE = "None";

/** The names of PypeIt's for a type; `None` for a frame that has no type. */
export function frameTypeText(type: FrameType | null): string {
  return type === null ? NONE : FRAME_TYPES[type];
}

/** Columns of every table, in PypeIt's order; the setup's come behind them. */
const COLUMNS = [
  "filename",
  "frametype",
  "ra",
  "dec",
  "target",
  "dispname",
  "decker",
  "binning",
  "mjd",
  "airmass",
  "exptime",
] as const;

/** The columns for a spectrograph whose configurations differ in `keys`. */
export function columnsFor(keys: readonly string[]): string[] {
  const own = keys.filter((key) =>
    !(COLUMNS as readonly string[]).includes(key)
  );
  return [...COLUMNS, ...own];
}

/** The cells of a frame, text without what would end a cell or begin a comment. */
export function cellsOf(
  { type, log }: PypeitFrame,
  name: string,
  columns: readonly string[],
): string[] {
  const known: Readonly<Record<string, string | number | null | undefined>> = {
    ...log?.setup,
    filename: name,
    frametype: frameTypeText(type),
    ra: log?.ra,
    dec: log?.dec,
    target: log?.target,
    mjd: log?.mjd,
    airmass: log?.airmass,
    exptime: log?.exposure,
  };
  return columns.map((column) => cellText(known[column]));
}

function cellText(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  // A bar ends a cell, a number sign begins a comment.
  const text = printable(String(value)).replace(/[|#\s]+/g, " ").trim();
  return text === "" ? NONE : text;
}

/** Rows in columns of one width, with bars between and none at the ends: a `#` comes first of all. */
export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => [...row[column]!].length))
  );
  return rows.map((row) =>
    row.map((cell, k) => {
      const blanks = " ".repeat(widths[k]! - [...cell].length);
      return k === 0 ? cell + blanks : blanks + cell;
    }).join(" | ")
  );
}
