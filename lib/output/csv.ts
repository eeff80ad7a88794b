import { stringify } from "csv-stringify/sync";
import type { PixelVerdict, Verdict } from "../classify/verdict.ts";
import { FRAME_TYPES } from "../frame_type.ts";
import type { Formatter } from "./formats.ts";
import { roundVerdict } from "./json.ts";
import { escapeCell, escapePathCell } from "./spreadsheet.ts";
import { formatDamage } from "./text.ts";

type Cell = string | number | null | undefined;

/**
 * The columns, whose texts {@linkcode createCsvFormatter} escapes: the keys of
 * {@linkcode Verdict}, nested ones joined by `_`. They are the same for every model: a type
 * that the network does not know has an empty probability.
 */
const COLUMNS: Readonly<Record<string, (verdict: Verdict) => Cell>> = {
  file: ({ file }) => file,
  type: ({ type }) => type,
  probability: ({ probability }) => probability,
  ...nameProbabilities("", ({ probabilities }) => probabilities),
  decided_by: ({ decided_by }) => decided_by.join("+"),
  subtype: ({ subtype }) => subtype,
  use: ({ use }) => String(use),
  flags: ({ flags }) => flags.join(" "),
  reason: ({ reason }) => reason,
  pixels_type: ({ pixels }) => pixels?.type,
  pixels_probability: ({ pixels }) => pixels?.probability,
  ...nameProbabilities("pixels_", ({ pixels }) => pixels?.probabilities),
  pixels_votes: ({ pixels }) =>
    Object.entries(pixels?.votes ?? {})
      .map(([type, n]) => `${type}=${n}`).join(" "),
  pixels_ood: ({ pixels }) => pixels?.ood,
  pixels_hdus: ({ pixels }) =>
    (pixels?.hdus ?? []).map(({ hdu, type, flags }) =>
      `${hdu}=${flags[0] ?? type}`
    ).join(" "),
  pixels_damage: ({ pixels }) => pixels && formatDamage(pixels),
  pixels_reads: ({ pixels }) => pixels?.reads?.join(" "),
  header_type: ({ header }) => header?.type,
  header_subtype: ({ header }) => header?.subtype,
  header_evidence: ({ header }) => header?.evidence,
  header_standard_name: ({ header }) => header?.standard?.name,
  header_standard_matched: ({ header }) => header?.standard?.matched.join(" "),
  header_standard_separation: ({ header }) => header?.standard?.separation,
  header_standard_magnitude: ({ header }) => header?.standard?.magnitude,
  header_object: ({ header }) => header && escapeCell(header.object ?? ""),
  header_differs: ({ header }) => header?.differs.join("; "),
  agreement: ({ agreement }) => agreement,
  log_instrument: ({ log }) => log && escapeCell(log.instrument ?? ""),
  log_night: ({ log }) => log && escapeCell(log.night ?? ""),
  log_start: ({ log }) => log?.start,
  log_mjd: ({ log }) => log?.mjd,
  log_exposure: ({ log }) => log?.exposure,
  log_longest: ({ log }) => log?.longest,
  log_target: ({ log }) => log && escapeCell(log.target ?? ""),
  log_ra: ({ log }) => log?.ra,
  log_dec: ({ log }) => log?.dec,
  log_airmass: ({ log }) => log?.airmass,
  log_configuration: ({ log }) =>
    log && escapeCell(
      Object.entries(log.configuration)
        .map(([key, value]) => `${key}=${value}`).join("; "),
    ),
  hdus: ({ hdus }) => hdus.join(" "),
  model: ({ model }) => model,
  error_code: ({ error }) => error?.code,
  error_message: ({ error }) => error?.message,
};

function nameProbabilities(
  prefix: string,
  select: (
    verdict: Verdict,
  ) => PixelVerdict["probabilities"] | null | undefined,
): Record<string, (verdict: Verdict) => Cell> {
  return Object.fromEntries(FRAME_TYPES.map((type) => [
    `${prefix}probabilities_${type}`,
    (verdict: Verdict) => select(verdict)?.[type],
  ]));
}

export const CSV_COLUMNS: readonly string[] = Object.keys(COLUMNS);

/** Creates a formatter of CSV (RFC 4180, with line feeds); votes are written as `arc=3 flat=1`. */
export function createCsvFormatter(): Formatter {
  return {
    begin: ({ group } = {}) =>
      stringify([[...(group ? [group] : []), ...CSV_COLUMNS]]),
    row(verdict, { group } = {}) {
      const rounded = roundVerdict(verdict);
      const cells = Object.entries(COLUMNS).map(([name, select]) => {
        const cell = select(rounded);
        if (typeof cell !== "string") return cell;
        return name === "file" ? escapePathCell(cell) : escapeCell(cell);
      });
      return stringify([[
        ...(group === undefined ? [] : [escapeCell(group)]),
        ...cells,
      ]]);
    },
    end: () => "",
  };
}
