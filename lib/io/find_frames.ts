import process from "node:process";
import { createInterface } from "node:readline";
import { SpitError } from "../errors.ts";
import { isAbsolute, relative } from "../std.ts";
import { isUrl } from "./http.ts";

/** Up to two extensions of compressed files may follow, as in `.fits.fz.gz`. */
const FITS_NAME = /\.(fits|fit|fts)(\.(gz|bz2|fz|z)){0,2}$/i;

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

export interface FindOptions {
  /** Whether links that lead out of the folders given are followed. Default: false. */
  readonly followLinks?: boolean;
  /**
   * Receives each link that is not followed because it leads out of the folders given.
   * Default: one message per folder goes to `notice`.
   */
  readonly onSkippedLink?: (path: string) => void;
}

/**
 * Finds frames, in the order of the arguments, and within a folder by name (UTF-16
 * code units), folders and files alike.
 *
 * - A file is returned whatever its name, and also when it does not exist, so that
 *   its verdict reports that. So is a URL (`http://…`, `https://…`).
 * - A folder stands for all files below it whose names are those of FITS files,
 *   except hidden ones. Links to folders already visited are not followed, nor, without
 *   `followLinks`, links that lead out of all folders named. A folder that cannot be
 *   read is returned itself, so that its verdict reports that.
 * - `@FILE` is a list of paths, one per line, with comments after `#` at the start of
 *   a line; `-` is such a list on standard input. Paths in a list are relative to
 *   the working folder. A path may be followed by a tab and its size in bytes
 *   (`find … -printf '%p\t%s\n'`).
 *
 * @param named Arguments of the user.
 * @param notice Receives a message for each folder without a frame, or with links that
 *   are not followed.
 * @throws {SpitError} `usage` when a list cannot be read.
 */
export async function* findFrames(
  named: Iterable<string>,
  notice: (message: string) => void,
  options?: FindOptions,
): AsyncGenerator<string, void, void> {
  for await (const { path } of listFrames(named, notice, options)) yield path;
}

/** Finds frames as {@linkcode findFrames} does, with their sizes where lists state them. */
export async function* listFrames(
  named: Iterable<string>,
  notice: (message: string) => void,
  options: FindOptions = {},
): AsyncGenerator<ListedFrame, void, void> {
  const names = [...named];
  const roots = await Promise.all(
    names.filter((name) => !isList(name) && !isUrl(name)).map(resolveLinks),
  );
  const search = {
    ...options,
    notice,
    roots: roots.filter((root) => root !== null),
  };
  for (const name of names) {
    if (name === "-") {
      const lines = createInterface({ input: process.stdin });
      for await (const line of lines) yield* readListLine(line, search);
    } else if (name.startsWith("@")) {
      for (const line of await readList(name.slice(1))) {
        yield* readListLine(line, search);
      }
    } else {
      yield* readPath(name, search);
    }
  }
}

interface Search extends FindOptions {
  readonly notice: (message: string) => void;
  /** The folders and files named, without links. */
  readonly roots: readonly string[];
}

function isList(name: string): boolean {
  return name === "-" || name.startsWith("@");
}

/** Returns the absolute path without links; `null` if it does not exist or cannot be read. */
async function resolveLinks(path: string): Promise<string | null> {
  try {
    return await Deno.realPath(path);
  } catch {
    // The reader opens the path next and reports the error in full.
    return null;
  }
}

const LINE_WITH_SIZE = /^(.*)\t(\d{1,15})\s*$/s;

async function* readListLine(
  line: string,
  search: Search,
): AsyncGenerator<ListedFrame> {
  const [, listedPath = line, listedSize] = LINE_WITH_SIZE.exec(line) ?? [];
  const path = listedPath.trim();
  if (path === "" || path.startsWith("#")) return;
  // A path with a size is a file. A stat of each would take long for a million files
  // on a file server.
  if (listedSize !== undefined) yield { path, size: Number(listedSize) };
  else yield* readPath(path, search);
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
  { roots, notice, ...options }: Search,
): AsyncGenerator<ListedFrame> {
  if (isUrl(path) || !await isFolder(path)) {
    yield { path };
    return;
  }
  const skipped: string[] = [];
  const { followLinks = false } = options;
  const onSkippedLink = options.onSkippedLink ??
    ((link: string) => void skipped.push(link));
  const own = await resolveLinks(path);
  const walked = walk(path, {
    roots: own === null || roots.includes(own) ? roots : [...roots, own],
    visited: new Set(),
    followLinks,
    onSkippedLink,
  });
  let isEmpty = true;
  for await (const frame of walked) {
    isEmpty = false;
    yield { path: frame };
  }
  if (skipped.length > 0) notice(describeSkippedLinks(skipped));
  if (isEmpty) {
    notice(
      `no frames in ${path}: no file name there is that of a FITS file ` +
        "(.fits .fit .fts, also with .gz .bz2 .Z .fz); files with other names can be named one by one",
    );
  }
}

/** Returns a message about links that lead out of the folders given. */
export function describeSkippedLinks(links: readonly string[]): string {
  const shown = links.slice(0, 3).join(", ");
  const rest = links.length > 3 ? ", …" : "";
  const what = links.length === 1
    ? "1 link leads"
    : `${links.length} links lead`;
  return `${what} out of the folders given: not followed without --follow-links (${shown}${rest})`;
}

interface Walk extends Required<FindOptions> {
  readonly roots: readonly string[];
  readonly visited: Set<string>;
}

async function* walk(folder: string, search: Walk): AsyncGenerator<string> {
  const { visited, onSkippedLink } = search;
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
    const isBranch = isDirectory || (isSymlink && await isFolder(path));
    if (!isBranch && !isFitsName(name)) continue;
    if (isSymlink && await leadsOut(path, search)) onSkippedLink(path);
    else if (isBranch) yield* walk(path, search);
    else yield path;
  }
}

/** Returns whether a link must not be followed. One that leads nowhere is left to the reader. */
async function leadsOut(
  link: string,
  { roots, followLinks }: Walk,
): Promise<boolean> {
  if (followLinks) return false;
  const target = await resolveLinks(link);
  return target !== null && !roots.some((root) => isWithin(target, root));
}

function isWithin(path: string, folder: string): boolean {
  const below = relative(folder, path);
  return !isAbsolute(below) && below.split(/[/\\]/, 1)[0] !== "..";
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
