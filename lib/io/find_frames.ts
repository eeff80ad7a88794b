import process from "node:process";
import { createInterface } from "node:readline";
import { SpitError } from "../errors.ts";
import { isUrl } from "./http.ts";

/** Up to two extensions of compressed files may follow, as in `.fits.fz.gz`. */
const FITS_NAME = /\.(fits|fit|fts)(\.(gz|bz2|fz)){0,2}$/i;

/**
 * Returns whether a file name is that of a FITS file, compressed or not, in any case.
 * It selects files in folders; the format of a file is determined by its content.
 */
export function isFitsName(name: string): boolean {
  return FITS_NAME.test(name);
}

export interface ListedFrame {
  readonly path: string;
  /** Bytes, where a list states them. */
  readonly size?: number;
}

/**
 * Finds frames, in the order of the arguments, and within a folder by name (UTF-16
 * code units), folders and files alike.
 *
 * - A file is returned whatever its name, and also when it does not exist, so that
 *   its verdict reports that. So is a URL (`http://…`, `https://…`).
 * - A folder stands for all files below it whose names are those of FITS files,
 *   except hidden ones. Links to folders already visited are not followed. A folder
 *   that cannot be read is returned itself, so that its verdict reports that.
 * - `@FILE` is a list of paths, one per line, with comments after `#` at the start of
 *   a line; `-` is such a list on standard input. Paths in a list are relative to
 *   the working folder. A path may be followed by a tab and its size in bytes
 *   (`find … -printf '%p\t%s\n'`).
 *
 * @param named Arguments of the user.
 * @param notice Receives a message for each folder without a frame.
 * @throws {SpitError} `usage` when a list cannot be read.
 */
export async function* findFrames(
  named: Iterable<string>,
  notice: (message: string) => void,
): AsyncGenerator<string, void, void> {
  for await (const { path } of listFrames(named, notice)) yield path;
}

/** Finds frames as {@linkcode findFrames} does, with their sizes where lists state them. */
export async function* listFrames(
  named: Iterable<string>,
  notice: (message: string) => void,
): AsyncGenerator<ListedFrame, void, void> {
  for (const name of named) {
    if (name === "-") {
      const lines = createInterface({ input: process.stdin });
      for await (const line of lines) yield* readListLine(line, notice);
    } else if (name.startsWith("@")) {
      for (const line of await readList(name.slice(1))) {
        yield* readListLine(line, notice);
      }
    } else {
      yield* readPath(name, notice);
    }
  }
}

const LINE_WITH_SIZE = /^(.*)\t(\d{1,15})\s*$/;

async function* readListLine(
  line: string,
  notice: (message: string) => void,
): AsyncGenerator<ListedFrame> {
  const [, listedPath = line, listedSize] = LINE_WITH_SIZE.exec(line) ?? [];
  const path = listedPath.trim();
  if (path === "" || path.startsWith("#")) return;
  // A path with a size is a file. A stat of each would take long for a million files
  // on a file server.
  if (listedSize !== undefined) yield { path, size: Number(listedSize) };
  else yield* readPath(path, notice);
}

async function readList(path: string): Promise<string[]> {
  try {
    return (await Deno.readTextFile(path)).split("\n");
  } catch (cause) {
    throw new SpitError(
      "usage",
      `cannot read the list ${path}: ${(cause as Error).message}; ` +
        `for a frame whose name begins with @ write ./@${path}`,
      { file: path, cause },
    );
  }
}

async function* readPath(
  path: string,
  notice: (message: string) => void,
): AsyncGenerator<ListedFrame> {
  if (isUrl(path) || !await isFolder(path)) {
    yield { path };
    return;
  }
  let isEmpty = true;
  for await (const frame of walk(path, new Set())) {
    isEmpty = false;
    yield { path: frame };
  }
  if (isEmpty) {
    notice(
      `no frames in ${path}: no file name there is that of a FITS file ` +
        "(.fits .fit .fts, also with .gz .bz2 .fz); files with other names can be named one by one",
    );
  }
}

async function* walk(
  folder: string,
  visited: Set<string>,
): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    const id = await identifyFolder(folder);
    if (visited.has(id)) return;
    visited.add(id);
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch {
    // The reader opens the folder next and reports the error in full.
    yield folder;
    return;
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isSymlink } of entries) {
    if (name.startsWith(".")) continue;
    const path = joinPath(folder, name);
    if (isDirectory || (isSymlink && await isFolder(path))) {
      yield* walk(path, visited);
    } else if (isFitsName(name)) {
      yield path;
    }
  }
}

/** Returns the same text for all paths of a folder. */
async function identifyFolder(folder: string): Promise<string> {
  const { dev, ino } = await Deno.stat(folder);
  // Some file systems have no inode numbers; realPath() is slow in deep folders.
  return ino === null ? await Deno.realPath(folder) : `${dev}:${ino}`;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    // The reader opens the path next and reports the error in full.
    return false;
  }
}

/** Unlike `join` of `@std/path`, keeps a path as the user wrote it, as `./night`. */
function joinPath(folder: string, name: string): string {
  return /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`;
}
