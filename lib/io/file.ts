import { type ErrorCode, SpitError } from "../errors.ts";
import type { ByteSource } from "./byte_source.ts";

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
    // Nothing but a folder that cannot be read is opened as if it were a frame.
    await withPath(
      path,
      () => Deno.readDirSync(path)[Symbol.iterator]().next(),
    );
    throw new SpitError("is_directory", IS_FOLDER, { file: path });
  }
  if (!stat.isFile) {
    const what = "this is a device or pipe, not a regular file";
    throw new SpitError("io", what, { file: path });
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
      if (count === length) return count;
      throw new SpitError(
        "vanished",
        "the file was truncated while it was being read: is it still being written?",
        { file: path, byte: offset + count },
      );
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

const IS_FOLDER = "this is a folder, not a FITS file";

function toSpitError(
  file: string,
  cause: unknown,
  whenAbsent: "not_found" | "vanished",
): SpitError {
  const failure = (code: ErrorCode, what: string) =>
    new SpitError(code, what, { file, cause });
  if (cause instanceof Deno.errors.NotFound) {
    if (whenAbsent === "vanished") {
      return failure(
        whenAbsent,
        "the file was removed before it could be opened",
      );
    }
    const hint = file.includes("\ufffd")
      ? ", or its name is not UTF-8: rename it"
      : /^[a-z][\w+.-]+:\/\//i.test(file)
      ? " (URLs must begin with http:// or https://)"
      : /[*?]/.test(file)
      ? " (a pattern is expanded by the shell, if names match it)"
      : "";
    return failure(whenAbsent, `no such file${hint}`);
  }
  if (cause instanceof Deno.errors.NotCapable) {
    const what = "no permission to read this file: run with --allow-read";
    return failure("no_permission", what);
  }
  if (cause instanceof Deno.errors.PermissionDenied) {
    return failure(
      "no_permission",
      "the file system denies access: check the permissions",
    );
  }
  if (cause instanceof Deno.errors.IsADirectory) {
    return failure("is_directory", IS_FOLDER);
  }
  return failure("io", `cannot read this file: ${describeCause(cause)}`);
}

function describeCause(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Bytes of the largest text file that is read. */
const MAX_TEXT = 1 << 28;

/**
 * Reads a file that is regular and of at most 256 MiB: a device has no end, and a pipe may
 * never have one.
 *
 * @throws {Error} What `Deno.readFile` throws; also for any other file.
 */
export async function readRegularFile(
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw new Error("it is not a regular file");
  if (size > MAX_TEXT) throw new Error(`it has more than ${MAX_TEXT} bytes`);
  return await Deno.readFile(path);
}

/**
 * Reads a text file of at most 256 MiB.
 *
 * @param what What the file contains, for error messages, as `the rules`.
 * @throws {SpitError} `not_found`, `is_directory`, `no_permission`, `io`, `too_large`;
 *   `usage` for a file with a zero byte, which no text contains.
 */
export async function readText(file: string, what: string): Promise<string> {
  const refuse = (code: ErrorCode, why: string, cause?: unknown) =>
    new SpitError(code, `cannot read ${what} in ${file}: ${why}`, {
      file,
      cause,
    });
  try {
    using opened = await Deno.open(file);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    const chunk = new Uint8Array(1 << 16);
    let text = "";
    let length = 0;
    while (true) {
      const count = await opened.read(chunk);
      if (count === null) return text + decoder.decode();
      const bytes = chunk.subarray(0, count);
      length += count;
      if (bytes.includes(0)) throw refuse("usage", "it is not a text file");
      if (length > MAX_TEXT) {
        throw refuse("too_large", `it has more than ${MAX_TEXT} bytes`);
      }
      text += decoder.decode(bytes, { stream: true });
    }
  } catch (cause) {
    if (cause instanceof SpitError) throw cause;
    const { code } = toSpitError(file, cause, "not_found");
    throw refuse(code, describeCause(cause), cause);
  }
}
