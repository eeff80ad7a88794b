/**
 * The folder that `run` and `worker` write rows to: parts, which are complete files
 * of rows, and journals, which hold the rows of an unfinished part. Many processes
 * write to it at the same time.
 */
import * as v from "valibot";
import { SpitError } from "../errors.ts";
import { readRegularFile, readText } from "../io/file.ts";
import { createWriterId, writeAll, writeFileAtomically } from "../io/output.ts";
import { join } from "../std.ts";
import { parseRow, type RowSummary } from "./rows.ts";
import type { Shard } from "./shard.ts";

/** A shard of an input, to be classified by a model. */
export interface Job {
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /** Identifies the input; see `computeFingerprint`. */
  readonly fingerprint: string;
  readonly shard: Shard;
}

/** A part or a journal. */
export interface RowFile {
  readonly name: string;
  /** Whether it is a journal, whose last line can be incomplete. */
  readonly isJournal: boolean;
  /** The job that wrote it; `null` if a worker did. */
  readonly job: Job | null;
}

const PART_SUFFIX = ".part.ndjson";
const JOURNAL_SUFFIX = ".rows";

/** Returns the file name of a part that does not belong to a job. */
export function formatPartName(stem: string): string {
  return stem + PART_SUFFIX;
}

/** Returns the file name of a job's part; parts are counted from 0. */
export function formatJobPartName(job: Job, part: number): string {
  const number = String(part).padStart(4, "0");
  return formatPartName(`${formatJob(job)}.${number}`);
}

/** Returns the file name of the list of an input. */
export function formatInputName(fingerprint: string): string {
  return `input-${fingerprint}.jsonl`;
}

function formatJob({ model, fingerprint, shard }: Job): string {
  return `${model}.${fingerprint}.${shard.index}of${shard.count}`;
}

function parseJob(name: string): Job | null {
  const [, model, fingerprint, index, count] =
    /^\.?(.+)\.([0-9a-f]{12})\.(\d+)of(\d+)\.[^.]+\./.exec(name) ?? [];
  if (model === undefined || fingerprint === undefined) return null;
  const shard = { index: Number(index), count: Number(count) };
  return { model, fingerprint, shard };
}

function parseRowFileName(name: string): RowFile | null {
  const isHidden = name.startsWith(".");
  const isJournal = isHidden && name.endsWith(JOURNAL_SUFFIX);
  const isPart = !isHidden && name.endsWith(PART_SUFFIX);
  return isJournal || isPart ? { name, isJournal, job: parseJob(name) } : null;
}

/**
 * Lists a folder.
 *
 * @returns The parts, then the journals, each sorted by name; and the names of the
 *   lists of the frames of each input.
 * @throws {SpitError} `not_found` or `io` if the folder cannot be read.
 */
export async function listParts(
  folder: string,
): Promise<{ rowFiles: RowFile[]; inputs: string[] }> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    const names = entries.map(({ name }) => name).sort();
    return {
      rowFiles: names.map(parseRowFileName).filter((file) => file !== null)
        .sort((a, b) => Number(a.isJournal) - Number(b.isJournal)),
      inputs: names.filter((name) => /^input-[0-9a-f]{12}\.jsonl$/.test(name)),
    };
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const code = cause instanceof Deno.errors.NotFound ? "not_found" : "io";
    const message = (cause as Error).message;
    throw new SpitError(code, `cannot read the folder ${folder}: ${message}`, {
      file: folder,
      cause,
    });
  }
}

/**
 * Reads the rows of a file, with their lines and line breaks. Returns none if the file no
 * longer exists. An incomplete last line of a journal is ignored.
 *
 * @throws {SpitError} `io` if the file cannot be read or another line is not a row.
 */
export async function readRows(
  folder: string,
  { name, isJournal }: Pick<RowFile, "name" | "isJournal">,
): Promise<{ row: RowSummary; line: string }[]> {
  const path = join(folder, name);
  const bytes = await readRegularFile(path).catch((cause) => {
    if (cause instanceof Deno.errors.NotFound) return new Uint8Array(0);
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const message = `cannot read ${path}: ${cause.message}`;
    throw new SpitError("io", message, { file: path, cause });
  });
  const lines = new TextDecoder().decode(bytes).split(/(?<=\n)/);
  return lines.flatMap((line, k) => {
    const row = line.endsWith("\n") ? parseRow(line) : null;
    if (row !== null) return [{ row, line }];
    if (line === "" || (isJournal && k === lines.length - 1)) return [];
    throw new SpitError(
      "io",
      `line ${k + 1} of ${path} is not a row; remove ` +
        "the file, and its frames are classified again by the next run",
      { file: path },
    );
  });
}

/**
 * Reads the paths in the list of an input, whose name {@linkcode listParts} returns.
 *
 * @throws {SpitError} `io` if the list cannot be read, or a line is not a path.
 */
export async function readInputList(
  folder: string,
  name: string,
): Promise<string[]> {
  const path = join(folder, name);
  const text = await readText(path, "the list of the input");
  return text.split("\n").flatMap((line, k) => {
    if (line === "") return [];
    const { success, output } = v.safeParse(PATH_LINE, line);
    if (success) return [output];
    throw new SpitError(
      "io",
      `line ${
        k + 1
      } of ${path} is not a path; remove the file, and the next run ` +
        "writes it again",
      { file: path },
    );
  });
}

const PATH_LINE = v.pipe(v.string(), v.parseJson(), v.string());

/**
 * Writes a file atomically, and returns when it is on the disk. An existing file of
 * the same name is replaced.
 *
 * @param lines Lines with their line breaks.
 * @throws {SpitError} `io` if the file cannot be written.
 */
export async function writeLines(
  folder: string,
  name: string,
  lines: readonly string[],
): Promise<void> {
  const path = join(folder, name);
  await wrapWriteErrors(path, () => writeFileAtomically(path, lines.join("")));
}

/** The file that records the options of the rows in a folder. */
const OPTIONS_NAME = "options.json";

/**
 * Checks that the rows in a folder were written with the given options, and records the
 * options in a folder that has no record yet.
 *
 * @param options The options that decide the answers, by name; those with `undefined`
 *   are not given.
 * @throws {SpitError} `usage` if the record differs; `io` if it cannot be written.
 */
export async function recordOptions(
  folder: string,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const text = JSON.stringify(options) + "\n";
  const others = await readOptions(folder);
  if (others === null) return await writeLines(folder, OPTIONS_NAME, [text]);
  if (JSON.stringify(others) + "\n" === text) return;
  const names = [...new Set([...Object.keys(others), ...Object.keys(options)])]
    .filter((name) =>
      JSON.stringify(others[name]) !== JSON.stringify(options[name])
    );
  throw new SpitError(
    "usage",
    `the rows in ${folder} were written with other values of ` +
      `${names.join(" and ")}: give the same options, or another folder`,
    { file: folder },
  );
}

/**
 * Reads the options that {@linkcode recordOptions} recorded; `null` if there is no record.
 *
 * @throws {SpitError} `io` if the record cannot be read.
 */
export async function readOptions(
  folder: string,
): Promise<Record<string, unknown> | null> {
  const path = join(folder, OPTIONS_NAME);
  const recorded = await readText(path, "the options").catch((error) => {
    if (error instanceof SpitError && error.code === "not_found") return null;
    throw error;
  });
  return recorded === null ? null : parseOptions(recorded, path);
}

function parseOptions(text: string, file: string): Record<string, unknown> {
  const options = v.pipe(v.string(), v.parseJson(), v.looseObject({}));
  const { success, output } = v.safeParse(options, text);
  if (success) return output;
  throw new SpitError(
    "io",
    `${file} does not contain the options of the rows: remove it`,
    { file },
  );
}

export async function removeIfExists(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Creates the journal of this process; declare it with `using`. Its rows survive the end of
 * the process, but not necessarily a power failure: syncing each row to the disk would take
 * as long as classifying it.
 *
 * @throws {SpitError} `io` if it cannot be created; its methods, if it cannot be
 *   written.
 */
export async function openJournal(folder: string, job: Job) {
  const name = `.${formatJob(job)}.${createWriterId()}${JOURNAL_SUFFIX}`;
  const path = join(folder, name);
  const file = await wrapWriteErrors(
    path,
    () => Deno.open(path, { append: true, createNew: true }),
  );
  return {
    /** Appends a line, given with its line break. */
    append: (line: string) => wrapWriteErrors(path, () => writeAll(file, line)),
    /** Empties the journal, once its rows are in a part. */
    clear: () => wrapWriteErrors(path, () => file.truncate(0)),
    // Another run of the same job may have removed it already.
    remove: () => wrapWriteErrors(path, () => removeIfExists(path)),
    [Symbol.dispose]: () => file.close(),
  };
}

async function wrapWriteErrors<T>(
  path: string,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    const why = cause instanceof SpitError
      ? cause.description
      : `cannot write ${path}: ${(cause as Error).message}`;
    throw new SpitError(
      "io",
      `${why}; finished rows are kept: correct this and start the same ` +
        "command again",
      { file: path, cause },
    );
  }
}
