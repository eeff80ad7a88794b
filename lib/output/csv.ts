import { stringify } from "csv-stringify/sync";
import type { Verdict } from "../classify/verdict.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import type { Formatter } from "./formats.ts";
import { roundVerdict } from "./json.ts";
import { escapeCell, escapePathCell } from "./spreadsheet.ts";

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

/** Creates a formatter of CSV (RFC 4180, with line feeds); votes are written as `arc=3 flat=1`. */
export function createCsvFormatter(): Formatter {
  return {
    begin: ({ group, labels } = {}) =>
      stringify([[
        ...(group ? [group] : []),
        ...CSV_COLUMNS,
        ...(labels ? ["label"] : []),
      ]]),
    row: (verdict, { group, label } = {}) =>
      stringify([[
        ...(group === undefined ? [] : [escapeCell(group)]),
        ...formatCells(roundVerdict(verdict)),
        ...(label === undefined ? [] : [label]),
      ]]),
    end: () => "",
  };
}

function formatCells(verdict: Verdict) {
  const { pixels, header, error } = verdict;
  const votes = Object.entries(pixels?.votes ?? {});
  return [
    escapePathCell(verdict.file),
    verdict.type,
    verdict.probability,
    verdict.reason,
    votes.map(([type, n]) => `${type}=${n}`).join(" "),
    ...FRAME_TYPES.map((type) => pixels?.probabilities[type]),
    pixels?.ood,
    verdict.hdus.join(" "),
    header?.type,
    header && escapeCell(header.evidence),
    verdict.agreement,
    escapeCell(verdict.model),
    error?.code,
    error && escapeCell(error.message),
  ];
}
