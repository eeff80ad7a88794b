/**
 * What every format is: text for each verdict as it comes, and around them.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { Label } from "../evaluation/labels_file.ts";
import type { Summary } from "./summary.ts";

/** What the rows of a run have beside their verdicts. */
export interface Extras {
  /** What the rows are grouped by. */
  readonly group?: string;
  /** Whether there are labels by hand. */
  readonly labels?: boolean;
}

/** What is known of one frame beside its verdict. */
export interface Remarks {
  /** Its group; only in a report with groups. */
  readonly group?: string;
  /** Its label by hand, `null` without one; only in a report with labels. */
  readonly label?: Label | null;
}

/** A format at work on one run. Every text ends its own lines. */
export interface Report {
  /** Before the first row. */
  begin(extras?: Extras): string;
  /** Before the first row of a group, for a format that has headings. */
  heading?(group: string): string;
  /** One verdict. */
  row(verdict: Verdict, remarks?: Remarks): string;
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
