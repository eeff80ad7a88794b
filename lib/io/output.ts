/**
 * Where a report goes: standard output, or a file that is either whole or absent.
 *
 * @module
 */
import { SpitError } from "../errors.ts";
import { isFitsName } from "./find_frames.ts";

/** A place for text. End it with `commit` or `discard`; either twice is once. */
export interface Output {
  /**
   * Writes all of a text.
   *
   * @throws {Deno.errors.BrokenPipe} When the reader has gone.
   * @throws {SpitError} `io` when it cannot be written: a full disk.
   */
  write(text: string): Promise<void>;
  /**
   * All is written: show it.
   *
   * @throws {SpitError} `io` when that fails: a full disk, a folder that is gone.
   */
  commit(): Promise<void>;
  /** Something went wrong, or the user stopped: leave no trace. Works at once, also in a signal handler. */
  discard(): void;
}

/** Standard output. There is nothing to take back. */
export function standardOutput(): Output {
  return {
    write: (text) =>
      naming("standard output", () => writeAll(Deno.stdout, text)),
    commit: () => Promise.resolve(),
    discard: () => {},
  };
}

/**
 * A file that shows up only when complete: text goes to a hidden file beside it,
 * which takes its name on `commit`. A link is followed, so that it stays one;
 * what is not a plain file (a pipe, a terminal) is written to directly. A frame
 * is never written over.
 *
 * @throws {SpitError} `usage` when the file cannot be written there, or is a frame.
 */
export async function fileOutput(path: string): Promise<Output> {
  try {
    const kind = await kindOf(path);
    if (kind === "folder") throw new Deno.errors.IsADirectory("it is a folder");
    const target = kind === "file" ? await Deno.realPath(path) : path;
    if (kind !== "device") await assertNotFrame(target);
    return kind === "device"
      ? openTo(path, null)
      : openTo(besideOf(target), target);
  } catch (cause) {
    if (cause instanceof SpitError) throw cause;
    throw cannotWrite("usage", path, cause);
  }
}

/**
 * Writes a text to a file, whole or not at all; see {@linkcode fileOutput}.
 *
 * @throws {SpitError} `usage` when the file cannot be written there.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
): Promise<void> {
  const output = await fileOutput(path);
  try {
    await output.write(text);
    await output.commit();
  } catch (error) {
    output.discard();
    throw error;
  }
}

function openTo(path: string, finalPath: string | null): Output {
  const isBeside = finalPath !== null;
  const name = finalPath ?? path;
  const file = Deno.openSync(path, { write: true, createNew: isBeside });
  let isOpen = true;
  let isLeft = isBeside;
  const close = () => {
    if (isOpen) file.close();
    isOpen = false;
  };
  return {
    write: (text) => naming(name, () => writeAll(file, text)),
    commit: () =>
      naming(name, async () => {
        if (!isOpen) return;
        // Some disks are found to be full no sooner than here.
        if (isBeside) await file.sync();
        close();
        if (isBeside) await Deno.rename(path, finalPath);
        isLeft = false;
      }),
    discard() {
      close();
      if (isLeft) removeIfThere(path);
      isLeft = false;
    },
  };
}

/** Does something; what goes wrong says where. A reader that has gone is no such thing. */
async function naming<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw error;
    throw cannotWrite("io", path, error);
  }
}

function cannotWrite(
  code: "usage" | "io",
  path: string,
  cause: unknown,
): SpitError {
  const what = `cannot write ${path}: ${(cause as Error).message}`;
  return new SpitError(code, what, { file: path, cause });
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    // Its folder went away, and it with that.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function kindOf(
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

/**
 * In the same folder, for only there is a rename one step. What a process that
 * was killed has left hinders no other, though its number comes again.
 */
function besideOf(path: string): string {
  const start = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return `${path.slice(0, start)}.${
    path.slice(start)
  }.${createWriterId()}.part`;
}

/** How files begin that no report does: FITS, gzip, bzip2. */
const MAGICS = ["SIMPLE  =", "\x1f\x8b", "BZh"];

/**
 * Refuses to write to a file that is named like a frame, be it there or not, or
 * that begins like one under any name. A link is followed.
 *
 * @throws {SpitError} `usage` for a frame; `io` when what is there cannot be looked at.
 *
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { assertNotFrame } from "./output.ts";
 *
 * await assertNotFrame("no-such-night.csv");
 * await assertRejects(() => assertNotFrame("r6.fits.gz"), Error, "never written over");
 * ```
 */
export async function assertNotFrame(path: string): Promise<void> {
  if (isFitsName(path)) throw refusal(path, "its name is that of a frame");
  if (await beginsLikeFrame(path)) throw refusal(path, "it holds a frame");
}

async function beginsLikeFrame(path: string): Promise<boolean> {
  const head = new Uint8Array(9);
  let filled = 0;
  try {
    // Opening a pipe would wait for who writes to it.
    if (!(await Deno.stat(path)).isFile) return false;
    using file = await Deno.open(path);
    while (filled < head.length) {
      const read = await file.read(head.subarray(filled));
      if (read === null) break;
      filled += read;
    }
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const what = `cannot see what is in ${path}: ${(cause as Error).message}`;
    throw new SpitError("io", what, { file: path, cause });
  }
  const text = String.fromCharCode(...head.subarray(0, filled));
  return MAGICS.some((magic) => text.startsWith(magic));
}

function refusal(file: string, why: string): SpitError {
  return new SpitError(
    "usage",
    `cannot write ${file}: ${why}, and a frame is never written over; name another file`,
    { file },
  );
}

/** Writes all of a text, or of bytes: a system may take them in part. */
export async function writeAll(
  to: Pick<Deno.FsFile, "write">,
  what: string | Uint8Array,
): Promise<void> {
  let bytes = typeof what === "string" ? new TextEncoder().encode(what) : what;
  while (bytes.length > 0) bytes = bytes.subarray(await to.write(bytes));
}

/**
 * What names a process among all that write to a folder, on whatever machine: its
 * number alone comes again, in each container for one.
 */
export function createWriterId(): string {
  return `${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
}

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
