/**
 * Where PypeIt finds frames: the folders of a `.pypeit` file, and names in them.
 *
 * @module
 */
import { basename, dirname, join } from "../../io/path.ts";
import { cellText } from "./row.ts";

/** Folders, and which frames PypeIt finds there by name. */
export interface Places {
  /** Folders, in the order in which PypeIt looks. */
  readonly folders: readonly string[];
  /** Whether PypeIt opens this very file when it looks for its name. */
  readonly finds: (path: string) => boolean;
}

/**
 * PypeIt opens the first file of a name in the folders, in their order, and takes no
 * folder before a name. So it does not find a frame whose name is that of another in
 * an earlier folder; nor a name or folder that its grammar cannot hold.
 *
 * Source: PypeIt 2.0.1, inputfiles.py (`path_and_files`, `_read_data_file_table`),
 * metadata.py (`_build`).
 *
 * @param paths The frames of the file, absolute.
 * @param given All frames that are there.
 */
export function placesOf(
  paths: readonly string[],
  given: ReadonlySet<string>,
): Places {
  const folders = [...new Set(paths.map((path) => dirname(path)))];
  const finds = (path: string) => {
    const [folder, name] = [dirname(path), basename(path)];
    const before = folders.slice(0, folders.indexOf(folder));
    return cellText(name) === name && !/[#\p{C}]|\s$/u.test(folder) &&
      !before.some((earlier) => given.has(join(earlier, name)));
  };
  return { folders, finds };
}
