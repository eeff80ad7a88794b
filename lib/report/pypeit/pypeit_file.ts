/**
 * The `.pypeit` file: what PypeIt reduces a setup from.
 *
 * @module
 */
import { dirname, relative } from "node:path";
import type { Setup } from "../../night/setups.ts";
import { cellsOf, columnsFor, type PypeitFrame, tableLines } from "./row.ts";
import { spectrographOf } from "./spectrographs.ts";

/** What the file is of. */
export interface PypeitFileFacts {
  /** PypeIt's name of the spectrograph. */
  readonly spectrograph: string;
  /** The setup. */
  readonly setup: Setup<PypeitFrame>;
  /** Place of the setup among them all, from 0: its group of calibrations. */
  readonly calib: number;
  /** Who made the file: a line of comment. */
  readonly maker: string;
}

/**
 * The text of a `.pypeit` file: parameters, setup, data.
 *
 * A frame without a type has its line, commented out and with the type `None`, as
 * `pypeit_setup` writes it: give it one and take the `#` away.
 *
 * Source: PypeIt 1.16, pypeit/inputfiles.py (`PypeItFile`), metadata.py
 * (`write_pypeit`).
 */
export function pypeitFile(
  { spectrograph, setup, calib, maker }: PypeitFileFacts,
): string {
  const { keys } = spectrographOf(spectrograph);
  const columns = columnsFor(keys);
  const { folders, nameOf } = placesOf(setup.frames);
  const rows = setup.frames.map((frame) => {
    const name = nameOf(frame);
    const cells = cellsOf(frame, name, columns);
    return [
      (frame.type === null ? "# " : "") + cells[0],
      ...cells.slice(1),
      String(calib),
    ];
  });
  const block = Object.entries(setup.setup).map(([key, value]) =>
    `  ${key}: ${yamlText(value)}`
  );
  return [
    `# ${maker}`,
    "# Types come from the pixels: look at them before you reduce.",
    "",
    "# User-defined execution parameters",
    "[rdx]",
    `    spectrograph = ${spectrograph}`,
    "",
    "# Setup",
    "setup read",
    `Setup ${setup.name}:`,
    ...block,
    "setup end",
    "",
    "# Data block",
    "data read",
    ...folders.map((folder) => ` path ${folder}`),
    ...tableLines([[...columns, "calib"], ...rows]),
    "data end",
    "",
  ].join("\n");
}

/** The folders of frames and their names below; where a name comes twice, one folder above them all. */
function placesOf(frames: readonly PypeitFrame[]) {
  const folders = [...new Set(frames.map(({ path }) => dirname(path)))];
  const names = frames.map(({ path }) => relative(dirname(path), path));
  if (new Set(names).size === new Set(frames.map(({ path }) => path)).size) {
    const nameOf = ({ path }: PypeitFrame) => relative(dirname(path), path);
    return { folders, nameOf };
  }
  const above = folders.reduce(commonFolder);
  return {
    folders: [above],
    nameOf: ({ path }: PypeitFrame) => relative(above, path),
  };
}

function commonFolder(one: string, other: string): string {
  let folder = one;
  while (folder !== dirname(folder) && isOutside(folder, other)) {
    folder = dirname(folder);
  }
  return folder;
}

function isOutside(folder: string, path: string): boolean {
  return relative(folder, path).split(/[/\\]/, 1)[0] === "..";
}

/** A YAML scalar: in quotes unless nothing about it can be misread. */
function yamlText(value: string): string {
  return /^[A-Za-z][\w./-]*$/.test(value) &&
      !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value)
    ? value
    : JSON.stringify(value);
}
