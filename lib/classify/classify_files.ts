import { SpitError } from "../errors.ts";
import { borrowModel } from "../model/open_model.ts";
import type { ClassifyOptions } from "./classify_file.ts";
import { classifyInputs } from "./classify_inputs.ts";
import { checkAnswerOptions } from "./evidence.ts";
import { getInputOptions, type HduPreview } from "./inputs.ts";
import { readInputsAhead } from "./reader_pool.ts";
import type { Verdict } from "./verdict.ts";

/** Which model classifies, what is read, and how many workers read. */
export interface ClassifyFilesOptions extends ClassifyOptions {
  /**
   * Number of workers that read files while this thread runs the network; with 0 this
   * thread reads, too. Default: one per core, at most 8, and fewer for a short array of
   * paths.
   */
  readonly workers?: number;
  /**
   * Seconds that reading a file may take before its verdict has the error `timeout`; 0
   * for no limit. Default: 120, in which a disk of 10 MB/s reads a gigabyte.
   */
  readonly timeout?: number;
}

/**
 * Classifies files one after another, in the order given, and yields one verdict for
 * each path, whatever is wrong with the file.
 *
 * The next files are read while the network runs on one, by workers when there are
 * many. At most four files per worker are read ahead, which bounds the memory. Leaving
 * the loop early ends the workers.
 *
 * @param paths Paths of FITS files. An asynchronous source may be endless.
 * @param options The model, the HDU, rules, a signal, workers, a time limit.
 * @throws {SpitError} As `openModel` does; `inference`; `usage` when `workers` is not an
 *   integer from 0 to 256, `timeout` is not a number from 0, or `minProbability` is not
 *   one from 0 to 1.
 * @throws The reason of `signal` when it is aborted; whatever `paths` throws.
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
  const files = classifyFilesWithPreviews(paths, options, false);
  for await (const { verdict } of files) yield verdict;
}

export interface ClassifiedFile {
  readonly verdict: Verdict;
  /** The HDUs that voted; empty for a file with an error, and without `preview`. */
  readonly previews: readonly HduPreview[];
}

/**
 * Classifies files as {@linkcode classifyFiles} does, and yields each verdict with
 * previews of its HDUs.
 *
 * @param preview Whether to keep the previews. Default: true.
 * @throws {SpitError} As `classifyFiles` does.
 */
export async function* classifyFilesWithPreviews(
  paths: Iterable<string> | AsyncIterable<string>,
  options: ClassifyFilesOptions = {},
  preview: boolean = true,
): AsyncGenerator<ClassifiedFile, void, void> {
  const { hdu, rules, maxBytes, signal } = options;
  const { workers = chooseWorkers(paths), timeout = 120 } = options;
  checkReaders(workers, timeout);
  checkAnswerOptions(options);
  signal?.throwIfAborted();
  await using model = await borrowModel(options);
  const files = readInputsAhead(
    paths,
    { hdu, rules, maxBytes, preview, ...getInputOptions(model.card) },
    { workers, timeout, signal },
  );
  for await (const file of files) {
    const previews = file.error === null
      ? file.hdus.flatMap(({ preview }) => preview ?? [])
      : [];
    const verdict = await classifyInputs(file, model, options);
    signal?.throwIfAborted();
    yield { verdict, previews };
  }
}

/** `setTimeout` fires at once for more than 2³¹ - 1 milliseconds. */
const LONGEST_TIMEOUT = 2 ** 31 / 1000 - 1;

/** Most workers that can be asked for. Each has a heap of its own. */
const LARGEST_POOL = 256;

function checkReaders(workers: number, timeout: number): void {
  if (!(Number.isInteger(workers) && workers >= 0 && workers <= LARGEST_POOL)) {
    const what =
      `workers must be an integer from 0 to ${LARGEST_POOL}, not ${workers}`;
    throw new SpitError("usage", what);
  }
  if (!(timeout >= 0 && timeout <= LONGEST_TIMEOUT)) {
    const most = Math.floor(LONGEST_TIMEOUT);
    const what =
      `timeout must be a number of seconds from 0 to ${most}, not ${timeout}`;
    throw new SpitError("usage", what);
  }
}

/** More workers than this are rarely supplied by one disk or consumed by one network. */
const MOST_WORKERS = 8;

/** This thread reads fewer files per worker than this in the time a worker takes to start. */
const FILES_PER_WORKER = 16;

/** One worker per core, none on a single core, fewer for a short array of paths. */
function chooseWorkers(
  paths: Iterable<string> | AsyncIterable<string>,
): number {
  const cores = navigator.hardwareConcurrency;
  if (cores === 1) return 0;
  const most = Math.min(cores, MOST_WORKERS);
  return Array.isArray(paths)
    ? Math.min(most, Math.floor(paths.length / FILES_PER_WORKER))
    : most;
}
