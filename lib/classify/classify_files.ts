/**
 * Many files → a stream of verdicts.
 *
 * @module
 */
import { borrowModel } from "../model/borrow_model.ts";
import { type ClassifyOptions, verdictOf } from "./classify_file.ts";
import { type FileViews, readFileViews } from "./file_views.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Types files one after another, in the order given: one verdict for each path,
 * whatever is wrong with the file.
 *
 * While the network works on a file the next one is read, and no more than
 * that: memory is bounded by two files, however many there are. Leaving the
 * loop early releases all.
 *
 * @param paths Paths of FITS files; an asynchronous source may be endless.
 * @param options Which network, which HDU.
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
  options: ClassifyOptions = {},
): AsyncGenerator<Verdict, void, void> {
  await using model = await borrowModel(options);
  const source = Symbol.asyncIterator in paths
    ? paths[Symbol.asyncIterator]()
    : paths[Symbol.iterator]();
  let reading: Promise<FileViews> | undefined;
  const readNext = async (): Promise<FileViews | undefined> => {
    const { done, value } = await source.next();
    if (done) return undefined;
    return await (reading = readFileViews(value, model.card, options));
  };

  let ended = false;
  try {
    let ahead = readNext();
    while (true) {
      const file = await ahead;
      ended = file === undefined;
      if (file === undefined) return;
      ahead = readNext();
      // A source that fails is heard of at the next turn, not as unhandled.
      ahead.catch(() => {});
      yield await verdictOf(file, model);
    }
  } finally {
    // Not the path that is awaited: an endless source may never give one.
    await reading;
    if (!ended) Promise.resolve(source.return?.()).catch(() => {});
  }
}
