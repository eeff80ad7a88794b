/**
 * File versions: what distinguishes a file from a later one of the same name.
 *
 * @module
 */
import { isUrl, urlStamp } from "./url_source.ts";

/** The size and modification time of a file; `null` where they are unknown. */
export interface FileVersion {
  /** Size in bytes. */
  readonly size: number | null;
  /** Modification time in milliseconds since 1970. */
  readonly modified: number | null;
}

/** Files that are looked up at the same time. */
const CONCURRENCY = 16;

/** Reads the version of a file or URL. All of it is `null` if that fails. */
export async function readFileVersion(path: string): Promise<FileVersion> {
  if (isUrl(path)) return await urlStamp(path);
  try {
    const { size, mtime } = await Deno.stat(path);
    return { size, modified: mtime?.getTime() ?? null };
  } catch {
    // The reader opens the file next and reports what is wrong.
    return { size: null, modified: null };
  }
}

/** Reads the versions of many files, in their order. */
export async function readFileVersions(
  paths: readonly string[],
): Promise<FileVersion[]> {
  const versions: FileVersion[] = [];
  let next = 0;
  const work = async () => {
    while (next < paths.length) {
      const k = next++;
      versions[k] = await readFileVersion(paths[k]!);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return versions;
}
