/**
 * The `.obslog` file: what PypeIt's users leaf through, every frame in it.
 *
 * @module
 */
import { basename, dirname } from "../../io/path.ts";
import { printable } from "../printable.ts";
import {
  cellsOf,
  cellText,
  columnsFor,
  type PypeitFrame,
  tableLines,
} from "./row.ts";
import { spectrographOf } from "./spectrographs.ts";

/**
 * The text of an observing log: all frames, in the order given.
 *
 * Source: PypeIt 2.0.1, pypeit/scripts/obslog.py; metadata.py (`write`), whose
 * table is astropy's `ascii.fixed_width` without bars at the ends.
 *
 * @param date When it is written, ISO 8601.
 */
export function obslog(
  frames: readonly PypeitFrame[],
  spectrograph: string,
  date: string,
): string {
  const columns = columnsFor(spectrographOf(spectrograph).keys);
  const rows = frames.map((frame) => [
    cellText(basename(frame.path)),
    ...cellsOf(frame, columns),
  ]);
  const roots = new Set(frames.map(({ path }) => dirname(path)));
  return [
    "# Auto-generated PypeIt Observing Log",
    `# ${date.slice(0, 10)}`,
    `# Root file string: ${[...roots].map(printable).join(", ")}`,
    "",
    ...tableLines([["filename", ...columns], ...rows]),
    "",
  ].join("\n");
}
