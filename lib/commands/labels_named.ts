/**
 * Labels by hand that a user names.
 *
 * @module
 */
import { labelOf, type Labels, readLabels } from "../evaluation/labels_file.ts";

/**
 * Reads them; says so when no frame has one, for then the file, or a folder in it,
 * is most likely another.
 *
 * @param path File of labels; without one there are none, and that is `null`.
 * @throws {SpitError} What `readLabels` throws.
 */
export async function labelsNamed(
  path: string | undefined,
  frames: readonly string[],
  notice: (message: string) => void,
): Promise<Labels | null> {
  if (path === undefined) return null;
  const labels = await readLabels(path, notice);
  if (frames.every((frame) => labelOf(labels, frame) === undefined)) {
    const [first = "nothing"] = labels.keys();
    notice(`${path} labels none of these frames; its first is ${first}`);
  }
  return labels;
}
