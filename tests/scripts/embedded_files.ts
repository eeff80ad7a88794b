/**
 * What `deno compile` has put into an executable, read from the executable itself.
 *
 * The format is that of Deno 2.9 (`VirtualDirectory` in its source): after the
 * code of the runtime a tree of names as JSON, its length before it as 64 bits,
 * little-endian; then the bytes of all files, with their length likewise. `o` of a
 * file is the offset and the length of its own.
 */
import { Buffer } from "node:buffer";
import { dirname, join } from "../../lib/io/path.ts";

/** A file or a folder with its entries. */
type Entry =
  | { readonly Dir: { readonly n: string; readonly e: readonly Entry[] } }
  | { readonly File: { readonly n: string; readonly o: [number, number] } };

/** Where Deno keeps npm packages, `NAME/VERSION` below it. */
export const PACKAGES = ".deno_compile_node_modules/localhost/";

const TREE = '[{"Dir":{"n":".deno_compile_node_modules"';

/**
 * The files of an executable, by their paths.
 *
 * @param executable All of its bytes; the files are flips into them.
 * @throws {Error} When there is no tree where this Deno writes it.
 */
export function embeddedFiles(executable: Uint8Array): Map<string, Uint8Array> {
  const { buffer, byteOffset, length } = executable;
  const bytes = Buffer.from(buffer, byteOffset, length);
  const tree = bytes.indexOf(TREE);
  if (tree === -1) throw new Error("this Deno embeds files in another way");
  const end = tree + Number(bytes.readBigUInt64LE(tree - 8));
  const first = end + 8;

  const files = new Map<string, Uint8Array>();
  function walk(entries: readonly Entry[], folder: string): void {
    for (const entry of entries) {
      if ("Dir" in entry) {
        walk(entry.Dir.e, `${folder}${entry.Dir.n}/`);
      } else {
        const { n, o: [offset, size] } = entry.File;
        const start = first + offset;
        files.set(`${folder}${n}`, executable.subarray(start, start + size));
      }
    }
  }
  walk(JSON.parse(bytes.toString("utf8", tree, end)) as Entry[], "");
  return files;
}

/** Names of the embedded npm packages, sorted. */
export function embeddedPackages(files: ReadonlyMap<string, unknown>) {
  const names = [...files.keys()]
    .filter((path) => path.startsWith(PACKAGES))
    .map((path) => /^(@[^/]+\/)?[^/]+/.exec(path.slice(PACKAGES.length))![0]);
  return [...new Set(names)].sort();
}

/**
 * Writes the files as an executable does before it starts: what is the toolkit's
 * into one folder, the packages into another.
 */
export async function extract(
  files: ReadonlyMap<string, Uint8Array>,
  toolkit: string,
  packages: string,
): Promise<void> {
  for (const [path, bytes] of files) {
    const place = path.startsWith(PACKAGES)
      ? join(packages, path.slice(PACKAGES.length))
      : join(toolkit, path);
    await Deno.mkdir(dirname(place), { recursive: true });
    await Deno.writeFile(place, bytes);
  }
}
