/**
 * Where a report goes: standard output, or a file that is either whole or absent.
 *
 * @module
 */
import { SpitError } from "../errors.ts";

/** A place for text. End it with `commit` or `discard`; either twice is once. */
export interface Output {
  /**
   * Writes all of a text.
   *
   * @throws {Deno.errors.BrokenPipe} When the reader of standard output has gone.
   */
  write(text: string): Promise<void>;
  /** All is written: show it. */
  commit(): Promise<void>;
  /** Something went wrong, or the user stopped: leave no trace. Works at once, also in a signal handler. */
  discard(): void;
}

/** Standard output. There is nothing to take back. */
export function standardOutput(): Output {
  const encoder = new TextEncoder();
  return {
    async write(text) {
      let bytes = encoder.encode(text);
      while (bytes.length > 0) {
        bytes = bytes.subarray(await Deno.stdout.write(bytes));
      }
    },
    commit: () => Promise.resolve(),
    discard: () => {},
  };
}

/**
 * A file that shows up only when complete: text goes to a hidden file beside it,
 * which takes its name on `commit`. A link is followed, so that it stays one;
 * what is not a plain file (a pipe, a terminal) is written to directly.
 *
 * @throws {SpitError} `usage` when the file cannot be written there.
 */
export async function fileOutput(path: string): Promise<Output> {
  try {
    const kind = await kindOf(path);
    if (kind === "folder") throw new Deno.errors.IsADirectory("it is a folder");
    const target = kind === "file" ? await Deno.realPath(path) : path;
    return kind === "device"
      ? openTo(path, null)
      : openTo(besideOf(target), target);
  } catch (cause) {
    throw new SpitError(
      "usage",
      `cannot write ${path}: ${(cause as Error).message}`,
      { file: path },
      cause,
    );
  }
}

/**
 * Writes a text to a file, whole or not at all; see {@linkcode fileOutput}.
 *
 * @throws {SpitError} `usage` when the file cannot be written there.
 */
export async function writeFileWhole(
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
  const file = Deno.openSync(path, {
    write: true,
    createNew: finalPath !== null,
  });
  const encoder = new TextEncoder();
  let open = true;
  const close = () => {
    if (open) file.close();
    const wasOpen = open;
    open = false;
    return wasOpen;
  };
  return {
    async write(text) {
      let bytes = encoder.encode(text);
      while (bytes.length > 0) bytes = bytes.subarray(await file.write(bytes));
    },
    async commit() {
      if (close() && finalPath !== null) await Deno.rename(path, finalPath);
    },
    discard() {
      if (close() && finalPath !== null) Deno.removeSync(path);
    },
  };
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

/** In the same folder, for only there is a rename one step. */
function besideOf(path: string): string {
  const start = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return `${path.slice(0, start)}.${path.slice(start)}.${Deno.pid}.part`;
}
