import type { Verdict } from "../classify/verdict.ts";
import type { Formatter } from "./formats.ts";
import { formatProbability, printable } from "./text.ts";

type Cell = string | number | null | undefined;

const COLUMNS: Readonly<Record<string, (verdict: Verdict) => Cell>> = {
  FILE: ({ file }) => file,
  TYPE: ({ type }) => type,
  PROBABILITY: ({ probability: p }) => p === null ? null : formatProbability(p),
  DECIDED_BY: ({ decided_by }) => decided_by.join("+") || null,
  SUBTYPE: ({ subtype }) => subtype,
  USE: ({ use }) => String(use),
  FLAGS: ({ flags }) => flags.join(",") || null,
  REASON: ({ reason }) => reason,
  PIXELS: ({ pixels }) => pixels?.type,
  PIXELS_PROBABILITY: ({ pixels }) =>
    pixels && formatProbability(pixels.probability),
  OOD: ({ pixels }) =>
    pixels === null || pixels.ood === null
      ? null
      : formatProbability(pixels.ood),
  HEADER: ({ header }) => header?.type,
  HEADER_SUBTYPE: ({ header }) => header?.subtype,
  STANDARD: ({ header }) => header?.standard?.name,
  SEPARATION: ({ header }) => header?.standard?.separation,
  AGREEMENT: ({ agreement }) => agreement,
  INSTRUMENT: ({ log }) => log?.instrument,
  NIGHT: ({ log }) => log?.night,
  START: ({ log }) => log?.start,
  EXPTIME: ({ log }) => log?.exposure,
  TARGET: ({ log }) => log?.target,
  DISPNAME: ({ log }) => log?.configuration.dispname,
  DECKER: ({ log }) => log?.configuration.decker,
  BINNING: ({ log }) => log?.configuration.binning,
  ERROR: ({ error }) => error?.code,
};

/**
 * Creates a formatter of tab-separated columns for `awk`, `cut` and `sort`, as
 * `dfits FILE… | fitsort KEYWORD…` prints them; an empty cell is a dash.
 */
export function createFitsortFormatter(): Formatter {
  return {
    begin: ({ group } = {}) =>
      formatLine([
        ...Object.keys(COLUMNS),
        ...(group ? [group.toUpperCase()] : []),
      ]),
    row: (verdict, { group } = {}) =>
      formatLine([
        ...Object.values(COLUMNS).map((select) => select(verdict)),
        ...(group === undefined ? [] : [group]),
      ]),
    end: () => "",
  };
}

function formatLine(cells: readonly Cell[]): string {
  const texts = cells.map((cell) =>
    printable(String(cell ?? "-")).replace(/\s+/g, " ").trim() || "-"
  );
  return texts.join("\t") + "\n";
}
