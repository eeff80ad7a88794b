import {
  type Configuration,
  findSpectrograph,
  selectValues,
} from "../../calibration/configuration.ts";
import { basename, dirname, join } from "../../std.ts";
import { printable } from "../text.ts";
import {
  formatCell,
  formatCells,
  formatTable,
  listColumns,
  type PypeitFrame,
  removeEmptyColumns,
} from "./rows.ts";

/**
 * Formats a `.pypeit` file: parameters, configuration, and data sorted by type and
 * name.
 *
 * The line of a frame that must not be used is a comment, below another that says why; a
 * user removes the `#`. Its type is `None` if it is unknown, as `pypeit_setup` writes it.
 * A frame that PypeIt would not find by name (`notFound`) is a comment with its whole path.
 *
 * Source: PypeIt 2.0.1, pypeit/inputfiles.py (`PypeItFile`), metadata.py
 * (`write_pypeit`).
 */
export function formatPypeitFile(
  { spectrograph, configuration, calib, allPaths, maker }: {
    readonly spectrograph: string;
    readonly configuration: Configuration<PypeitFrame>;
    /** Index of the configuration, from 0: its group of calibrations. */
    readonly calib: number;
    /** Absolute paths of all frames, of any configuration. */
    readonly allPaths: ReadonlySet<string>;
    /** The program and model that make the file, for a comment. */
    readonly maker: string;
  },
): { readonly text: string; readonly notFound: readonly string[] } {
  const { frames } = configuration;
  const paths = frames.map(({ path }) => path);
  const folders = [...new Set(paths.map(dirname))];
  const notFound = paths
    .filter((path) => !isFoundByName(path, folders, allPaths));
  const { keys } = findSpectrograph(spectrograph);
  const columns = listColumns(keys);
  const sorted = frames.toSorted((one, other) =>
    compare(one.frametype, other.frametype) ||
    compare(basename(one.path), basename(other.path))
  );
  const rows = sorted.map((frame) => {
    const { path, use } = frame;
    const isFound = !notFound.includes(path);
    const name = isFound ? basename(path) : printable(path);
    const comment = isFound && use ? "" : "# ";
    return [comment + name, ...formatCells(frame, columns), String(calib)];
  });
  const [heading, ...lines] = formatTable(
    removeEmptyColumns([["filename", ...columns, "calib"], ...rows]),
  );
  const text = [
    `# ${maker}`,
    "# Check the types before you reduce. A frame whose line is a comment is not used.",
    "",
    "# User-defined execution parameters",
    "[rdx]",
    `    spectrograph = ${spectrograph}`,
    "",
    "# Setup",
    "setup read",
    `Setup ${configuration.name}:`,
    ...Object.entries(selectValues(configuration, keys)).map(([key, value]) =>
      `  ${key}: ${formatYaml(value)}`
    ),
    "setup end",
    "",
    "# Data block",
    "data read",
    ...folders.map((folder) => ` path ${printable(folder)}`),
    heading!,
    ...lines.flatMap((line, k) => {
      const { note } = sorted[k]!;
      return note === "" ? [line] : [`# ${printable(note)}`, line];
    }),
    "data end",
    "",
  ].join("\n");
  return { text, notFound };
}

/**
 * Whether PypeIt opens this file when it looks for its name. It opens the first file of
 * that name in the folders, in their order, so it does not find a frame whose name is
 * that of another in an earlier folder, nor a name or folder that its grammar cannot
 * express.
 *
 * Source: PypeIt 2.0.1, inputfiles.py (`path_and_files`, `_read_data_file_table`),
 * metadata.py (`_build`).
 */
function isFoundByName(
  path: string,
  folders: readonly string[],
  allPaths: ReadonlySet<string>,
): boolean {
  const [folder, name] = [dirname(path), basename(path)];
  const earlier = folders.slice(0, folders.indexOf(folder));
  return formatCell(name) === name && !/[#\p{C}]|\s$/u.test(folder) &&
    !earlier.some((other) => allPaths.has(join(other, name)));
}

/**
 * Formats an observing log with all frames, in the order given.
 *
 * Source: PypeIt 2.0.1, pypeit/scripts/obslog.py; metadata.py (`write`), whose table
 * is astropy's `ascii.fixed_width` without bars at the ends.
 *
 * @param date Date of writing, ISO 8601.
 */
export function formatObslog(
  frames: readonly PypeitFrame[],
  spectrograph: string,
  date: string,
): string {
  const columns = listColumns(findSpectrograph(spectrograph).keys);
  const rows = frames.map((frame) => [
    formatCell(basename(frame.path)),
    ...formatCells(frame, columns),
  ]);
  const roots = new Set(frames.map(({ path }) => dirname(path)));
  return [
    "# Auto-generated PypeIt Observing Log",
    `# ${date.slice(0, 10)}`,
    `# Root file string: ${[...roots].map(printable).join(", ")}`,
    "",
    ...formatTable([["filename", ...columns], ...rows]),
    "",
  ].join("\n");
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A YAML scalar, quoted unless it is plainly a string, without number signs as everywhere in PypeIt. */
function formatYaml(value: string): string {
  const text = printable(value).replaceAll("#", "");
  return /^[A-Za-z][\w./-]*$/.test(text) &&
      !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
