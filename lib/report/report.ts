/**
 * What every format is: text for each verdict as it comes, and around them.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { Summary } from "./summary.ts";

/** A format at work on one run. Every text ends its own lines. */
export interface Report {
  /** Before the first row. */
  begin(): string;
  /** One verdict. */
  row(verdict: Verdict): string;
  /** After the last row. */
  end(summary: Summary): string;
}

/** What a format may want to know beforehand. */
export interface ReportContext {
  /** The paths to come, in order. */
  readonly files: readonly string[];
  /** Whether a person is looking: long names are cut then. */
  readonly terminal: boolean;
  /** Whether to colour. */
  readonly colour: boolean;
}
