/**
 * CSV (RFC 4180, with bare line feeds): one row a file, for spreadsheets and
 * scripts. What comes from files and their headers is no formula there.
 *
 * @module
 */
import { stringify } from "csv-stringify/sync";
import type { Verdict } from "../classify/verdict.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import type { Report } from "./report.ts";
import { rounded } from "./rounded.ts";
import { cellOfPath, cellOfText } from "./spreadsheet_cell.ts";

/**
 * The columns, the same for every model: a type that the network does not know
 * has an empty probability.
 */
export const CSV_COLUMNS: readonly string[] = [
  "file",
  "type",
  "probability",
  "reason",
  "votes",
  ...FRAME_TYPES.map((type) => `p_${type}`),
  "ood",
  "hdus",
  "header_type",
  "header_evidence",
  "agreement",
  "model",
  "error_code",
  "error_message",
];

/** A report with a heading and one row for each verdict; votes as `arc=3 flat=1`. */
export function csv(): Report {
  return {
    begin: ({ group, labels } = {}) =>
      stringify([[
        ...(group ? [group] : []),
        ...CSV_COLUMNS,
        ...(labels ? ["label"] : []),
      ]]),
    row: (verdict, { group, label } = {}) => {
      const cells = [
        ...(group === undefined ? [] : [cellOfText(group)]),
        ...fields(rounded(verdict)),
        ...(label === undefined ? [] : [label]),
      ];
      return stringify([cells]);
    },
    end: () => "",
  };
}

function fields(verdict: Verdict): (string | number | null | undefined)[] {
  const { pixels, header, error } = verdict;
  return [
    cellOfPath(verdict.file),
    verdict.type,
    verdict.probability,
    verdict.reason,
    Object.entries(pixels?.votes ?? {}).map(([type, n]) => `${type}=${n}`).join(
      " ",
    ),
    ...FRAME_TYPES.map((type) => pixels?.probabilities[type]),
    pixels?.ood,
    verdict.hdus.join(" "),
    header?.type,
    header && cellOfText(header.evidence),
    verdict.agreement,
    cellOfText(verdict.model),
    error?.code,
    error && cellOfText(error.message),
  ];
}
