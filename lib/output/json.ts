/**
 * JSON: one array, for programs that read a file whole.
 *
 * @module
 */
import { verdictJson } from "./ndjson.ts";
import type { Report } from "./report.ts";

/** A report as one JSON array, a verdict a line. */
export function json(): Report {
  let first = true;
  return {
    begin: () => "[",
    row(verdict, remarks) {
      const separator = first ? "\n  " : ",\n  ";
      first = false;
      return separator + verdictJson(verdict, remarks);
    },
    end: () => "\n]\n",
  };
}
