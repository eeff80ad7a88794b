/**
 * Rows in groups: a night, or a configuration of the instrument.
 *
 * @module
 */
import type { LogEntry } from "../header/log_entry.ts";
import { type ClassMark, isAlike } from "../calibration/frame_class.ts";

/** What rows can be grouped by. */
export const GROUPINGS = ["night", "configuration"] as const;

/** A name that `--group` takes. */
export type Grouping = typeof GROUPINGS[number];

/**
 * The rows of each group, under its name: the night; or the instrument and its configuration,
 * as far as headers tell them. Configurations whose numbers but jitter are one, called by the
 * first. Groups and rows are in the order in which they came.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { LogEntry } from "../header/log_entry.ts";
 * import { inGroups } from "./groups.ts";
 *
 * const at = (dispangle: string) =>
 *   ({ instrument: "kast-red", configuration: { dispangle } }) as unknown as LogEntry;
 * const groups = inGroups(["10848", "10851", "25499"], at, "configuration");
 * assertEquals([...groups], [
 *   ["kast-red dispangle=10848", ["10848", "10851"]],
 *   ["kast-red dispangle=25499", ["25499"]],
 * ]);
 * ```
 */
export function inGroups<R>(
  rows: readonly R[],
  logOf: (row: R) => LogEntry | null,
  by: Grouping,
): Map<string, R[]> {
  if (by === "night") {
    return Map.groupBy(rows, (row) => logOf(row)?.night ?? "no night");
  }
  const kept: ClassMark[] = [];
  return Map.groupBy(rows, (row) => {
    const log = logOf(row);
    const mark = {
      instrument: log?.instrument ?? null,
      night: null,
      configuration: log?.configuration ?? {},
    };
    const same = kept.find((one) => isAlike(one, mark));
    if (same === undefined) kept.push(mark);
    return nameOf(same ?? mark);
  });
}

function nameOf({ instrument, configuration }: ClassMark): string {
  const parts = Object.entries(configuration)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return [instrument ?? "no instrument", ...parts].join(" ");
}
