import type { Verdict } from "../../classify/verdict.ts";
import type { FrameType } from "../../frame_type.ts";
import { parseAngle } from "../../header/card_values.ts";
import { SUBTYPES } from "../../header/subtype.ts";
import { printable } from "../text.ts";

export interface PypeitFrame {
  /** Absolute path. */
  readonly path: string;
  /** Its type; `null` without one. */
  readonly type: FrameType | null;
  /** PypeIt's frame types, separated by commas; `None` without a type. */
  readonly frametype: string;
  /** Whether PypeIt may use it. */
  readonly use: boolean;
  /** Why it must not be used, or what else is notable; may be empty. */
  readonly note: string;
  readonly log: Verdict["log"];
}

/**
 * PypeIt's names of the types.
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

const NONE = "None";

/**
 * Returns PypeIt's names of the type of a frame, `None` without one. A subtype may have a
 * name of its own: a twilight flat is an `illumflat`.
 */
export function findFrameType(
  { type, subtype }: Pick<Verdict, "type" | "subtype">,
): string {
  if (type === null || type === "unknown") return NONE;
  const own = subtype === null ? null : SUBTYPES[subtype].pypeit;
  return own ?? FRAME_TYPES[type];
}

/** Columns of every table after the name, in PypeIt's order; those of the configuration follow. */
const COLUMNS: readonly string[] = [
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
];

/** Keys of the configuration that PypeIt requires to be numbers. */
const NUMERIC_KEYS: ReadonlySet<string> = new Set([
  "dispangle",
  "cenwave",
  "slitwid",
  "echangle",
  "xdangle",
]);

/** Returns the columns after the name, for a spectrograph with these configuration keys. */
export function listColumns(keys: readonly string[]): string[] {
  return [...COLUMNS, ...keys.filter((key) => !COLUMNS.includes(key))];
}

export function formatCells(
  { frametype, log }: PypeitFrame,
  columns: readonly string[],
): string[] {
  // PypeIt fails on a position of which one coordinate is missing.
  const hasPosition = log !== null && log.ra !== null && log.dec !== null;
  const values: Readonly<Record<string, string | number | null | undefined>> = {
    ...log?.configuration,
    frametype,
    ra: hasPosition ? log.ra : null,
    dec: hasPosition ? log.dec : null,
    target: log?.target,
    mjd: log?.mjd,
    airmass: log?.airmass,
    exptime: log?.exposure,
  };
  return columns.map((column) => {
    const value = values[column];
    return formatCell(
      NUMERIC_KEYS.has(column) && typeof value === "string"
        ? parseNumber(value)
        : value,
    );
  });
}

/** Returns a number as it is written, a sexagesimal angle in degrees. */
function parseNumber(text: string): string | number | null {
  return text.trim() !== "" && Number.isFinite(Number(text))
    ? text
    : parseAngle(text, 1) ?? null;
}

/** Returns a value as a cell that PypeIt can read. */
export function formatCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  // PypeIt does not accept a column of integers as coordinates.
  if (Number.isInteger(value)) return `${value}.0`;
  // A number sign starts a comment, and PypeIt removes it from names as well (Gr#16
  // of EFOSC2 is Gr16); a bar ends a cell; a leading quote starts a quotation.
  const text = printable(String(value)).replaceAll("#", "")
    .replace(/[|\s]+/g, " ").replace(/^[" ]+/, "").trimEnd();
  return text === "" ? NONE : text;
}

/**
 * Removes the columns in which every row is `None`: PypeIt reads a missing column from
 * the headers, where it would take `None` as the value.
 *
 * @param rows The heading first.
 */
export function removeEmptyColumns(
  rows: readonly (readonly string[])[],
): string[][] {
  const [heading, ...body] = rows;
  const isFilled = heading!.map((name, column) =>
    name === "filename" || name === "frametype" ||
    body.some((row) => row[column] !== NONE)
  );
  return rows.map((row) => row.filter((_, column) => isFilled[column]));
}

/** Aligns rows with bars between the cells and none at the ends, where a `#` must come first. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const count = (cell: string) => [...cell].length;
  const widths = rows[0]!.map((_, column) =>
    Math.max(...rows.map((row) => count(row[column]!)))
  );
  return rows.map((row) =>
    row.map((cell, column) => {
      const padding = " ".repeat(widths[column]! - count(cell));
      return column === 0 ? cell + padding : padding + cell;
    }).join(" | ")
  );
}
