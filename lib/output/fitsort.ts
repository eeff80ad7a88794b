/**
 * Tab-separated columns, as `dfits FILE… | fitsort KEYWORD…` prints them.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import { printable } from "./printable.ts";
import { probabilityText } from "./probability_text.ts";
import type { Report } from "./report.ts";

/** Names of the columns. */
export const FITSORT_COLUMNS: readonly string[] = [
  "FILE",
  "TYPE",
  "CONF",
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

/** A report for `awk`, `cut` and `sort`: a dash where there is nothing to say. */
export function fitsort(): Report {
  return {
    begin: ({ group, labels } = {}) =>
      line([
        ...FITSORT_COLUMNS,
        ...(labels ? ["LABEL"] : []),
        ...(group ? [group.toUpperCase()] : []),
      ]),
    row: (verdict, { label, group } = {}) =>
      line([
        ...cellsOf(verdict),
        ...(label === undefined ? [] : [label]),
        ...(group === undefined ? [] : [group]),
      ]),
    end: () => "",
  };
}

function cellsOf({ log, ...verdict }: Verdict): (string | number | null)[] {
  return [
    verdict.file,
    verdict.type,
    verdict.probability && probabilityText(verdict.probability),
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

function line(cells: readonly (string | number | null)[]): string {
  const texts = cells.map((cell) =>
    printable(String(cell ?? "-")).replace(/\s+/g, " ").trim() || "-"
  );
  return texts.join("\t") + "\n";
}
