/**
 * The `.pypeit` file: what PypeIt reduces a configuration from.
 *
 * @module
 */
import { basename } from "../../io/path.ts";
import type { Configuration } from "../../calibration/configurations.ts";
import { printable } from "../printable.ts";
import { placesOf } from "./places.ts";
import {
  cellsOf,
  columnsFor,
  frameTypeText,
  type PypeitFrame,
  tableLines,
  withoutEmptyColumns,
} from "./row.ts";
import { spectrographOf } from "./spectrographs.ts";

/** What the file is of. */
export interface PypeitFileFacts {
  /** PypeIt's name of the spectrograph. */
  readonly spectrograph: string;
  /** The configuration. */
  readonly configuration: Configuration<PypeitFrame>;
  /** Place of the configuration among them all, from 0: its group of calibrations. */
  readonly calib: number;
  /** All frames that are there, of any configuration: absolute paths. */
  readonly given: ReadonlySet<string>;
  /** Who made the file: a line of comment. */
  readonly maker: string;
}

/** A file, and what a person must be told of it. */
export interface PypeitText {
  /** What is in it. */
  readonly text: string;
  /** Frames that PypeIt would not find by name: their lines are comments. */
  readonly unfound: readonly string[];
}

/**
 * The text of a `.pypeit` file: parameters, configuration, data; rows by type and name.
 *
 * A frame without a type has its line, commented out and with the type `None`, as
 * `pypeit_setup` writes it: give it one and take the `#` away. So has a frame that
 * PypeIt would not find by name, with its whole path.
 *
 * Source: PypeIt 2.0.1, pypeit/inputfiles.py (`PypeItFile`), metadata.py
 * (`write_pypeit`).
 */
export function pypeitFile(
  { spectrograph, configuration, calib, given, maker }: PypeitFileFacts,
): PypeitText {
  const { folders, finds } = placesOf(
    configuration.frames.map(({ path }) => path),
    given,
  );
  const columns = columnsFor(spectrographOf(spectrograph).keys);
  const sorted = configuration.frames.toSorted((one, other) =>
    compare(frameTypeText(one.type), frameTypeText(other.type)) ||
    compare(basename(one.path), basename(other.path))
  );
  const rows = sorted.map((frame) => {
    const { path, type } = frame;
    const found = finds(path);
    const name = found ? basename(path) : printable(path);
    const comment = found && type !== null ? "" : "# ";
    return [comment + name, ...cellsOf(frame, columns), String(calib)];
  });
  const text = [
    `# ${maker}`,
    "# Types come from the pixels: look at them before you reduce.",
    "",
    "# User-defined execution parameters",
    "[rdx]",
    `    spectrograph = ${spectrograph}`,
    "",
    "# Setup",
    "setup read",
    `Configuration ${configuration.name}:`,
    ...Object.entries(configuration.configuration).map(([key, value]) =>
      `  ${key}: ${yamlText(value)}`
    ),
    "setup end",
    "",
    "# Data block",
    "data read",
    ...folders.map((folder) => ` path ${printable(folder)}`),
    ...tableLines(
      withoutEmptyColumns([["filename", ...columns, "calib"], ...rows]),
    ),
    "data end",
    "",
  ].join("\n");
  const unfound = configuration.frames.map(({ path }) => path).filter((path) =>
    !finds(path)
  );
  return { text, unfound };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A YAML scalar, in quotes unless nothing about it can be misread, and without number signs as all of PypeIt's. */
function yamlText(value: string): string {
  const text = printable(value).replaceAll("#", "");
  return /^[A-Za-z][\w./-]*$/.test(text) &&
      !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
