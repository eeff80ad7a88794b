/**
 * The formats of `classify`, by name.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { Label } from "../evaluation/labels.ts";
import { createCsvFormatter } from "./csv.ts";
import { createFitsortFormatter } from "./fitsort.ts";
import { createJsonFormatter, createNdjsonFormatter } from "./json.ts";
import type { Summary } from "./summary.ts";
import { createTableFormatter } from "./table.ts";

/** Columns beside those of the verdict. */
export interface ExtraColumns {
  /** What the rows are grouped by. */
  readonly group?: string;
  /** Whether there is a column of labels. */
  readonly labels?: boolean;
}

/** Values of the extra columns of one row. */
export interface ExtraCells {
  /** The group of the frame, in a report with groups. */
  readonly group?: string;
  /** The label given by a person, `null` without one, in a report with labels. */
  readonly label?: Label | null;
}

/** Formats the verdicts of one run as they come. Every text ends its own lines. */
export interface Formatter {
  /** Returns the text before the first row. */
  begin(extra?: ExtraColumns): string;
  /** Returns the text before the first row of a group, in a format that has headings. */
  heading?(group: string): string;
  /** Returns the row of a verdict. */
  row(verdict: Verdict, extra?: ExtraCells): string;
  /** Returns the text after the last row. */
  end(summary: Summary): string;
}

/** What a format takes into account. */
export interface FormatterOptions {
  /** The paths to come, in order. */
  readonly files: readonly string[];
  /** Whether the text goes to a terminal, where long names are cut. */
  readonly terminal: boolean;
  /** Whether to use colours. */
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

/** Creates the formatter of a format. */
export function createFormatter(
  format: Format,
  options: FormatterOptions,
): Formatter {
  return FORMATS[format](options);
}
