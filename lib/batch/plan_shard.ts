/**
 * Which frames of a share have their row, and which parts are to be written.
 *
 * @module
 */
import type { FileVersion } from "../io/file_version.ts";
import { isBeside, type Job, partName, type RowFile } from "./names.ts";
import { lookInto, rowsIn } from "./row_files.ts";
import { isOf } from "./stamped_row.ts";

/** A part to write. */
export interface PlannedPart {
  /** Its number in the share, from 0. */
  readonly index: number;
  /** Rows that it takes over, by path. */
  readonly rows: ReadonlyMap<string, string>;
  /** Frames that it lacks. */
  readonly toType: readonly string[];
}

/** What there is to do. */
export interface ShardPlan {
  /** Parts to write, in their order. */
  readonly parts: readonly PlannedPart[];
  /** Journals that are used up when all are written. */
  readonly usedUp: readonly string[];
}

/**
 * Makes the plan. Every so many frames of the share, in their order, are a part,
 * and have been since the first run: so two processes at the same share, as a
 * cluster may have that believes a node dead, write the same parts over.
 *
 * @param stampFor The frames of the share as they stand, in order.
 * @param partFrames Frames a part.
 * @throws {SpitError} `io` when the folder cannot be read, or holds a damaged part.
 */
export async function planShard(
  job: Job,
  folder: string,
  stampFor: ReadonlyMap<string, FileVersion>,
  partFrames: number,
): Promise<ShardPlan> {
  const { rowFiles } = await lookInto(folder);
  const files = rowFiles.filter((file) => mayConcern(file, job));
  const elsewhere = new Set<string>();
  const ours = new Map<string, string>();
  const inOwnParts = new Set<string>();
  for (const file of files) {
    const own = isOwn(file, job);
    for (const { row, line } of await rowsIn(folder, file)) {
      const stamp = stampFor.get(row.path);
      if (stamp === undefined || !isOf(row, stamp, job.model)) continue;
      if (file.isJournal) ours.set(row.path, line);
      else if (own) inOwnParts.add(row.path);
      else elsewhere.add(row.path);
    }
  }

  const parts: PlannedPart[] = [];
  const paths = [...stampFor.keys()];
  for (let index = 0; index * partFrames < paths.length; index++) {
    const members = paths.slice(index * partFrames, (index + 1) * partFrames)
      .filter((path) => !elsewhere.has(path));
    const missing = members.filter((path) => !inOwnParts.has(path));
    if (missing.length === 0) continue;
    const there = missing.length < members.length
      ? await rowsOfPart(folder, partName(job, index), new Set(members))
      : [];
    // Those that are out of date are typed anew, and give way.
    const rows = new Map(there);
    for (const path of missing) {
      const line = ours.get(path);
      if (line !== undefined) rows.set(path, line);
    }
    const toType = missing.filter((path) => !ours.has(path));
    parts.push({ index, rows, toType });
  }
  const usedUp = files.filter((file) => file.isJournal && isOwn(file, job));
  return { parts, usedUp: usedUp.map(({ name }) => name) };
}

/** Not so: what was made with another model, or by another share of the same. */
function mayConcern({ job: of }: RowFile, job: Job): boolean {
  if (of === null) return true;
  if (of.model !== job.model) return false;
  return !isBeside(of, job) || of.shard.index === job.shard.index;
}

function isOwn({ job: of }: RowFile, job: Job): boolean {
  return of !== null && isBeside(of, job) &&
    of.shard.index === job.shard.index;
}

async function rowsOfPart(
  folder: string,
  name: string,
  members: ReadonlySet<string>,
): Promise<[path: string, line: string][]> {
  const rows = await rowsIn(folder, { name, isJournal: false, job: null });
  return rows.filter(({ row }) => members.has(row.path))
    .map(({ row, line }) => [row.path, line]);
}
