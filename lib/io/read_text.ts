/**
 * A text that a user names.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/**
 * Reads a text file.
 *
 * @param what What it holds, for the message: `the rules`.
 * @throws {SpitError} `not_found`, `is_directory`, `no_permission`, `io`.
 */
export async function readText(file: string, what: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const code = error instanceof Deno.errors.NotFound
      ? "not_found"
      : error instanceof Deno.errors.IsADirectory
      ? "is_directory"
      : error instanceof Deno.errors.PermissionDenied ||
          error instanceof Deno.errors.NotCapable
      ? "no_permission"
      : "io";
    const why = error instanceof Error ? error.message : String(error);
    const message = `cannot read ${what} in ${file}: ${why}`;
    throw new SpitError(code, message, { file, cause: error });
  }
}
