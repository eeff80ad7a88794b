import { SpitError } from "../errors.ts";
import { basename, dirname, join } from "../std.ts";
import { isFitsName } from "./find_frames.ts";
import { describeFormat, detectFormat } from "./magic.ts";

/** Destination of a text. End it with `commit` or `discard`; further calls do nothing. */
export interface Output {
  /**
   * Writes all of a text.
   *
   * @throws {Deno.errors.BrokenPipe} When the reader of standard output is gone.
   * @throws {SpitError} `io` when it cannot be written, as on a full disk.
   */
  write(text: string): Promise<void>;
  /**
   * Completes the output: the file takes its name.
   *
   * @throws {SpitError} `io` when that fails, as on a full disk.
   */
  commit(): Promise<void>;
  /** Removes what was written to a file. Synchronous, for signal handlers. */
  discard(): void;
}

/** Returns standard output; its `commit` and `discard` do nothing. */
export function standardOutput(): Output {
  return {
    write: (text) =>
      withPath("standard output", () => writeAll(Deno.stdout, text)),
    commit: () => Promise.resolve(),
    discard: () => {},
  };
}

/**
 * Opens a file for atomic writing: text goes to a hidden file in the same folder,
 * which is renamed on `commit`. Links are followed. A path that is not a regular
 * file (a pipe, a terminal) is written to directly.
 *
 * @throws {SpitError} `usage` when the file cannot be created, is a frame, or has no name
 *   or the name `-`.
 */
export async function fileOutput(path: string): Promise<Output> {
  refuseNoName(path);
  try {
    const kind = await findKind(path);
    if (kind === "folder") throw new Deno.errors.IsADirectory("it is a folder");
    if (kind === "device") return openForWriting(path, null);
    const target = kind === "file" ? await Deno.realPath(path) : path;
    await assertReplaceable(target);
    // In the same folder, because only there a rename is atomic.
    const hidden = `.${basename(target)}.${createWriterId()}.part`;
    return openForWriting(join(dirname(target), hidden), target);
  } catch (cause) {
    if (cause instanceof SpitError) throw cause;
    if (cause instanceof Deno.errors.NotFound) {
      const reason = `there is no folder ${dirname(path)}: make it first`;
      throw cannotWrite("usage", path, new Error(reason, { cause }));
    }
    throw cannotWrite("usage", path, cause);
  }
}

/** Refuses a name that is empty, as that of an unset variable, or means another thing elsewhere. */
function refuseNoName(path: string): void {
  if (path === "") {
    const what = "cannot write the output: its name is empty";
    throw new SpitError("usage", what, { file: path });
  }
  if (path === "-") {
    throw new SpitError(
      "usage",
      "cannot write -: reports go to standard output without -o; for a file of this name write ./-",
      { file: path },
    );
  }
}

/**
 * Checks that {@linkcode fileOutput} can create a file, so that this fails before the
 * frames are classified.
 *
 * @throws {SpitError} As `fileOutput`.
 */
export async function checkOutput(path: string): Promise<void> {
  (await fileOutput(path)).discard();
}

/**
 * Writes a text to a file atomically; see {@linkcode fileOutput}.
 *
 * @throws {SpitError} `usage` when the file cannot be created, or is a frame; `io`.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
): Promise<void> {
  const output = await fileOutput(path);
  try {
    await output.write(text);
    await output.commit();
  } finally {
    output.discard();
  }
}

/** Writes all of a text or of bytes; a single `write` may write only a part. */
export async function writeAll(
  file: Pick<Deno.FsFile, "write">,
  content: string | Uint8Array,
): Promise<void> {
  let bytes = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
}

/**
 * Returns a name for this writer that no other process uses, on any machine. The
 * process number alone is not unique, since each container counts from 1.
 */
export function createWriterId(): string {
  return `${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
}

/**
 * Creates a folder and its parents if they do not exist.
 *
 * @throws {SpitError} `usage` when it cannot be created.
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

/** Bytes in which a binary file has a zero byte; no output contains one, except PNG. */
const TEXT_SAMPLE = 4096;

const PNG = "\x89PNG\r\n\x1a\n";

/** The first line of a labels file or a manifest. */
const LABELS = /^"?path"?\s*,\s*"?label\b/i;

/**
 * Throws if an output path has the name of a frame, whether or not the file exists, or if
 * the file is one that the reader takes for a frame, is compressed, or contains binary
 * data or labels. Links are followed.
 *
 * @param replaces What an existing file may contain. Default: text.
 * @throws {SpitError} `usage` for a frame or labels; `io` when an existing file cannot be
 *   read.
 */
export async function assertReplaceable(
  path: string,
  replaces: "text" | "PNG" | "npy" = "text",
): Promise<void> {
  if (isFitsName(path)) throw isFrame(path, "its name is that of a frame");
  const head = await readHead(path);
  const format = detectFormat(head);
  if (format === "FITS") throw isFrame(path, "it contains a frame");
  if (format !== undefined) {
    throw isFrame(path, `it is ${describeFormat(format)}, as frames are`);
  }
  const start = String.fromCharCode(...head.subarray(0, PNG.length));
  if (replaces === "PNG" && start === PNG) return;
  if (replaces === "npy" && start.startsWith("\x93NUMPY")) return;
  if (LABELS.test(new TextDecoder().decode(head.subarray(0, 80)))) {
    throw new SpitError(
      "usage",
      `cannot write ${path}: it contains labels, which are never overwritten; name another file`,
      { file: path },
    );
  }
  if (head.includes(0)) throw isFrame(path, "it contains binary data");
}

/** Returns the first bytes of a regular file, and none for any other or if it is absent. */
async function readHead(path: string): Promise<Uint8Array> {
  const head = new Uint8Array(TEXT_SAMPLE);
  let filled = 0;
  try {
    // Opening a pipe would wait for a writer.
    if (!(await Deno.stat(path)).isFile) return head.subarray(0, 0);
    using file = await Deno.open(path);
    while (filled < head.length) {
      const read = await file.read(head.subarray(filled));
      if (read === null) break;
      filled += read;
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return head.subarray(0, 0);
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const what = `cannot read ${path}, to check that it is not a frame: ${
      (cause as Error).message
    }`;
    throw new SpitError("io", what, { file: path, cause });
  }
  return head.subarray(0, filled);
}

/**
 * Syncs the entries of a folder to the disk, so that a file created or renamed in it keeps
 * its name after a power failure. Windows, some file systems, and Deno without the
 * permission to read the folder do not allow that; it is omitted there.
 */
export async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  try {
    using handle = await Deno.open(folder);
    await handle.sync();
  } catch (error) {
    const isImpossible = error instanceof Deno.errors.NotCapable ||
      error instanceof Deno.errors.NotSupported ||
      ["EINVAL", "ENOTSUP"].includes((error as { code?: string }).code ?? "");
    if (!isImpossible) throw error;
  }
}

function isFrame(file: string, why: string): SpitError {
  return new SpitError(
    "usage",
    `cannot write ${file}: ${why}, and frames are never overwritten; name another file`,
    { file },
  );
}

function openForWriting(path: string, finalPath: string | null): Output {
  const isTemporary = finalPath !== null;
  const name = finalPath ?? path;
  const file = Deno.openSync(path, { write: true, createNew: isTemporary });
  let isOpen = true;
  let isLeft = isTemporary;
  const close = () => {
    if (isOpen) file.close();
    isOpen = false;
  };
  return {
    write: (text) => withPath(name, () => writeAll(file, text)),
    commit: () =>
      withPath(name, async () => {
        if (!isOpen) return;
        // Some file systems report a full disk no earlier.
        if (isTemporary) await file.sync();
        close();
        if (isTemporary) await Deno.rename(path, finalPath);
        isLeft = false;
        if (isTemporary) await syncFolder(dirname(finalPath));
      }),
    discard() {
      close();
      try {
        if (isLeft) Deno.removeSync(path);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      isLeft = false;
    },
  };
}

/**
 * Adds the path to the errors of an action that writes to it, except to that of a reader
 * who is gone.
 *
 * @throws {SpitError} `io` for an error of the system.
 */
export async function withPath<T>(
  path: string,
  act: () => T | Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const isKnown = error instanceof Deno.errors.BrokenPipe ||
      error instanceof Deno.errors.NotCapable || error instanceof SpitError;
    if (isKnown) throw error;
    throw cannotWrite("io", path, error);
  }
}

/** Returns the error to throw for one of the system while a path is written. */
export function cannotWrite(
  code: "usage" | "io",
  path: string,
  cause: unknown,
): SpitError {
  const what = `cannot write ${path}: ${(cause as Error).message}`;
  return new SpitError(code, what, { file: path, cause });
}

async function findKind(
  path: string,
): Promise<"file" | "folder" | "device" | "absent"> {
  try {
    const { isFile, isDirectory } = await Deno.stat(path);
    return isFile ? "file" : isDirectory ? "folder" : "device";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "absent";
    throw error;
  }
}
