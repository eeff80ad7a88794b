/**
 * Many files → a stream of verdicts, with what a person is shown of each.
 *
 * @module
 */
import { borrowModel } from "../model/open_model.ts";
import { type ClassifyOptions, verdictOf } from "./classify_file.ts";
import { readAhead } from "./read_ahead.ts";
import type { ShownHdu } from "./shown_file.ts";
import type { Verdict } from "./verdict.ts";

/** How many files are typed. */
export interface ClassifyFilesOptions extends ClassifyOptions {
  /**
   * Workers that read files, beside the thread that runs the network; with 0 it
   * reads, too. Default: one a core, 8 at most, and fewer for a short array of
   * paths.
   */
  readonly workers?: number;
  /**
   * Seconds that reading a file may take before its row says `timeout`; 0 for as
   * long as it takes. Default: 120, in which a disk of 10 MB/s reads a gigabyte.
   */
  readonly timeout?: number;
}

/** A file with its type. */
export interface TypedFile {
  /** What we say of it. */
  readonly verdict: Verdict;
  /** The HDUs that voted, when they were asked for with `show`; empty with an error. */
  readonly shown: readonly ShownHdu[];
}

/**
 * {@linkcode classifyFiles} with inputImages and headers: about three times the
 * work for a frame.
 *
 * @throws {SpitError} As `classifyFiles` does.
 */
export async function* typeFiles(
  paths: Iterable<string> | AsyncIterable<string>,
  options: ClassifyFilesOptions = {},
): AsyncGenerator<TypedFile, void, void> {
  const { workers = workersFor(paths), timeout = 120 } = options;
  await using model = await borrowModel(options);
  const files = readAhead(paths, model.card, options, { workers, timeout });
  for await (const file of files) {
    const shown = file.error === null ? file.shown : [];
    yield { verdict: await verdictOf(file, model), shown };
  }
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
