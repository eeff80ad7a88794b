import type { Verdict } from "../classify/verdict.ts";
import { findLabel, type Labels } from "../evaluation/labels.ts";
import { type FileVersion, readFileVersions } from "../io/file_version.ts";
import { join } from "../std.ts";
import {
  formatInputName,
  formatJobPartName,
  type Job,
  listParts,
  openJournal,
  readRows,
  removeIfExists,
  type RowFile,
  writeLines,
} from "./parts.ts";
import { createRow, formatRow, isUpToDate } from "./rows.ts";
import {
  computeFingerprint,
  selectShard,
  type Shard,
  type SizedFrame,
  sortFrames,
} from "./shard.ts";

interface ShardOptions {
  /** The whole input. */
  readonly frames: Iterable<SizedFrame>;
  readonly shard: Shard;
  /** Existing folder for the parts. */
  readonly folder: string;
  /** `NAME@VERSION` of the model. */
  readonly model: string;
  /** Labels, which give the answers of their frames. Default: none. */
  readonly labels?: Labels;
  /** Frames per part. Default: 500. */
  readonly partFrames?: number;
}

/**
 * Determines which frames of a shard have no row yet. A frame has one if a part, or
 * the journal of a run that was killed, has a row with its path, size, modification
 * time, model and label, whatever the input or the number of shards was. Rows with a
 * retryable error and those of older versions do not count: their frames are classified
 * again.
 *
 * @throws {SpitError} `io` if the folder cannot be read or written, or contains a
 *   damaged part.
 */
export async function openShard(options: ShardOptions) {
  const { shard, folder, model, labels = new Map(), partFrames = 500 } =
    options;
  const input = sortFrames(options.frames);
  const fingerprint = computeFingerprint(input, partFrames);
  const job: Job = { model, fingerprint, shard };
  await writeInputList(folder, fingerprint, input);
  const paths = selectShard(input, shard).map(({ path }) => path);
  const list = await readFileVersions(paths);
  const versions = new Map(paths.map((path, k) => [path, list[k]!]));
  const plan = await planParts(job, folder, versions, labels, partFrames);
  return {
    frames: paths.length,
    /** Frames without an up-to-date row, in the order to classify them in. */
    pending: plan.parts.flatMap(({ pending }) => pending),
    /**
     * Writes the rows of the pending frames.
     *
     * @param verdicts One for each pending frame, in their order.
     * @throws {SpitError} `io` if a row or part cannot be written. What was written
     *   before stays.
     */
    async write(verdicts: AsyncIterable<Verdict>): Promise<void> {
      await writeParts(job, folder, plan.parts, versions, verdicts);
      for (const name of plan.journals) {
        await removeIfExists(join(folder, name));
      }
    },
  };
}

/** `merge` compares its rows with this list. */
async function writeInputList(
  folder: string,
  fingerprint: string,
  frames: readonly SizedFrame[],
): Promise<void> {
  const name = formatInputName(fingerprint);
  const { inputs } = await listParts(folder);
  if (inputs.includes(name)) return;
  const lines = frames.map(({ path }) => JSON.stringify(path) + "\n");
  await writeLines(folder, name, lines);
}

interface PartPlan {
  /** Its number in the shard, from 0. */
  readonly index: number;
  /** Lines of existing rows that it takes over, by path. */
  readonly existing: ReadonlyMap<string, string>;
  readonly pending: readonly string[];
}

/**
 * Plans the parts to write. Part `k` always consists of the `k`-th group of
 * `partFrames` frames of the shard, so that two processes working on the same shard,
 * as after a cluster wrongly declares a node dead, replace each other's parts.
 *
 * @param versions The versions of the shard's files, in the order of their paths.
 */
async function planParts(
  job: Job,
  folder: string,
  versions: ReadonlyMap<string, FileVersion>,
  labels: Labels,
  partFrames: number,
): Promise<{ parts: PartPlan[]; journals: string[] }> {
  const { rowFiles } = await listParts(folder);
  const files = rowFiles.filter((file) => canContainRows(file, job));
  const inOwnParts = new Set<string>();
  const inOtherParts = new Set<string>();
  const inJournals = new Map<string, string>();
  for (const file of files) {
    for (const { row, line } of await readRows(folder, file)) {
      const version = versions.get(row.path);
      if (version === undefined) continue;
      const label = findLabel(labels, row.path);
      if (!isUpToDate(row, version, job.model, label)) continue;
      if (file.isJournal) inJournals.set(row.path, line);
      else if (isFromJob(file, job)) inOwnParts.add(row.path);
      else inOtherParts.add(row.path);
    }
  }

  const parts: PartPlan[] = [];
  const paths = [...versions.keys()];
  for (let index = 0; index * partFrames < paths.length; index++) {
    const members = paths.slice(index * partFrames, (index + 1) * partFrames)
      .filter((path) => !inOtherParts.has(path));
    const missing = members.filter((path) => !inOwnParts.has(path));
    if (missing.length === 0) continue;
    const existing = new Map<string, string>();
    if (missing.length < members.length) {
      const part = { name: formatJobPartName(job, index), isJournal: false };
      for (const { row, line } of await readRows(folder, part)) {
        if (members.includes(row.path)) existing.set(row.path, line);
      }
    }
    // Outdated rows of `missing` are replaced when their frames are classified.
    for (const path of missing) {
      const line = inJournals.get(path);
      if (line !== undefined) existing.set(path, line);
    }
    const pending = missing.filter((path) => !inJournals.has(path));
    parts.push({ index, existing, pending });
  }
  const journals = files
    .filter((file) => file.isJournal && isFromJob(file, job));
  return { parts, journals: journals.map(({ name }) => name) };
}

/** Excludes files of another model and those of another shard of the same input. */
function canContainRows(file: RowFile, job: Job): boolean {
  if (file.job === null) return true;
  if (file.job.model !== job.model) return false;
  return !isSameDivision(file.job, job) || isFromJob(file, job);
}

function isFromJob(file: RowFile, job: Job): boolean {
  return file.job !== null && isSameDivision(file.job, job) &&
    file.job.shard.index === job.shard.index;
}

/** Whether two jobs differ in the shard at most. */
function isSameDivision(a: Job, b: Job): boolean {
  return a.model === b.model && a.fingerprint === b.fingerprint &&
    a.shard.count === b.shard.count;
}

async function writeParts(
  job: Job,
  folder: string,
  parts: readonly PartPlan[],
  versions: ReadonlyMap<string, FileVersion>,
  verdicts: AsyncIterable<Verdict>,
): Promise<void> {
  if (parts.length === 0) return;
  using journal = await openJournal(folder, job);
  const source = verdicts[Symbol.asyncIterator]();
  try {
    for (const { index, pending, existing } of parts) {
      const rows = new Map(existing);
      for (const path of pending) {
        const { value: verdict, done } = await source.next();
        if (done) throw new Error(`there is no verdict for ${path}`);
        const line = formatRow(createRow(verdict, versions.get(path)!));
        await journal.append(line);
        rows.set(path, line);
      }
      const sorted = [...rows].sort(([a], [b]) => a < b ? -1 : 1);
      const lines = sorted.map(([, line]) => line);
      await writeLines(folder, formatJobPartName(job, index), lines);
      await journal.clear();
    }
    await journal.remove();
  } finally {
    await source.return?.();
  }
}
