import type { Verdict } from "../classify/verdict.ts";
import { createCsvFormatter } from "./csv.ts";
import { createFitsortFormatter } from "./fitsort.ts";
import { createJsonFormatter, createNdjsonFormatter } from "./json.ts";
import type { Summary } from "./summary.ts";
import { createTableFormatter } from "./table.ts";

/** Cells of a row besides those of the verdict. */
export interface ExtraCells {
  /** The group of the frame, in a report with groups. */
  readonly group?: string;
}

/** Formats the verdicts of one run as they come. Every text ends its own lines. */
export interface Formatter {
  /** Returns the text before the first row; `group` is the name of a column of groups. */
  begin(columns?: { readonly group?: string }): string;
  /** Returns the text before the first row of a group, in a format that has headings. */
  heading?(group: string): string;
  row(verdict: Verdict, extra?: ExtraCells): string;
  end(summary: Summary): string;
}

export interface FormatterOptions {
  /** The paths to come, in order. */
  readonly files: readonly string[];
  /** Whether the text goes to a terminal, where long names are cut. */
  readonly terminal: boolean;
  /** Columns of the terminal, to which a table is fitted. Default: no limit. */
  readonly width?: number;
  readonly colour: boolean;
}

const FORMATS = {
  table: createTableFormatter,
  csv: createCsvFormatter,
  fitsort: createFitsortFormatter,
  ndjson: createNdjsonFormatter,
  json: createJsonFormatter,
} satisfies Record<string, (options: FormatterOptions) => Formatter>;

/** A value of `--format` for a report in one piece. */
export type Format = keyof typeof FORMATS;

export function createFormatter(
  format: Format,
  options: FormatterOptions,
): Formatter {
  return FORMATS[format](options);
}
