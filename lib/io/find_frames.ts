import { isUtf8 } from "node:buffer";
import { SpitError } from "../errors.ts";
import {
  basename,
  concat,
  dirname,
  isAbsolute,
  relative,
  resolve,
} from "../std.ts";
import { isUrl } from "./http.ts";
import { detectFormat } from "./magic.ts";

/** Up to two extensions of compressed files may follow, as in `.fits.fz.gz`. */
const FITS_NAME = /\.(fits|fit|fts)(\.(gz|bz2|fz|zst|z)){0,2}$/i;

/**
 * Returns whether a file name is that of a FITS file, compressed or not, in any case.
 * It selects files in folders; the format of a file is determined by its content.
 */
export function isFitsName(name: string): boolean {
  return FITS_NAME.test(name);
}

/** Returns a file name without the extensions by which {@linkcode isFitsName} knows it. */
export function removeFitsExtension(name: string): string {
  return name.replace(FITS_NAME, "");
}

export interface ListedFrame {
  readonly path: string;
  /** Bytes, where a list states them. */
  readonly size?: number;
}

export interface FindOptions {
  /** Whether links that lead out of the folders given are followed. Default: false. */
  readonly followLinks?: boolean;
  /** Whether notices name all that is skipped. Default: the first three links. */
  readonly verbose?: boolean;
  /**
   * Receives each argument that does not exist as a file or folder. Lists may name frames
   * that do not exist any more.
   */
  readonly onMissing?: (path: string) => void;
  /**
   * Receives what is skipped in folders. Default: two messages per folder named go to
   * `notice`.
   */
  readonly onSkipped?: (skipped: Skipped) => void;
}

/** A link that leads out of the folders given, or a file with the name of no FITS file. */
export interface Skipped {
  readonly path: string;
  readonly reason: "link" | "name";
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
 *   the working folder. Blanks around a path do not count, unless it is followed by a
 *   tab and its size in bytes (`find … -printf '%p\t%s\n'`).
 *
 * Deno decodes names of files as UTF-8 and cannot open a file of another name. Each such
 * file is returned with a path that does not exist: its name with U+FFFD for what is not
 * UTF-8 and, if other files get the same name, a number, as in `r\ufffd.fits (2)`.
 *
 * @param named Arguments of the user.
 * @param notice Receives a message for each folder without a frame, with links that
 *   are not followed, or with files that may be frames and are skipped for their name.
 * @throws {SpitError} `usage` when a list cannot be read, or is none.
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
  const names = await separateArguments([...named]);
  const roots = await Promise.all(
    names.filter((name) => !isList(name) && !isUrl(name)).map(resolveLinks),
  );
  const search = {
    ...options,
    notice,
    roots: roots.filter((root) => root !== null),
  };
  for (const name of names) {
    if (isList(name)) yield* readList(name, search);
    else yield* readPath(name, search);
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

/** The replacement character, which stands for bytes that are not UTF-8. */
const REPLACED = "\ufffd";

/**
 * Creates a function that gives each file whose name is not UTF-8 a path of its own that
 * does not exist.
 */
function createSeparator() {
  const counts = new Map<string, number>();
  return async (path: string): Promise<string> => {
    for (let count = counts.get(path) ?? 1;; count++) {
      const numbered = count === 1 ? path : `${path} (${count})`;
      counts.set(path, count + 1);
      if (!await exists(numbered)) return numbered;
    }
  };
}

/** Gives each argument that does not name its file exactly a path that does not exist. */
async function separateArguments(names: readonly string[]): Promise<string[]> {
  const separate = createSeparator();
  const named = Map.groupBy(names, (name) => name);
  const found = new Set<string>();
  const folders = new Map<string, Map<string, number>>();
  const result: string[] = [];
  for (const name of names) {
    if (isList(name) || isUrl(name) || !name.includes(REPLACED)) {
      result.push(name);
      continue;
    }
    const folder = dirname(name);
    if (!folders.has(folder)) folders.set(folder, await countNames(folder));
    const alike = folders.get(folder)!.get(basename(name)) ?? 0;
    // Otherwise the argument may mean a file that only looks like it.
    const isExact = !found.has(name) && alike <= named.get(name)!.length &&
      await exists(name);
    if (isExact) found.add(name);
    result.push(isExact ? name : await separate(name));
  }
  return result;
}

/** Counts the names in a folder as Deno shows them. */
async function countNames(folder: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  try {
    for await (const { name } of Deno.readDir(folder)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  } catch {
    // The reader opens the path next and reports the error in full.
  }
  return counts;
}

const LINE_WITH_SIZE = /^(.*)\t(\d{1,15})\r?$/s;

async function* readList(
  name: string,
  search: Search,
): AsyncGenerator<ListedFrame> {
  const path = name.slice(1);
  const separate = createSeparator();
  let number = 0;
  for await (const bytes of readLines(name === "-" ? null : path)) {
    number++;
    refuseBinary(bytes, number, name);
    const text = DECODER.decode(bytes);
    const line = number === 1 ? text.replace(/^\ufeff/, "") : text;
    const [, listedPath = line.replace(/^[ \t]+|[ \t\r]+$/g, ""), listedSize] =
      LINE_WITH_SIZE.exec(line) ?? [];
    if (listedPath === "" || /^[ \t]*#/.test(line)) continue;
    const path = isUtf8(bytes) ? listedPath : await separate(listedPath);
    // A path with a size is a file. A stat of each would take long for a million files
    // on a file server.
    if (listedSize !== undefined) yield { path, size: Number(listedSize) };
    else yield* readPath(path, { ...search, onMissing: undefined });
  }
}

/** Throws if a line of a list shows that the file is a frame, or holds other binary data. */
function refuseBinary(bytes: Uint8Array, number: number, name: string): void {
  const isFrame = number === 1 && detectFormat(bytes) === "FITS";
  if (!isFrame && !bytes.includes(0)) return;
  const file = name === "-" ? "standard input" : name.slice(1);
  const why = isFrame
    ? "it is a frame; a list has a path on each line"
    : `line ${number} has a zero byte`;
  throw new SpitError("usage", `cannot read the list ${file}: ${why}`, {
    file,
  });
}

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** Longest line of a list, in bytes: far more than a path and its size. */
const MAX_LINE_LENGTH = 65_536;

/**
 * Yields the lines of a list without their line feeds. An empty last line is left out.
 *
 * @param path `null` for standard input.
 * @throws {SpitError} `usage` if it cannot be read, or is no list of paths.
 */
export async function* readLines(
  path: string | null,
): AsyncGenerator<Uint8Array> {
  const file = path ?? "standard input";
  let rest: Uint8Array[] = [];
  let length = 0;
  try {
    const stream = path === null
      ? Deno.stdin.readable
      : (await Deno.open(path)).readable;
    for await (const chunk of stream) {
      let start = 0;
      for (let end; (end = chunk.indexOf(0x0a, start)) >= 0; start = end + 1) {
        yield concat([...rest, chunk.subarray(start, end)]);
        rest = [];
        length = 0;
      }
      rest.push(chunk.subarray(start));
      length += chunk.length - start;
      if (length > MAX_LINE_LENGTH) {
        throw new RangeError(`a line has more than ${MAX_LINE_LENGTH} bytes`);
      }
    }
  } catch (cause) {
    const hint = path === null
      ? ""
      : `; for a frame whose name begins with @ write ./@${path}`;
    throw new SpitError(
      "usage",
      `cannot read the list ${file}: ${(cause as Error).message}${hint}`,
      { file, cause },
    );
  }
  if (length > 0) yield concat(rest);
}

async function* readPath(
  path: string,
  search: Search,
): AsyncGenerator<ListedFrame> {
  const kind = isUrl(path) ? "file" : await findKind(path);
  if (kind !== "folder") {
    if (kind === "absent") search.onMissing?.(path);
    yield { path };
    return;
  }
  const { roots, notice, followLinks = false, verbose = false } = search;
  const skipped: Skipped[] = [];
  const own = await resolveLinks(path);
  const walked = walk(path, {
    roots: own === null || roots.includes(own) ? roots : [...roots, own],
    visited: new Set(),
    followLinks,
    onSkipped: search.onSkipped ?? ((one) => void skipped.push(one)),
  });
  let isEmpty = true;
  for await (const frame of walked) {
    isEmpty = false;
    yield { path: frame };
  }
  describeSkipped(skipped, verbose).forEach(notice);
  if (isEmpty) {
    notice(
      `no frames in ${path}: no file name there is that of a FITS file ` +
        "(.fits .fit .fts, also with .gz .bz2 .Z .zst .fz); files with other names can be named one by one",
    );
  }
}

/**
 * Extensions of files that lie beside frames and are none, so that notices do not
 * count them.
 */
const NO_FRAME =
  /\.(txt|log|lis|list|lst|csv|tsv|md|rst|html?|xml|css|js|ts|py|sh|cl|pro|jsonl?|ndjson|ya?ml|toml|ini|cfg|par|pypeit|obslog|reg|cat|pdf|ps|eps|png|jpe?g|gif|svg|tiff?|md5|sha1|sha256|sum)$|(^|[/\\])(README|LICENSE|Makefile)$/i;

/** Returns messages about what is skipped in folders; none if nothing is. */
export function describeSkipped(
  skipped: readonly Skipped[],
  verbose = false,
): string[] {
  const { link = [], name = [] } = Object.groupBy(
    skipped.filter(({ path, reason }) =>
      reason === "link" || !NO_FRAME.test(path)
    ),
    ({ reason }) => reason,
  );
  const messages: string[] = [];
  if (link.length > 0) {
    const shown = link.slice(0, verbose ? Infinity : 3);
    const names = shown.map(({ path }) => path).join(", ");
    const rest = shown.length < link.length ? ", …" : "";
    const what = link.length === 1
      ? "1 link leads"
      : `${link.length} links lead`;
    messages.push(
      `${what} out of the folders given: not followed without --follow-links (${names}${rest})`,
    );
  }
  if (name.length > 0) {
    const counts = Map.groupBy(name, ({ path }) => findExtension(path));
    const kinds = [...counts].map(([extension, { length }]) =>
      `${length} ${extension || "without an extension"}`
    );
    const hint = verbose ? "" : " (-v names them)";
    const what = name.length === 1
      ? "1 file is skipped for its name"
      : `${name.length} files are skipped for their names`;
    messages.push(
      `${what}: ${kinds.join(", ")}${hint}; ` +
        "unpack compressed frames, and name other frames one by one",
      ...verbose ? name.map(({ path }) => `skipped: ${path}`) : [],
    );
  }
  return messages;
}

/** Returns the last extension of a name with its dot; empty if there is none. */
export function findExtension(path: string): string {
  return /\.[^./\\]+$/.exec(path)?.[0] ?? "";
}

interface Walk
  extends Required<Pick<FindOptions, "followLinks" | "onSkipped">> {
  readonly roots: readonly string[];
  readonly visited: Set<string>;
}

async function* walk(folder: string, search: Walk): AsyncGenerator<string> {
  const { visited, onSkipped } = search;
  let entries: Deno.DirEntry[];
  try {
    const id = await identifyFolder(folder);
    if (visited.has(id)) return;
    visited.add(id);
    entries = await readEntries(folder);
  } catch {
    // The reader opens the folder next and reports the error in full.
    yield folder;
    return;
  }
  entries.sort((a, b) => a.name < b.name ? -1 : 1);
  const separated = await separateEntries(folder, entries);
  for (const entry of entries) {
    const { name, isDirectory, isSymlink } = entry;
    if (name.startsWith(".")) continue;
    const ownPath = separated.get(entry);
    if (ownPath !== undefined) {
      if (isDirectory || isFitsName(name)) yield ownPath;
      continue;
    }
    const path = joinPath(folder, name);
    const isBranch = isDirectory ||
      (isSymlink && await findKind(path) === "folder");
    if (!isBranch && !isFitsName(name)) onSkipped({ path, reason: "name" });
    else if (isSymlink && await leadsOut(path, search)) {
      onSkipped({ path, reason: "link" });
    } else if (isBranch) yield* walk(path, search);
    else yield path;
  }
}

/** Reads a folder. An entry of Deno takes 400 bytes without its name, its copy 64. */
async function readEntries(folder: string): Promise<Deno.DirEntry[]> {
  const entries: Deno.DirEntry[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const { name, isFile, isDirectory, isSymlink } = entry;
    entries.push({ name, isFile, isDirectory, isSymlink });
  }
  return entries;
}

/**
 * Gives the files of a folder whose names are not UTF-8, so that Deno cannot open them,
 * paths of their own. All others are left out.
 */
async function separateEntries(
  folder: string,
  entries: readonly Deno.DirEntry[],
): Promise<ReadonlyMap<Deno.DirEntry, string>> {
  const separate = createSeparator();
  const found = new Set<string>();
  const paths = new Map<Deno.DirEntry, string>();
  for (const entry of entries) {
    const { name } = entry;
    if (!name.includes(REPLACED)) continue;
    const path = joinPath(folder, name);
    const isExact = !found.has(name) && await isSameKind(path, entry);
    if (isExact) found.add(name);
    else paths.set(entry, await separate(path));
  }
  return paths;
}

/** Whether a path exists, and is of the kind of an entry that has this path. */
async function isSameKind(
  path: string,
  { isFile, isDirectory, isSymlink }: Deno.DirEntry,
): Promise<boolean> {
  try {
    const found = await Deno.lstat(path);
    return found.isFile === isFile && found.isDirectory === isDirectory &&
      found.isSymlink === isSymlink;
  } catch {
    return false;
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

/**
 * Returns a function that tells whether a path or address is one of some roots, or below
 * one. Links in a path are followed; a path that does not exist is judged by its name.
 *
 * @param roots Files, folders and addresses.
 * @throws {SpitError} `usage` for a file or folder that does not exist.
 * @throws {Deno.errors.NotCapable} Without read permission.
 */
export async function createRootCheck(
  roots: readonly string[],
): Promise<(path: string) => Promise<boolean>> {
  const folders: string[] = [];
  const addresses: URL[] = [];
  for (const root of roots) {
    if (isUrl(root)) {
      addresses.push(new URL(root));
      continue;
    }
    try {
      folders.push(await Deno.realPath(root), resolve(root));
    } catch (cause) {
      if (cause instanceof Deno.errors.NotCapable) throw cause;
      const what = `cannot read ${root}: ${(cause as Error).message}`;
      throw new SpitError("usage", what, { file: root, cause });
    }
  }
  return async (path) => {
    if (isUrl(path)) {
      const url = URL.parse(path);
      return url !== null &&
        addresses.some((root) => isAddressWithin(url, root));
    }
    const target = await resolveLinks(path) ??
      (await exists(path) ? null : resolve(path));
    return target !== null && folders.some((root) => isWithin(target, root));
  };
}

function isAddressWithin(url: URL, root: URL): boolean {
  // A server may decode these to separators.
  if (url.origin !== root.origin || /%2f|%5c/i.test(url.pathname)) return false;
  const folder = root.pathname.replace(/\/?$/, "/");
  return url.pathname === root.pathname || url.pathname.startsWith(folder);
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

async function findKind(path: string): Promise<"folder" | "file" | "absent"> {
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "file";
  } catch (error) {
    // The reader opens the path next and reports the error in full.
    return error instanceof Deno.errors.NotFound ? "absent" : "file";
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Unlike `join` of `@std/path`, keeps a path as the user wrote it, as `./night`. */
function joinPath(folder: string, name: string): string {
  return /[/\\]$/.test(folder) ? folder + name : `${folder}/${name}`;
}
