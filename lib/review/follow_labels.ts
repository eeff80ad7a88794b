/**
 * The labels file, whoever writes to it.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { type Labels, readLabels } from "../evaluation/labels_file.ts";
import type { Desk } from "./desk.ts";

/** A labels file that is followed; declare it with `using`. */
export interface FollowedLabels extends Disposable {
  /** Reads the file now, if it has changed. */
  look(): Promise<void>;
}

/** Milliseconds between two looks at the file: another program may write to it, too. */
const LOOK = 500;

/**
 * Reads the labels, and again whenever the file changes; those of a file that is
 * not there are none.
 *
 * @param notice Told of lines that are passed over, and of faults.
 * @throws {SpitError} What `readLabels` throws at the first look. Later the desk
 *   is told, and the labels before stay.
 */
export async function followLabels(
  path: string,
  desk: Desk,
  notice: (message: string) => void,
): Promise<FollowedLabels> {
  let stamp = "";
  let last = Promise.resolve();

  async function read(): Promise<void> {
    const now = await stampOf(path);
    if (now === stamp) return;
    desk.setLabels(await labelsIn(path, notice));
    desk.setFault("");
    stamp = now;
  }

  async function lookOnce(): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!(error instanceof SpitError)) throw error;
      desk.setFault(error.message);
    }
  }

  await read();
  const look = () => last = last.then(lookOnce);
  const timer = setInterval(look, LOOK);
  return { look, [Symbol.dispose]: () => clearInterval(timer) };
}

/** What tells one state of the file from another. */
async function stampOf(path: string): Promise<string> {
  try {
    const { size, mtime, ino } = await Deno.stat(path);
    return `${size} ${mtime?.getTime()} ${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    // Reading it says what is wrong.
    return `unreadable at ${performance.now()}`;
  }
}

async function labelsIn(
  path: string,
  notice: (message: string) => void,
): Promise<Labels> {
  try {
    return await readLabels(path, notice);
  } catch (error) {
    if (error instanceof SpitError && error.code === "not_found") {
      return new Map();
    }
    throw error;
  }
}
