/**
 * Many files → a stream of verdicts.
 *
 * @module
 */
import {
  type ClassifyFilesOptions,
  typeFiles,
} from "./classify_inputs_of_files.ts";
import type { Verdict } from "./verdict.ts";

export type { ClassifyFilesOptions };

/**
 * Types files one after another, in the order given: one verdict for each path,
 * whatever is wrong with the file.
 *
 * While the network works on a file the next ones are read, by workers when
 * there are many, and no more than four for each worker: memory is bounded by
 * them, however many files there are. Leaving the loop early releases all.
 *
 * @param paths Paths of FITS files; an asynchronous source may be endless.
 * @param options Which network, which HDU, how many workers.
 * @throws {SpitError} As `openModel` does; `inference`. What `paths` throws passes through.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { classifyFiles } from "./classify_files.ts";
 *
 * const model = new URL("../../tests/fixtures/model/tiny.json", import.meta.url).pathname;
 * const codes: unknown[] = [];
 * for await (const { file, error } of classifyFiles(["a.fits", "b.fits"], { model, device: "cpu" })) {
 *   codes.push([file, error?.code]);
 * }
 * assertEquals(codes, [["a.fits", "not_found"], ["b.fits", "not_found"]]);
 * ```
 */
export async function* classifyFiles(
  paths: Iterable<string> | AsyncIterable<string>,
  options: ClassifyFilesOptions = {},
): AsyncGenerator<Verdict, void, void> {
  for await (const { verdict } of typeFiles(paths, options)) yield verdict;
}
