/**
 * What is in the watched folders now.
 *
 * @module
 */
import { findFrames } from "../io/find_frames.ts";
import type { Stamp } from "./settling.ts";

/** What a look at the disk gives. */
export interface Listing {
  /** Files there are, by path, in the order of {@linkcode findFrames}. */
  readonly files: ReadonlyMap<string, Stamp>;
  /** Folders that could not be looked into, and why. */
  readonly closed: ReadonlyMap<string, string>;
}

/**
 * Lists the frames below folders, by the rules of {@linkcode findFrames}: names
 * of FITS files, none that is hidden. A file under a passing name (`.part`,
 * `.tmp`) is found once it has its own. What vanishes meanwhile is passed over.
 *
 * @param paths Folders; a path that names a file is that file.
 * @throws {Deno.errors.NotCapable} Without leave to read them.
 */
export async function listStamps(paths: readonly string[]): Promise<Listing> {
  const found = await Array.fromAsync(findFrames(paths, () => {}));
  const closed = new Map<string, string>();
  const stamps = await Promise.all(found.map(async (path) => {
    try {
      const { isFile, isDirectory, size, mtime } = await Deno.stat(path);
      // Only a folder that cannot be read comes out of `findFrames` itself.
      if (isDirectory) closed.set(path, "it cannot be read");
      if (!isFile) return [];
      return [[path, { size, modified: mtime?.getTime() ?? 0 }] as const];
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      if (!(error instanceof Deno.errors.NotFound)) {
        closed.set(path, (error as Error).message);
      } else if (paths.includes(path)) closed.set(path, "it is not there");
      return [];
    }
  }));
  return { files: new Map(stamps.flat()), closed };
}
