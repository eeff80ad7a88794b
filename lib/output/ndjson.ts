/**
 * NDJSON: one JSON object a line, the contract with other programs.
 *
 * @module
 */
import type { Verdict } from "../classify/verdict.ts";
import type { Remarks, Report } from "./report.ts";
import { rounded } from "./rounded.ts";

/** A report of one line for each verdict, keys in the order of {@linkcode Verdict}. */
export function ndjson(): Report {
  return {
    begin: () => "",
    row: (verdict, remarks) => verdictJson(verdict, remarks) + "\n",
    end: () => "",
  };
}

/** A verdict as one line of JSON, without its line break; remarks behind its own keys. */
export function verdictJson(verdict: Verdict, remarks: Remarks = {}): string {
  // JSON lets these through as they are; terminals obey some of them.
  return JSON.stringify({ ...rounded(verdict), ...remarks }).replace(
    /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      character.split("").map((unit) =>
        "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0")
      ).join(""),
  );
}
