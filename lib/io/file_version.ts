/**
 * Files as they stand.
 *
 * @module
 */
import { isUrl, urlStamp } from "./url_source.ts";
import type { FileStamp } from "../batch/stamped_row.ts";

/** Looks at once: more than a disk has heads, and what a file server likes. */
const AT_ONCE = 16;

/** What tells a file from a later one of its name; all `null` when it cannot be looked at. */
export async function stampOf(path: string): Promise<FileStamp> {
  if (isUrl(path)) return await urlStamp(path);
  try {
    const { size, mtime } = await Deno.stat(path);
    return { size, modified: mtime?.getTime() ?? null };
  } catch {
    // The reader opens it next, and says what is wrong better than we could.
    return { size: null, modified: null };
  }
}

/** {@linkcode stampOf} for many, in their order. */
export async function stampsOf(
  paths: readonly string[],
): Promise<FileStamp[]> {
  const stamps: FileStamp[] = [];
  let next = 0;
  const look = async () => {
    while (next < paths.length) {
      const k = next++;
      stamps[k] = await stampOf(paths[k]!);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, look));
  return stamps;
}
