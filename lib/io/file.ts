/**
 * Reading local files.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { ByteSource } from "./byte_source.ts";

/** Options for reading a file. */
export interface FileReadOptions {
  /**
   * Whether reading blocks the thread. That takes a quarter of the time, and suits a
   * worker, which has nothing else to do. Default: false.
   */
  readonly blocking?: boolean;
}

/**
 * Opens a regular file for reading. Needs `--allow-read`.
 *
 * @throws {SpitError} `not_found`, `no_permission`, `is_directory`, `vanished`
 * (removed between `stat` and `open`), `io`.
 */
export async function openFileSource(
  path: string,
  { blocking = false }: FileReadOptions = {},
): Promise<ByteSource> {
  const stat = await withPath(
    path,
    () => blocking ? Deno.statSync(path) : Deno.stat(path),
  );
  if (stat.isDirectory) {
    throw new SpitError("is_directory", "this is a folder, not a FITS file", {
      file: path,
    });
  }
  if (!stat.isFile) {
    throw new SpitError("io", "this is a device or pipe, not a regular file", {
      file: path,
    });
  }
  const file = await withPath(
    path,
    () => blocking ? Deno.openSync(path) : Deno.open(path),
    "vanished",
  );
  const size = stat.size;
  const read = blocking ? readFullySync : readFully;
  // A file has one position, so concurrent reads wait for each other.
  let queue: Promise<unknown> = Promise.resolve();
  const readInto = (offset: number, target: Uint8Array): Promise<number> => {
    const length = Math.max(0, Math.min(target.length, size - offset));
    // A damaged header may state offsets beyond those that the system can seek to.
    if (length === 0) return Promise.resolve(0);
    const reading = queue.then(() =>
      withPath(path, () => read(file, offset, target.subarray(0, length)))
    );
    queue = reading.catch(() => {});
    return reading.then((count) => {
      if (count < length) throw shrunk(path, offset + count);
      return count;
    });
  };
  return {
    maxLength: size,
    reach: (offset) => Promise.resolve(Math.min(offset, size)),
    readInto,
    close: () => file.close(),
  };
}

async function readFully(
  file: Deno.FsFile,
  offset: number,
  target: Uint8Array,
): Promise<number> {
  await file.seek(offset, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < target.length) {
    const count = await file.read(target.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

function readFullySync(
  file: Deno.FsFile,
  offset: number,
  target: Uint8Array,
): number {
  file.seekSync(offset, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < target.length) {
    const count = file.readSync(target.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return filled;
}

function shrunk(path: string, byte: number): SpitError {
  return new SpitError(
    "vanished",
    "the file was truncated while it was being read: is it still being written?",
    { file: path, byte },
  );
}

async function withPath<T>(
  path: string,
  act: () => T | Promise<T>,
  whenAbsent: "not_found" | "vanished" = "not_found",
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw toSpitError(path, error, whenAbsent);
  }
}

function toSpitError(
  path: string,
  error: unknown,
  whenAbsent: "not_found" | "vanished",
): SpitError {
  const place = { file: path };
  if (error instanceof Deno.errors.NotFound) {
    const what = whenAbsent === "vanished"
      ? "the file was removed before it could be opened"
      : path.includes("\ufffd")
      ? "no such file (a file whose name is not UTF-8 must be renamed)"
      : /^[a-z][\w+.-]+:\/\//i.test(path)
      ? "no such file (URLs must begin with http:// or https://)"
      : "no such file";
    return new SpitError(whenAbsent, what, { ...place, cause: error });
  }
  if (error instanceof Deno.errors.NotCapable) {
    const what = "no permission to read this file: run with --allow-read";
    return new SpitError("no_permission", what, { ...place, cause: error });
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    const what = "the file system denies access to this file";
    return new SpitError("no_permission", what, { ...place, cause: error });
  }
  if (error instanceof Deno.errors.IsADirectory) {
    const what = "this is a folder, not a FITS file";
    return new SpitError("is_directory", what, { ...place, cause: error });
  }
  const what = `cannot read this file: ${
    error instanceof Error ? error.message : String(error)
  }`;
  return new SpitError("io", what, { ...place, cause: error });
}

/**
 * Reads a text file.
 *
 * @param what What the file contains, for error messages, as `the rules`.
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
