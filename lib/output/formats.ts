/**
 * The formats by name.
 *
 * @module
 */
import { csv } from "./csv.ts";
import { fitsort } from "./fitsort.ts";
import { json } from "./json.ts";
import { ndjson } from "./ndjson.ts";
import type { Report, ReportContext } from "./report.ts";
import { table } from "./table.ts";

const MAKERS = { table, csv, fitsort, ndjson, json } satisfies Record<
  string,
  (context: ReportContext) => Report
>;

/** A name that `--format` takes, for a report in one piece. */
export type Format = keyof typeof MAKERS;

/** Starts a report. */
export function startReport(format: Format, context: ReportContext): Report {
  return MAKERS[format](context);
}
