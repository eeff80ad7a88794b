/**
 * A file as a source of bytes, read by seeking.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import type { ByteSource } from "./byte_source.ts";

/** How a file is read. */
export interface FileReadOptions {
  /**
   * Whether reading holds the thread until it is done: a quarter of the time, for
   * a thread that has nothing else to do. Default: false.
   */
  readonly blocking?: boolean;
}

/**
 * Opens a regular file for reading. Needs `--allow-read` alone.
 *
 * @throws {SpitError} `not_found`, `no_permission`, `is_directory`, `vanished`
 * (gone between two looks at it), `io`.
 */
export async function openFileSource(
  path: string,
  { blocking = false }: FileReadOptions = {},
): Promise<ByteSource> {
  const stat = await onFile(
    path,
    () => blocking ? Deno.statSync(path) : Deno.stat(path),
  );
  if (stat.isDirectory) {
    throw new SpitError("is_directory", "is a folder, not a FITS file", {
      file: path,
    });
  }
  if (!stat.isFile) {
    throw new SpitError("io", "is a device or pipe, not a file", {
      file: path,
    });
  }
  const file = await onFile(
    path,
    () => blocking ? Deno.openSync(path) : Deno.open(path),
    "vanished",
  );
  const size = stat.size;
  const read = blocking ? readFullySync : readFully;
  // A file has one position: reads that overlap in time must queue.
  let queue: Promise<unknown> = Promise.resolve();
  const readInto = (offset: number, target: Uint8Array): Promise<number> => {
    const length = Math.max(0, Math.min(target.length, size - offset));
    // A damaged header may point further than the system can seek.
    if (length === 0) return Promise.resolve(0);
    const reading = queue.then(() =>
      onFile(path, () => read(file, offset, target.subarray(0, length)))
    );
    queue = reading.catch(() => {});
    return reading.then((count) => {
      if (count < length) throw shrunk(path, offset + count);
      return count;
    });
  };
  return {
    atMost: size,
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
    "the file became shorter while it was read: is it still being written?",
    { file: path, byte },
  );
}

async function onFile<T>(
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
      ? "the file went away before it could be opened"
      : path.includes("\ufffd")
      ? "no such file; if its name is not UTF-8, rename it"
      : /^[a-z][\w+.-]+:\/\//i.test(path)
      ? "no such file; of addresses only http:// and https:// are read"
      : "no such file";
    return new SpitError(whenAbsent, what, { ...place, cause: error });
  }
  if (error instanceof Deno.errors.NotCapable) {
    const what = "Deno may not read this file: run with --allow-read";
    return new SpitError("no_permission", what, { ...place, cause: error });
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    const what = "no permission to read this file";
    return new SpitError("no_permission", what, { ...place, cause: error });
  }
  if (error instanceof Deno.errors.IsADirectory) {
    const what = "is a folder, not a FITS file";
    return new SpitError("is_directory", what, { ...place, cause: error });
  }
  const what = `cannot be read: ${
    error instanceof Error ? error.message : String(error)
  }`;
  return new SpitError("io", what, { ...place, cause: error });
}

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
