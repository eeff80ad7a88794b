/**
 * Labels by hand, as `review` writes them: a file that only grows, a line for
 * each label, of which the last of a path counts.
 *
 * @module
 */
import { dirname, resolve } from "../io/path.ts";
import { SpitError } from "../errors.ts";
import { readText } from "../io/file.ts";
import type { Label, LabelLine } from "./label_line.ts";
import { parseLabels } from "./parse_labels.ts";

export { appendLabel } from "./append_label.ts";
export type { Label };

/** Labels by absolute path. */
export type Labels = ReadonlyMap<string, Label>;

/**
 * Reads a labels file: CSV with the columns `path,label,time`. Relative paths are
 * resolved against its folder. Of several lines of one path the last counts; an
 * empty label takes the label back. A line that a kill has cut is passed over.
 *
 * @param notice Told of lines that are passed over.
 * @throws {SpitError} `bad_manifest`, naming the line, when it is no such file;
 *   `not_found`, `is_directory`, `no_permission` or `io` when it cannot be read.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { appendLabel, labelOf, readLabels } from "./labels_file.ts";
 *
 * const folder = Deno.makeTempDirSync();
 * const file = `${folder}/spit-labels.csv`;
 * await appendLabel(file, `${folder}/r6.fits`, "arc");
 * await appendLabel(file, `${folder}/r7.fits`, "flat");
 * await appendLabel(file, `${folder}/r7.fits`, null);
 * const labels = await readLabels(file);
 * assertEquals(labelOf(labels, `${folder}/r6.fits`), "arc");
 * assertEquals(labelOf(labels, `${folder}/r7.fits`), undefined);
 * Deno.removeSync(folder, { recursive: true });
 * ```
 */
export async function readLabels(
  path: string,
  notice: (message: string) => void = () => {},
): Promise<Labels> {
  const { lines, cut } = parseNamed(await readText(path, "the labels"), path);
  if (cut.length > 0) {
    const which = `line${cut.length > 1 ? "s" : ""} ${cut.join(", ")}`;
    notice(
      `${path}: ${which} cut short and passed over; a whole one is ` +
        "path,label,time, with a time as 2026-11-23T04:06:13Z",
    );
  }
  return labelsOf(lines, dirname(path));
}

/** The label of a file, by its path, which may be relative to the working folder. */
export function labelOf(labels: Labels, file: string): Label | undefined {
  return labels.size === 0 ? undefined : labels.get(resolve(file));
}

/** What lines come to: the last of each path. */
export function labelsOf(lines: readonly LabelLine[], folder: string): Labels {
  const labels = new Map<string, Label>();
  for (const { path, label } of lines) {
    const file = resolve(folder, path);
    if (label === null) labels.delete(file);
    else labels.set(file, label);
  }
  return labels;
}

function parseNamed(text: string, file: string) {
  try {
    return parseLabels(text);
  } catch (error) {
    if (!(error instanceof SpitError)) throw error;
    throw new SpitError(error.code, `${file}: ${error.description}`, { file });
  }
}
