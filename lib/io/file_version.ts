import { isUrl, readUrlVersion } from "./http.ts";

/** What tells a file from a later one of the same name; `null` for what is unknown. */
export interface FileVersion {
  /** Bytes. */
  readonly size: number | null;
  /** Milliseconds since 1970. */
  readonly modified: number | null;
}

/** Concurrent requests: enough for a disk, and few enough for a file server. */
const CONCURRENCY = 16;

/** Reads the version of a file or URL; both parts are `null` when it cannot be read. */
export async function readFileVersion(path: string): Promise<FileVersion> {
  if (isUrl(path)) return await readUrlVersion(path);
  try {
    const { size, mtime } = await Deno.stat(path);
    return { size, modified: mtime?.getTime() ?? null };
  } catch {
    // The reader opens the file next and reports the error in full.
    return { size: null, modified: null };
  }
}

export async function readFileVersions(
  paths: readonly string[],
): Promise<FileVersion[]> {
  const versions: FileVersion[] = [];
  let next = 0;
  const readNext = async () => {
    while (next < paths.length) {
      const k = next++;
      versions[k] = await readFileVersion(paths[k]!);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, readNext));
  return versions;
}
