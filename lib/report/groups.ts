/**
 * Rows in groups: a night, or a setup of the instrument.
 *
 * @module
 */
import type { LogEntry } from "../header/log_entry.ts";

/** What rows can be grouped by. */
export const GROUPINGS = ["night", "setup"] as const;

/** A name that `--group` takes. */
export type Grouping = typeof GROUPINGS[number];

/**
 * The group of a frame: its night; or its instrument and the setup of that, as far
 * as the header tells them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { groupOf } from "./groups.ts";
 *
 * assertEquals(groupOf(null, "night"), "no night");
 * ```
 */
export function groupOf(log: LogEntry | null, by: Grouping): string {
  if (by === "night") return log?.night ?? "no night";
  const parts = Object.entries(log?.setup ?? {})
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return [log?.instrument ?? "no instrument", ...parts].join(" ");
}

/** The rows of each group, groups and rows in the order in which they came. */
export function inGroups<R>(
  rows: readonly R[],
  group: (row: R) => string,
): Map<string, R[]> {
  return Map.groupBy(rows, group);
}
