/**
 * Rows grouped by night or by configuration of the instrument.
 *
 * @module
 */
import type { LogEntry } from "../header/log_entry.ts";
import { type ClassMark, isAlike } from "../calibration/frame_class.ts";

/** The values of `--group`. */
export const GROUPINGS = ["night", "configuration"] as const;

/** What rows are grouped by. */
export type Grouping = typeof GROUPINGS[number];

/**
 * Groups rows by night, or by instrument and configuration as far as the headers
 * tell. Configurations whose numbers differ within the tolerance are one group, named
 * by its first row. Groups and rows keep the order in which they came.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { LogEntry } from "../header/log_entry.ts";
 * import { groupRows } from "./groups.ts";
 *
 * const logAt = (dispangle: string) =>
 *   ({ instrument: "kast-red", configuration: { dispangle } }) as unknown as LogEntry;
 * const groups = groupRows(["10848", "10851", "25499"], logAt, "configuration");
 * assertEquals([...groups], [
 *   ["kast-red dispangle=10848", ["10848", "10851"]],
 *   ["kast-red dispangle=25499", ["25499"]],
 * ]);
 * ```
 */
export function groupRows<R>(
  rows: readonly R[],
  getLog: (row: R) => LogEntry | null,
  by: Grouping,
): Map<string, R[]> {
  if (by === "night") {
    return Map.groupBy(rows, (row) => getLog(row)?.night ?? "no night");
  }
  const marks: ClassMark[] = [];
  return Map.groupBy(rows, (row) => {
    const log = getLog(row);
    const mark = {
      instrument: log?.instrument ?? null,
      night: null,
      configuration: log?.configuration ?? {},
    };
    const same = marks.find((one) => isAlike(one, mark));
    if (same === undefined) marks.push(mark);
    return formatName(same ?? mark);
  });
}

function formatName({ instrument, configuration }: ClassMark): string {
  const parts = Object.entries(configuration)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return [instrument ?? "no instrument", ...parts].join(" ");
}
