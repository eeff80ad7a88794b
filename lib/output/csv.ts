import { stringify } from "csv-stringify/sync";
import type { Verdict } from "../classify/verdict.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import type { Formatter } from "./formats.ts";
import { roundVerdict } from "./json.ts";
import { escapeCell, escapePathCell } from "./spreadsheet.ts";

type Cell = string | number | null | undefined;

/**
 * The columns, the same for every model: a type that the network does not know
 * has an empty probability.
 */
const COLUMNS: Readonly<Record<string, (verdict: Verdict) => Cell>> = {
  file: ({ file }) => escapePathCell(file),
  type: ({ type }) => type,
  probability: ({ probability }) => probability,
  reason: ({ reason }) => reason,
  votes: ({ pixels }) =>
    Object.entries(pixels?.votes ?? {})
      .map(([type, n]) => `${type}=${n}`).join(" "),
  ...Object.fromEntries(FRAME_TYPES.map((type) => [
    `p_${type}`,
    ({ pixels }: Verdict) => pixels?.probabilities[type],
  ])),
  ood: ({ pixels }) => pixels?.ood,
  hdus: ({ hdus }) => hdus.join(" "),
  header_type: ({ header }) => header?.type,
  header_evidence: ({ header }) => header && escapeCell(header.evidence),
  agreement: ({ agreement }) => agreement,
  model: ({ model }) => escapeCell(model),
  error_code: ({ error }) => error?.code,
  error_message: ({ error }) => error && escapeCell(error.message),
};

export const CSV_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/** Creates a formatter of CSV (RFC 4180, with line feeds); votes are written as `arc=3 flat=1`. */
export function createCsvFormatter(): Formatter {
  return {
    begin: ({ group, labels } = {}) =>
      stringify([[
        ...(group ? [group] : []),
        ...CSV_COLUMNS,
        ...(labels ? ["label"] : []),
      ]]),
    row(verdict, { group, label } = {}) {
      const rounded = roundVerdict(verdict);
      return stringify([[
        ...(group === undefined ? [] : [escapeCell(group)]),
        ...Object.values(COLUMNS).map((select) => select(rounded)),
        ...(label === undefined ? [] : [label]),
      ]]);
    },
    end: () => "",
  };
}
