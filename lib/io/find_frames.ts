/**
 * From what the user names to the files to type.
 *
 * @module
 */
import { createInterface } from "node:readline";
import process from "node:process";
import { SpitError } from "../errors.ts";
import { isUrl } from "./http.ts";

/**
 * Finds the files to type, in the order of the arguments; within a folder by
 * name (Unicode code units), folders and files alike.
 *
 * - A named file is taken whatever its name, also when it does not exist: its
 *   row then says so.
 * - So is the address of a file on a web server (`http://…`, `https://…`).
 * - A folder gives all files below it whose names look like FITS. Hidden ones
 *   are passed over; a link to a folder that was already seen is not followed.
 *   A folder that cannot be read is given itself, so that its row says so.
 * - `@FILE` is a list of paths, one a line, `#` starting a comment; `-` is such a
 *   list on standard input. Paths in a list are relative to the working folder.
 *   A tab and the size in bytes may follow a path (`find … -printf '%p\t%s\n'`).
 *
 * @param named What the user named.
 * @param notice Told of folders that hold no frame.
 * @throws {SpitError} `usage` when a list cannot be read.
 */
export async function* findFrames(
  named: Iterable<string>,
  notice: (message: string) => void,
): AsyncGenerator<string, void, void> {
  for await (const { path } of listFrames(named, notice)) yield path;
}

/** A frame that a user names. */
export interface ListedFrame {
  /** Its path. */
  readonly path: string;
  /** Size in bytes, where a list says it. */
  readonly size?: number;
}

/** {@linkcode findFrames} with what lists say of the sizes. */
export async function* listFrames(
  named: Iterable<string>,
  notice: (message: string) => void,
): AsyncGenerator<ListedFrame, void, void> {
  for (const name of named) {
    if (name === "-") {
      const lines = createInterface({ input: process.stdin });
      for await (const line of lines) yield* listed(line, notice);
    } else if (name.startsWith("@")) {
      for (const line of await readList(name.slice(1))) {
        yield* listed(line, notice);
      }
    } else {
      yield* fromPath(name, notice);
    }
  }
}

async function* listed(
  line: string,
  notice: (message: string) => void,
): AsyncGenerator<ListedFrame> {
  const [, listedPath = line, listedSize] = SIZED.exec(line) ?? [];
  const path = listedPath.trim();
  if (path === "" || path.startsWith("#")) return;
  // What has a size is no folder, and needs no look: of a million files, on a file
  // server, each look counts.
  if (listedSize !== undefined) yield { path, size: Number(listedSize) };
  else yield* fromPath(path, notice);
}

const SIZED = /^(.*)\t(\d{1,15})\s*$/;

async function readList(path: string): Promise<string[]> {
  try {
    return (await Deno.readTextFile(path)).split("\n");
  } catch (cause) {
    throw new SpitError(
      "usage",
      `cannot read the list ${path}: ${(cause as Error).message}; ` +
        `a file of that name is typed as ./@${path}`,
      { file: path, cause },
    );
  }
}

async function* fromPath(
  path: string,
  notice: (message: string) => void,
): AsyncGenerator<ListedFrame> {
  if (isUrl(path) || !await isFolder(path)) {
    yield { path };
    return;
  }
  let found = false;
  for await (const frame of walk(path, new Set())) {
    found = true;
    yield { path: frame };
  }
  if (!found) {
    notice(
      `no frames in ${path}: no name there looks like FITS ` +
        "(.fits .fit .fts, also with .gz .bz2 .fz); name a file to have it tried all the same",
    );
  }
}

async function* walk(
  folder: string,
  seen: Set<string>,
): AsyncGenerator<string> {
  let entries: Deno.DirEntry[];
  try {
    const place = await placeOf(folder);
    if (seen.has(place)) return;
    seen.add(place);
    entries = await Array.fromAsync(Deno.readDir(folder));
  } catch {
    // The reader opens it next, and says what is wrong better than we could.
    yield folder;
    return;
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isSymlink } of entries) {
    if (name.startsWith(".")) continue;
    const path = joinPath(folder, name);
    if (isDirectory || (isSymlink && await isFolder(path))) {
      yield* walk(path, seen);
    } else if (isFitsName(name)) {
      yield path;
    }
  }
}

/** What a folder is known by, whatever leads to it. */
async function placeOf(folder: string): Promise<string> {
  const { dev, ino } = await Deno.stat(folder);
  // Some file systems number nothing; the whole path takes long in deep folders.
  return ino === null ? await Deno.realPath(folder) : `${dev}:${ino}`;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    // Missing, or not to be looked at: the reader says which.
    return false;
  }
}

function joinPath(folder: string, name: string): string {
  return /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`;
}

/** Endings of FITS files, lower case. */
export const FITS_ENDINGS = [".fits", ".fit", ".fts"] as const;

/** Endings that compression adds to them, lower case. */
export const PACKED_ENDINGS = [".gz", ".bz2", ".fz"] as const;

/**
 * Whether a file name looks like that of a FITS file, packed or not, in any case.
 * For picking files from folders; what a file is, its bytes decide.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { isFitsName } from "./find_frames.ts";
 *
 * assert(isFitsName("night/R6.FITS.gz"));
 * assert(!isFitsName("fits.txt"));
 * ```
 */
export function isFitsName(name: string): boolean {
  let stem = name.toLowerCase();
  // Twice, for frames in tiles under gzip.
  for (let i = 0; i < 2; i++) {
    const packed = PACKED_ENDINGS.find((ending) => stem.endsWith(ending));
    if (packed !== undefined) stem = stem.slice(0, -packed.length);
  }
  return FITS_ENDINGS.some((ending) => stem.endsWith(ending));
}
