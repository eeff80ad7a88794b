/**
 * A frame as a row of PypeIt's tables.
 *
 * @module
 */
import type { Verdict } from "../../classify/verdict.ts";
import type { FrameType } from "../../frame_type.ts";
import { parseAngle } from "../../header/card_values.ts";
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

/** Columns of every table behind the name, in PypeIt's order; the configuration's come after them. */
const COLUMNS = [
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

/** The columns behind the name, for a spectrograph whose configurations differ in `keys`. */
export function columnsFor(keys: readonly string[]): string[] {
  const own = keys.filter((key) =>
    !(COLUMNS as readonly string[]).includes(key)
  );
  return [...COLUMNS, ...own];
}

/** The cells of a frame behind its name. */
export function cellsOf(
  { type, log }: PypeitFrame,
  columns: readonly string[],
): string[] {
  // PypeIt fails on half a position.
  const isPlaced = log !== null && log.ra !== null && log.dec !== null;
  const known: Readonly<Record<string, string | number | null | undefined>> = {
    ...log?.configuration,
    frametype: frameTypeText(type),
    ra: isPlaced ? log.ra : null,
    dec: isPlaced ? log.dec : null,
    target: log?.target,
    mjd: log?.mjd,
    airmass: log?.airmass,
    exptime: log?.exposure,
  };
  return columns.map((column) =>
    cellText(
      NUMBERS.has(column) ? numberOf(known[column]) : known[column],
    )
  );
}

/** Parts of the configuration that PypeIt reads as numbers, and fails where they are none. */
const NUMBERS: ReadonlySet<string> = new Set([
  "dispangle",
  "cenwave",
  "slitwid",
  "echangle",
  "xdangle",
]);

/** A number as it is written; of a sexagesimal angle the degrees. */
function numberOf(value: string | number | null | undefined) {
  if (typeof value !== "string") return value;
  const number = Number(value);
  return value.trim() !== "" && Number.isFinite(number)
    ? value
    : parseAngle(value, 1);
}

/** A value as PypeIt's tables can hold it. */
export function cellText(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  // PypeIt takes a column of whole numbers for no coordinates.
  if (Number.isInteger(value)) return `${value}.0`;
  // A number sign begins a comment, and PypeIt leaves it out, too (EFOSC2's Gr#16 is
  // Gr16); a bar ends a cell; a quote before all else begins a quotation.
  const text = printable(String(value)).replaceAll("#", "")
    .replace(/[|\s]+/g, " ").replace(/^[" ]+/, "").trimEnd();
  return text === "" ? NONE : text;
}

/**
 * A table without the columns in which no row has anything: what PypeIt does not find
 * in a file it reads from the headers, where a `None` would stand for that.
 *
 * @param rows The heading first.
 */
export function withoutEmptyColumns(
  rows: readonly (readonly string[])[],
): string[][] {
  const [heading, ...body] = rows;
  const kept = heading!.map((name, column) =>
    name === "filename" || name === "frametype" ||
    body.some((row) => row[column] !== NONE)
  );
  return rows.map((row) => row.filter((_, column) => kept[column]));
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
