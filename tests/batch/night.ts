import { mergeParts } from "../../lib/batch/merge.ts";
import type { SizedFrame } from "../../lib/batch/shard.ts";
import { temporaryFolder } from "../tiny.ts";

/** A night of files that are not read, and a folder for their rows. */
export interface Night extends Disposable {
  readonly frames: readonly SizedFrame[];
  readonly paths: readonly string[];
  /** The folder for the rows. */
  readonly out: string;
}

/** Creates a night of `count` files. */
export function createNight(count: number): Night {
  const folder = temporaryFolder();
  const frames = Array.from({ length: count }, (_, k) => ({
    path: `${folder.path}/r${String(k).padStart(3, "0")}.fits`,
    size: 10 + k,
  }));
  for (const { path, size } of frames) {
    Deno.writeFileSync(path, new Uint8Array(size));
  }
  const out = `${folder.path}/rows`;
  Deno.mkdirSync(out);
  return {
    frames,
    paths: frames.map(({ path }) => path),
    out,
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** Merges the rows of a folder. */
export async function mergeRows(out: string) {
  const merged = await mergeParts(out);
  const lines = await Array.fromAsync(merged.lines());
  const rows = lines.map((line) => JSON.parse(line));
  return { ...merged, rows, files: rows.map(({ file }) => file) };
}

/** Counts the rows in all parts and journals. */
export function countRows(out: string): number {
  return [...Deno.readDirSync(out)]
    .filter(({ name }) => /\.part\.ndjson$|\.rows$/.test(name))
    .flatMap(({ name }) => Deno.readTextFileSync(`${out}/${name}`).split("\n"))
    .filter((line) => line !== "").length;
}
