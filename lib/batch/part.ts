/**
 * Parts: files of rows, each whole or not there, in a folder that many processes
 * write to at once.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { join } from "../io/path.ts";
import { createWriterId, writeAll } from "../io/output.ts";
import { rowLine, type StampedRow } from "./stamped_row.ts";

/** What the names of parts end with. */
export const PART = ".part.ndjson";

/**
 * Writes rows as one part, on the disk when this is done. It is not there before
 * it is whole; one of its name gives way to it.
 *
 * @param folder Where parts are.
 * @param name Without its ending, `.part.ndjson`.
 * @throws {SpitError} `io` when it cannot be written.
 */
export async function writePart(
  folder: string,
  name: string,
  rows: readonly StampedRow[],
): Promise<void> {
  await writeLines(folder, name + PART, rows.map(rowLine));
}

/**
 * Writes lines, each with its line break, as {@linkcode writePart} does.
 *
 * @throws {SpitError} `io` when they cannot be written.
 */
export async function writeLines(
  folder: string,
  name: string,
  lines: readonly string[],
): Promise<void> {
  const path = join(folder, name);
  const hidden = join(folder, `.${name}.${createWriterId()}.tmp`);
  try {
    using file = await Deno.open(hidden, { write: true, createNew: true });
    await writeAll(file, lines.join(""));
    await file.sync();
    await Deno.rename(hidden, path);
    await syncFolder(folder);
  } catch (cause) {
    await Deno.remove(hidden).catch(() => {});
    throw cannotWrite(path, cause);
  }
}

/** Takes a file away, unless it is gone already. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** What is wrong with a folder of parts that cannot be written to. */
export function cannotWrite(path: string, cause: unknown): unknown {
  if (cause instanceof Deno.errors.NotCapable) return cause;
  return new SpitError(
    "io",
    `cannot write ${path}: ${(cause as Error).message}; ` +
      "what is written stays: mend it and start the same again",
    { file: path, cause },
  );
}

/** The rename, too, is on the disk then; Windows has no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder);
  await handle.sync();
}
