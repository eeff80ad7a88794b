/**
 * Verdicts in tab-separated columns, as `dfits FILE… | fitsort KEYWORD…` prints them.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { Formatter } from "./formats.ts";
import { formatProbability, printable } from "./text.ts";

/** Names of the columns. */
const COLUMNS: readonly string[] = [
  "FILE",
  "TYPE",
  "PROBABILITY",
  "HEADER",
  "AGREEMENT",
  "INSTRUMENT",
  "NIGHT",
  "START",
  "EXPTIME",
  "TARGET",
  "DISPNAME",
  "DECKER",
  "BINNING",
  "ERROR",
];

/** Creates a formatter for `awk`, `cut` and `sort`; an empty cell is a dash. */
export function createFitsortFormatter(): Formatter {
  return {
    begin: ({ group, labels } = {}) =>
      formatLine([
        ...COLUMNS,
        ...(labels ? ["LABEL"] : []),
        ...(group ? [group.toUpperCase()] : []),
      ]),
    row: (verdict, { label, group } = {}) =>
      formatLine([
        ...selectCells(verdict),
        ...(label === undefined ? [] : [label]),
        ...(group === undefined ? [] : [group]),
      ]),
    end: () => "",
  };
}

function selectCells({ log, ...verdict }: Verdict): (string | number | null)[] {
  const { probability } = verdict;
  return [
    verdict.file,
    verdict.type,
    probability === null ? null : formatProbability(probability),
    verdict.header?.type ?? null,
    verdict.agreement,
    log?.instrument ?? null,
    log?.night ?? null,
    log?.start ?? null,
    log?.exposure ?? null,
    log?.target ?? null,
    log?.configuration.dispname ?? null,
    log?.configuration.decker ?? null,
    log?.configuration.binning ?? null,
    verdict.error?.code ?? null,
  ];
}

function formatLine(cells: readonly (string | number | null)[]): string {
  const texts = cells.map((cell) =>
    printable(String(cell ?? "-")).replace(/\s+/g, " ").trim() || "-"
  );
  return texts.join("\t") + "\n";
}
