/**
 * Texts on configurations, for the audit and for PypeIt files.
 *
 * @module
 */
import {
  type ConfigurationValues,
  DETECTOR_KEYS,
  findDefinition,
  selectValues,
} from "../calibration/configuration.ts";
import {
  type ConfigurationRow,
  type ConfigurationTable,
  type IncompleteHeader,
  nameInFull,
} from "../calibration/configuration_table.ts";
import type { LogEntry } from "../header/log_entry.ts";
import { basename } from "../std.ts";
import { FRAME_TYPES, type FrameType } from "../frame_type.ts";
import { formatCount, printable } from "./text.ts";

/** PypeIt's names of configuration keys in the words of an observer. */
const WORDS: Readonly<Record<string, string>> = {
  amp: "amplifier",
  arm: "camera",
  cenwave: "central wavelength",
  datasec: "data section",
  decker: "slit",
  dispangle: "tilt",
  dispname: "grating",
  echangle: "echelle angle",
  filter1: "filter",
  filter2: "second filter",
  readout: "read-out",
  slitwid: "slit width",
  xdangle: "cross-disperser angle",
};

/** Returns the word of an observer for a key: `grating` for `dispname`. */
export function nameKey(key: string): string {
  return WORDS[key] ?? key;
}

/** Formats values as `grating 600/4310, slit 2.0 arcsec`. */
export function formatValues(values: ConfigurationValues): string {
  return Object.entries(values)
    .map(([key, value]) => `${nameKey(key)} ${round(value)}`).join(", ");
}

/** Returns a number with six digits at most. */
function round(value: string): string {
  return /^-?\d+\.\d{5,}$/.test(value)
    ? String(Number(Number(value).toPrecision(6)))
    : value;
}

/** Joins words as `arc`, `arc and flat`, `arc, flat and bias`. */
function join(words: readonly string[]): string {
  return words.length < 2
    ? words.join()
    : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/**
 * Formats why a frame is in no configuration:
 * `a.fits (science): its header does not tell the configuration: it lacks grating and slit; deimos A and deimos B fit`.
 */
export function formatIncomplete(
  { file, type, lacks, fits }: IncompleteHeader,
): string {
  const fit = fits.length === 1 ? "fits" : "fit";
  return printable(
    `${
      basename(file)
    } (${type}): its header does not tell the configuration: ` +
      `it lacks ${join(lacks.map(nameKey))}; ${join(fits)} ${fit}`,
  );
}

/** Formats notices about frames that lack some keys, and about those without a date. */
export function listNotices(
  { completed, undated }: Pick<ConfigurationTable, "completed" | "undated">,
): string[] {
  const groups = Map.groupBy(
    completed,
    ({ lacks, fits }) =>
      `without ${join(lacks.map(nameKey))} in the header, taken as of ` +
      join(fits),
  );
  return [
    ...[...groups].map(([text, frames]) => {
      const names = frames.slice(0, 3).map(({ file }) => basename(file));
      const more = frames.length > 3 ? ", …" : "";
      return printable(
        `${formatCount(frames.length, "frame")} ${text}: ` +
          names.join(", ") + more,
      );
    }),
    ...undated === 0 ? [] : [
      `${formatCount(undated, "frame")} without a date: ` +
      "whether calibrations are of the same night is unknown",
    ],
  ];
}

/** What is formatted of a configuration. */
type SummaryRow = Omit<ConfigurationRow, "files">;

/**
 * Formats what a configuration lacks: `configuration B (science 3): no arc, no flat`; empty
 * for nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatLacks } from "./configurations.ts";
 *
 * const text = formatLacks({
 *   name: "B",
 *   instrument: "kast-red",
 *   configuration: {},
 *   nights: ["2021-02-18"],
 *   counts: { bias: 1, dark: 0, arc: 0, flat: 0, standard: 0, science: 2 },
 *   lacks: [{ calibration: "arc", night: "2021-02-18" }],
 * });
 * assertEquals(text, "configuration B of kast-red (science 2): no arc");
 * ```
 */
export function formatLacks(row: SummaryRow): string {
  if (row.lacks.length === 0) return "";
  const { name, instrument, counts } = row;
  const needing = formatCounts(counts, ["science", "standard"]) ||
    "no science frame yet";
  const of = instrument === null ? "" : ` of ${instrument}`;
  const lacks = listLacks(row).map((lack) => `no ${lack}`).join(", ");
  return printable(`configuration ${name}${of} (${needing}): ${lacks}`);
}

function formatCounts(
  counts: SummaryRow["counts"],
  types: readonly FrameType[],
): string {
  return types.filter((type) => counts[type] > 0)
    .map((type) => `${type} ${counts[type]}`).join(", ");
}

/**
 * Formats a change in the lacks of a configuration: that it is complete, or what it lacks,
 * with its values.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatChange } from "./configurations.ts";
 *
 * const row = {
 *   name: "B",
 *   instrument: "kast-red",
 *   configuration: { dispname: "600/7500" },
 *   nights: ["2021-02-18"],
 *   counts: { bias: 1, dark: 0, arc: 1, flat: 0, standard: 0, science: 2 },
 *   lacks: [{ calibration: "flat", night: "2021-02-18" }],
 * } as const;
 * assertEquals(
 *   formatChange(row),
 *   "missing: 2021-02-18, configuration B of kast-red (science 2): no flat; grating 600/7500",
 * );
 * assertEquals(
 *   formatChange({ ...row, lacks: [] }),
 *   "complete: 2021-02-18, configuration B of kast-red (bias 1, arc 1, science 2)",
 * );
 * ```
 */
export function formatChange(row: SummaryRow): string {
  const { name, instrument, configuration, nights, counts } = row;
  const night = nights.map((night) => `${night}, `).join("");
  if (row.lacks.length > 0) {
    const values = formatValues(selectSettings(configuration));
    const after = values === "" ? "" : `; ${values}`;
    return printable(`missing: ${night}${formatLacks(row)}${after}`);
  }
  const of = instrument === null ? "" : ` of ${instrument}`;
  const all = formatCounts(counts, FRAME_TYPES);
  return printable(`complete: ${night}configuration ${name}${of} (${all})`);
}

/** Lists what is lacking, with the night, or the number of nights, if there are several. */
function listLacks({ lacks, nights }: SummaryRow): string[] {
  const byCalibration = Map.groupBy(lacks, ({ calibration }) => calibration);
  return [...byCalibration].map(([calibration, own]) => {
    if (nights.length < 2) return calibration;
    const when = own.length > 1 ? `${own.length} nights` : own[0]!.night;
    return `${calibration} (${when})`;
  });
}

/** Headings of the columns that {@linkcode listCells} returns. */
export const CONFIGURATION_HEADINGS = [
  "configuration",
  ...FRAME_TYPES,
  "lacks",
  "values",
];

/**
 * Returns a row of cells for each configuration: its name, the number of usable frames of
 * each type, what is lacking, and the values in which the configurations of an instrument
 * differ.
 */
export function listCells(rows: readonly SummaryRow[]): string[][] {
  return rows.map((row) => [
    printable(nameInFull(row)),
    ...FRAME_TYPES.map((type) => String(row.counts[type])),
    listLacks(row).join(", ") || "-",
    printable(formatValues(selectTelling(row, rows))),
  ]);
}

/** Formats a table of configurations with the cells of {@linkcode listCells}. */
export function formatConfigurations(
  rows: readonly SummaryRow[],
): string {
  const heading = CONFIGURATION_HEADINGS.map((name) => name.toUpperCase());
  const table = [heading, ...listCells(rows)];
  const widths = heading.map((_, column) =>
    Math.max(...table.map((row) => row[column]!.length))
  );
  return table.map((row) =>
    row.map((cell, column) =>
      column > 0 && column <= FRAME_TYPES.length
        ? cell.padStart(widths[column]!)
        : cell.padEnd(widths[column]!)
    ).join("  ").trimEnd() + "\n"
  ).join("");
}

/** Returns the values that tell a configuration from the others of its instrument. */
function selectTelling(
  { instrument, configuration }: SummaryRow,
  rows: readonly SummaryRow[],
): ConfigurationValues {
  const others = rows.filter((row) => row.instrument === instrument);
  const telling = Object.entries(configuration).filter(([key, value]) =>
    others.some(({ configuration: other }) =>
      other[key] !== undefined && other[key] !== value
    )
  );
  if (telling.length === 0) return selectSettings(configuration);
  const detector: readonly string[] = DETECTOR_KEYS;
  return Object.fromEntries(
    telling.toSorted(([one], [other]) =>
      Number(detector.includes(one)) - Number(detector.includes(other))
    ),
  );
}

/**
 * Returns the values that an observer sets, and the binning; those of the detector if there
 * are no others.
 */
export function selectSettings(
  configuration: ConfigurationValues,
): ConfigurationValues {
  const detector: readonly string[] = DETECTOR_KEYS;
  const settings = Object.entries(configuration).filter(([key]) =>
    key === "binning" || !detector.includes(key)
  );
  return settings.some(([key]) => key !== "binning")
    ? Object.fromEntries(settings)
    : configuration;
}

/**
 * Formats the values that an observer sets, without their names, and the binning:
 * `1200/5000, 25499, 0.5 arcsec, 1,1`.
 */
export function formatSettings(
  log: Pick<LogEntry, "instrument" | "configuration">,
): string {
  const { keys } = findDefinition(log.instrument);
  const values = selectValues(log, [...new Set([...keys, "binning"])]);
  return Object.values(selectSettings(values)).map(round).join(", ");
}
