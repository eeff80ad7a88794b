/**
 * The `.obslog` file: what PypeIt's users leaf through, every frame in it.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { cellsOf, columnsFor, type PypeitFrame, tableLines } from "./row.ts";
import { spectrographOf } from "./spectrographs.ts";

/**
 * The text of an observing log: all frames, by the time at which they began, those
 * without one last.
 *
 * Source: PypeIt 1.16, pypeit/scripts/obslog.py; metadata.py (`write`), whose
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
  const sorted = frames.toSorted((one, other) =>
    (one.log?.mjd ?? Infinity) - (other.log?.mjd ?? Infinity) || 0
  );
  const rows = sorted.map((frame) =>
    cellsOf(frame, basename(frame.path), columns)
  );
  const roots = new Set(frames.map(({ path }) => dirname(path)));
  return [
    "# Auto-generated PypeIt Observing Log",
    `# ${date}`,
    `# Root file string: ${[...roots].join(", ")}`,
    "",
    ...tableLines([columns, ...rows]),
    "",
  ].join("\n");
}
