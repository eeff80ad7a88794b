/**
 * A folder to write to.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/**
 * Makes a folder, and those above it, if they are not there.
 *
 * @throws {SpitError} `usage` when it cannot be made.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const what = `cannot make the folder ${path}: ${(cause as Error).message}`;
    throw new SpitError("usage", what, { file: path, cause });
  }
}
