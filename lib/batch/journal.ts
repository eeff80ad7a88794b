/**
 * Rows of a part that is not full yet: each in a file the moment that it is known,
 * so that whoever kills the process takes no finished row with it.
 *
 * @module
 */
import { join } from "../io/path.ts";
import { writeAll } from "../io/output.ts";
import { cannotWrite, removeIfThere } from "./part.ts";

/** A journal, open. */
export interface Journal extends Disposable {
  /**
   * Writes a line, with its line break.
   *
   * @throws {SpitError} `io` when it cannot be written.
   */
  append(line: string): Promise<void>;
  /** Its rows are in a part now: it is empty again. */
  clear(): Promise<void>;
  /** Takes it away. */
  remove(): Promise<void>;
}

/**
 * Makes a journal.
 *
 * What is written is safe from the end of the process, not from that of the
 * machine: a part is for that. To wait for the disk at each row would cost as
 * much as typing it.
 *
 * @throws {SpitError} `io` when it cannot be made.
 */
export async function openJournal(
  folder: string,
  name: string,
): Promise<Journal> {
  const path = join(folder, name);
  const trying = async <T>(act: () => Promise<T>) => {
    try {
      return await act();
    } catch (cause) {
      throw cannotWrite(path, cause);
    }
  };
  const file = await trying(() =>
    Deno.open(path, { append: true, createNew: true })
  );
  return {
    append: (line) => trying(() => writeAll(file, line)),
    clear: () => trying(() => file.truncate(0)),
    // Another run of the share may have taken its rows over.
    remove: () => trying(() => removeIfThere(path)),
    [Symbol.dispose]: () => file.close(),
  };
}
