/**
 * Many files → a stream of verdicts.
 *
 * @module
 */
import { borrowModel } from "../model/borrow_model.ts";
import { type ClassifyOptions, verdictOf } from "./classify_file.ts";
import { readAhead } from "./read_ahead.ts";
import type { Verdict } from "./verdict.ts";

/** How many files are typed. */
export interface ClassifyFilesOptions extends ClassifyOptions {
  /**
   * Workers that read files, beside the thread that runs the network; with 0 it
   * reads, too. Default: one a core, 8 at most, and fewer for a short array of
   * paths.
   */
  readonly workers?: number;
}

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
  const { workers = workersFor(paths) } = options;
  await using model = await borrowModel(options);
  const files = readAhead(paths, model.card, options, { workers });
  for await (const file of files) yield await verdictOf(file, model);
}

/** More readers than this are seldom fed by one disk, nor emptied by one network. */
const MOST_WORKERS = 8;

/** Fewer files than this for each worker are read in the time that it takes to start. */
const FILES_WORTH_A_WORKER = 16;

/** A worker a core, and none where there is but one; fewer for a short list. */
function workersFor(
  paths: Iterable<string> | AsyncIterable<string>,
): number {
  const cores = navigator.hardwareConcurrency;
  if (cores === 1) return 0;
  const most = Math.min(cores, MOST_WORKERS);
  return Array.isArray(paths)
    ? Math.min(most, Math.floor(paths.length / FILES_WORTH_A_WORKER))
    : most;
}
