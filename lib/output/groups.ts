import type { LogEntry } from "../header/log_entry.ts";
import {
  type ConfigurationValues,
  splitByConfiguration,
} from "../calibration/configuration.ts";
import { selectSettings } from "./configurations.ts";

/** A value of `--group`. */
export type Grouping = "night" | "configuration";

/**
 * Groups rows by night, or by instrument and configuration as far as the headers
 * tell. A group is named by its first row, with the values of the detector only where the
 * others are equal. Groups and rows keep their order.
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
  const groups = splitByConfiguration(rows, getLog);
  const name = (
    instrument: string | null,
    configuration: ConfigurationValues,
  ) => {
    const parts = Object.entries(configuration)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`);
    return [instrument ?? "no instrument", ...parts].join(" ");
  };
  const short = groups.map(({ instrument, configuration }) =>
    name(instrument, selectSettings(configuration))
  );
  return new Map(groups.map(({ instrument, configuration, rows }, k) => {
    const isUnique = short.indexOf(short[k]!) === short.lastIndexOf(short[k]!);
    return [isUnique ? short[k]! : name(instrument, configuration), rows];
  }));
}
