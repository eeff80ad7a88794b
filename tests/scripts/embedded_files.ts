/**
 * Reads the files that `deno compile` embeds in an executable.
 *
 * The format is that of Deno 2.9 (`VirtualDirectory` in its source). After the
 * runtime's code comes a directory tree as JSON, preceded by its length, and then
 * the contents of all files, preceded by their total length. Lengths are 64-bit
 * little-endian integers. `o` of a file is `[offset, length]` in the contents.
 */
import { Buffer } from "node:buffer";
import { dirname, join } from "../../lib/std.ts";

type Entry =
  | { readonly Dir: { readonly n: string; readonly e: readonly Entry[] } }
  | { readonly File: { readonly n: string; readonly o: [number, number] } };

/** Embedded folder of the npm packages, `NAME/VERSION` below it. */
export const PACKAGES = ".deno_compile_node_modules/localhost/";

const TREE_START = '[{"Dir":{"n":".deno_compile_node_modules"';

/**
 * Returns the contents of the embedded files by path, as views of `executable`.
 *
 * @throws {Error} If the executable contains no directory tree of this format.
 */
export function readEmbeddedFiles(
  executable: Uint8Array,
): Map<string, Uint8Array> {
  const { buffer, byteOffset, length } = executable;
  const bytes = Buffer.from(buffer, byteOffset, length);
  const treeStart = bytes.indexOf(TREE_START);
  if (treeStart === -1) {
    throw new Error("This version of Deno embeds files in another format");
  }
  const treeEnd = treeStart + Number(bytes.readBigUInt64LE(treeStart - 8));
  const contents = treeEnd + 8;

  const files = new Map<string, Uint8Array>();
  function addEntries(entries: readonly Entry[], folder: string): void {
    for (const entry of entries) {
      if ("Dir" in entry) {
        addEntries(entry.Dir.e, `${folder}${entry.Dir.n}/`);
      } else {
        const { n, o: [offset, size] } = entry.File;
        const start = contents + offset;
        files.set(`${folder}${n}`, executable.subarray(start, start + size));
      }
    }
  }
  addEntries(JSON.parse(bytes.toString("utf8", treeStart, treeEnd)), "");
  return files;
}

/** Returns the names of the embedded npm packages, sorted. */
export function listPackages(files: ReadonlyMap<string, unknown>): string[] {
  const names = [...files.keys()]
    .filter((path) => path.startsWith(PACKAGES))
    .map((path) => /^(@[^/]+\/)?[^/]+/.exec(path.slice(PACKAGES.length))![0]);
  return [...new Set(names)].sort();
}

/** Writes the toolkit's files into one folder and the npm packages into another. */
export async function extractFiles(
  files: ReadonlyMap<string, Uint8Array>,
  toolkit: string,
  packages: string,
): Promise<void> {
  for (const [path, bytes] of files) {
    const target = path.startsWith(PACKAGES)
      ? join(packages, path.slice(PACKAGES.length))
      : join(toolkit, path);
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeFile(target, bytes);
  }
}
